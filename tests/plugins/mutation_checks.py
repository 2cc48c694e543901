"""What the exact checker says of a changed certificate, and whether that is right."""

from fractions import Fraction
from typing import Any, Literal

from emlir.claims import Claim, Limits
from emlir.expr.core import Expr
from emlir.expr.table import find_operator
from emlir.plugin_api import Interval, number, symbol
from emlir_proof.checker import CertificateError, check
from emlir_proof.checker.bundle import checksum, digest
from emlir_proof.prover import Search
from tests.plugins.forgery import sealed

Data = dict[str, Any]
Seal = Literal["nothing", "checksum", "digest", "everything"]
"""What is written anew after a change; the digest includes the checksum."""
Outcome = Literal["rejected", "same claim", "another claim", "false claim"]

SEARCH = Limits(0.3)
"""For the search for a point where another claim fails."""


def outcome(original: Data, changed: Data, seal: Seal) -> Outcome:
    """Check a changed certificate; a claim that it shows instead is tested at points."""
    if seal == "everything":
        sealed(changed)
    if seal == "digest":
        changed["digest"] = digest(changed["claim"])
    if seal != "nothing":
        changed["checksum"] = checksum(changed)
    try:
        text = check(changed)
    except CertificateError:
        return "rejected"
    if text == original["claim"]["text"]:
        return "same claim"
    verdict = Search(claim_of(changed), SEARCH).run()
    return "false claim" if verdict.verdict == "refuted" else "another claim"


def claim_of(data: Data) -> Claim:
    """Read the claim of a certificate as the rest of emlir understands it."""
    made: list[Expr] = []
    for name, *rest in data["claim"]["nodes"]:
        if name == "var":
            made.append(symbol(rest[0]))
        elif name == "number":
            made.append(number(Fraction(rest[0])))
        else:
            operator = find_operator(name.split(".")[-1].split("@")[0])
            made.append(operator(*(made[k] for k in rest)))
    sides = {n: _interval(*side) for n, side in data["claim"]["box"].items()}
    return Claim(made[-1], sides)


def _interval(lo: str | None, lo_open: bool, hi: str | None, hi_open: bool) -> Interval:
    ends = (None if end is None else Fraction(end) for end in (lo, hi))
    return Interval(*ends, lo_open, hi_open)
