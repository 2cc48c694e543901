"""Short forms for declaring rules."""

from functools import partial

from emlir.rewrite.rule import Kind, Proof, Rule, rule
from emlir.semantics import SEMANTICS, Semantics

Meanings = tuple[Semantics, ...]

ANY: Meanings = SEMANTICS
REAL: Meanings = ("real",)
LINE: Meanings = ("real", "extended")
BEYOND: Meanings = ("extended", "complex")
EXTENDED: Meanings = ("extended",)
COMPLEX: Meanings = ("complex",)


def same(
    name: str,
    text: str,
    semantics: Meanings = ANY,
    when: str = "",
    steps: str = "",
    uses: str = "simplify",
    kind: Kind = "equivalence",
) -> Rule:
    """An equivalence: derived if there are steps, else decided."""
    proof: Proof = "derived" if steps else "decided"
    return rule(
        name, text, when=when, kind=kind, semantics=semantics, proof=proof, steps=steps, uses=uses
    )


more = partial(same, kind="extending")
"""A rule that extends the domain: derived if there are steps, else decided."""


def definition(name: str, text: str, semantics: Meanings = ANY, uses: str = "") -> Rule:
    """What an operator's record says, in either direction."""
    return rule(name, text, semantics=semantics, proof="definition", uses=uses)
