"""Short forms for declaring rules."""

from emlir.rewrite.rule import Proof, Rule, rule
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
) -> Rule:
    """An equivalence: derived if there are steps, else decided."""
    proof: Proof = "derived" if steps else "decided"
    return rule(name, text, when=when, semantics=semantics, proof=proof, steps=steps, uses=uses)


def more(
    name: str,
    text: str,
    semantics: Meanings = ANY,
    when: str = "",
    steps: str = "",
    uses: str = "simplify",
) -> Rule:
    """A rule that extends the domain: derived if there are steps, else decided."""
    proof: Proof = "derived" if steps else "decided"
    return rule(
        name,
        text,
        when=when,
        kind="extending",
        semantics=semantics,
        proof=proof,
        steps=steps,
        uses=uses,
    )


def definition(name: str, text: str, semantics: Meanings = ANY, uses: str = "") -> Rule:
    """What an operator's record says, in either direction."""
    return rule(name, text, semantics=semantics, proof="definition", uses=uses)
