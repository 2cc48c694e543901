"""The comments of the script, so that a reader can believe them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .atoms import Atom

ABOUT = """\
Every answer has to be unsat.
Solvers check: that the schemas follow from instances of the trusted facts (S); products in
normal form, where all is defined (N); that each part of the box shows what the claim asks (L);
that no point is outside all parts (C); the ladders to bounds at points (K).
Only the checker "exact" checks: that the names stand for what the comments say, that the parts
show what the nodes of the claim ask, and the derivatives in steps by the mean value theorem."""

SECTIONS = (
    "S: the rules, each from instances of the trusted facts and from definitions",
    "N: products in normal form; first what the names stand for",
    "L: the parts of the box, in linear arithmetic; products are constants of their own",
    "K: bounds on exp, sin and cos at points",
)
COVER = "C: no point of the box is outside all parts"
SUM = "a sum of what is known so far"
MEAN = "the mean value theorem, if it may be used"


def text_of(data: Mapping[str, Any]) -> str:
    """Return the whole script of a certificate."""
    return "\n".join([*data["smtlib2"], *data["ladders"]]) + "\n"


def header(data: Mapping[str, Any], trusted: Mapping[str, str]) -> Iterator[str]:
    """Return the comments at the beginning."""
    yield f"claim: {json.dumps(data['claim']['text'])}"
    yield f"digest: {data['digest']}"
    yield from (f"trusted: {key}: {trusted[key]}" for key in data["trusts"])
    yield from ABOUT.splitlines()


def meaning(entry: Atom, argument: str) -> str:
    """Return the comment that says what an atom stands for."""
    if entry.kind in ("var", "pi"):
        return json.dumps(entry.name) if entry.name else "pi"
    return f"1/{argument}" if entry.kind == "recip" else f"{entry.kind}({argument})"
