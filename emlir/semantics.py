"""The three meanings of an expression; ``docs/semantics.md`` has the table of corners."""

from typing import Literal, get_args

Semantics = Literal["real", "extended", "complex"]
"""``real``: a partial function on finite reals.

``extended``: reals with the two infinities; ln 0 = -oo and exp(-oo) = 0.
``complex``: the finite plane with principal branches, plus the two real infinities.
"""

SEMANTICS: tuple[Semantics, ...] = get_args(Semantics)


def check_semantics(name: str) -> Semantics:
    """Return ``name`` if it is one of the three semantics, else raise ``ValueError``."""
    for known in SEMANTICS:
        if name == known:
            return known
    raise ValueError(f"unknown semantics {name!r}: use one of {', '.join(SEMANTICS)}")
