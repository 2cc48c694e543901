"""Loading the Lark grammars, from the installed package or from a checkout."""

from functools import cache
from pathlib import Path

_PLACES = (
    Path(__file__).parents[1] / "grammars",  # in the wheel
    Path(__file__).parents[2] / "grammars",  # in a checkout
)


@cache
def grammar_text(name: str) -> str:
    """Return the text of ``grammars/<name>.lark``."""
    for place in _PLACES:
        path = place / f"{name}.lark"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"the grammar {name}.lark is not in {' or '.join(map(str, _PLACES))}")
