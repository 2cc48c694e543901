"""Ladders in the script: every rung holds, and they lead from near 0 to the bounds at a point."""

from collections.abc import Sequence
from fractions import Fraction

from .facts import CertificateError
from .sexpr import Sexpr
from .terms import Terms, truth

FACTORS = {"exp_16": 16, "circle_twice": 2}
"""By how much a rung multiplies the point."""

Rung = tuple[str, list[Fraction]]


def read_ladder(terms: Terms, codes: Sequence[Sexpr]) -> list[Rung]:
    """Return the rungs of a ladder, each of which must hold."""
    rungs: list[Rung] = []
    for code in codes:
        if not all(truth(each) is True for each in terms.list_of(code, {})):
            raise CertificateError(f"a rung of a ladder does not hold: {code[0]}")
        values = [terms.value(each, {}) for each in code[1:]]
        rungs.append((str(code[0]), [value.constant for value in values]))
    return rungs


def climb(kind: str, rungs: Sequence[Rung]) -> tuple[Fraction, list[Fraction]]:
    """Return the point that a ladder leads to, and the bounds there."""
    (name, (place, *ends)), *rest = rungs
    if name != f"{kind}_start":
        raise CertificateError("a ladder begins with another rung")
    for name, values in rest:
        if not name.startswith(kind):
            raise CertificateError("a rung of another ladder")
        given, then = values[: len(ends)], values[len(ends) :]
        if given != ends:
            raise CertificateError("a rung of a ladder is missing")
        if name in FACTORS:
            place *= FACTORS[name]
        elif name == f"{kind}_minus":
            place = -place
        else:
            raise CertificateError("a ladder does not begin twice")
        ends = then
    return place, ends
