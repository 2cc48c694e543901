"""How the rules for stable evaluation are declared."""

from collections.abc import Iterable

from emlir.rewrite.rule import Proof, Rule, rule
from emlir.semantics import SEMANTICS

USE = "stabilise"
TIDY = "stabilise-tidy"


def stable(
    name: str,
    text: str,
    when: str = "",
    *,
    proof: Proof = "decided",
    steps: str = "",
    semantics: str | Iterable[str] = "real",
    source: str = "",
) -> Rule:
    """Declare a rule that ``stabilise`` tries; in ``real`` unless said otherwise."""
    return rule(
        f"stable_{name}",
        text,
        when=when,
        proof="derived" if steps else proof,
        steps=steps,
        semantics=semantics,
        uses=USE,
        source=source,
    )


def tidy(
    name: str,
    text: str,
    when: str = "",
    *,
    proof: Proof = "decided",
    semantics: str | Iterable[str] = SEMANTICS,
) -> Rule:
    """Declare a rule that ``stabilise`` always applies: what rounds no worse, in one form."""
    return rule(f"tidy_{name}", text, when=when, proof=proof, semantics=semantics, uses=TIDY)
