"""Truth values of balls: comparison, three-valued logic, and choice."""

from typing import Any

from flint import acb

from emlir_arb.value import Value

_SWAPPED = {"gt": "lt", "ge": "le"}


def compare(x: Value, y: Value, relation: str) -> Value:
    """Decide a relation between defined numbers; order is defined on the reals only."""
    if relation in ("eq", "ne"):
        equal = _equal(x, y)
        return x.arithmetic.truth(equal if equal is None or relation == "eq" else not equal)
    for side in (x, y):
        if side.kind == "plane":
            off_axis = not side.lo.imag.contains(0)
            return x.arithmetic.undefined() if off_axis else x.arithmetic.undecided()
    if relation in _SWAPPED:
        return compare(y, x, _SWAPPED[relation])
    if relation == "lt":
        return x.arithmetic.truth(_decide(x.hi < y.lo, x.lo >= y.hi))
    return x.arithmetic.truth(_decide(x.hi <= y.lo, x.lo > y.hi))


def _decide(yes: bool, no: bool) -> bool | None:
    return True if yes else False if no else None


def _equal(x: Value, y: Value) -> bool | None:
    if x.kind == y.kind == "real":
        if x.is_point and y.is_point:
            return bool(x.lo == y.lo)
        return False if x.hi < y.lo or y.hi < x.lo else None
    a, b = (_rectangle(side) for side in (x, y))
    if a is None or b is None:
        return False  # an infinity is never equal to a number off the axis
    if a.overlaps(b):
        return True if a.is_exact() and b.is_exact() else None
    return False


def _rectangle(x: Value) -> Any:
    if x.kind == "plane":
        return x.lo
    return acb(x.lo.union(x.hi)) if x.is_finite else None


def both(a: Value, b: Value) -> Value:
    """False as soon as one side is; undefined or undecided only if the other side may hold."""
    for side in (a, b):
        if side.kind == "truth" and side.lo is False:
            return side
    for kind in ("undecided", "undefined"):
        for side, other in ((a, b), (b, a)):
            if side.kind == kind:
                unsure = kind == "undefined" and other.kind == "truth" and other.lo is None
                return side.arithmetic.undecided() if unsure else side
    return a.arithmetic.truth(None if a.lo is None or b.lo is None else True)


def choose(condition: Value, yes: Value, no: Value) -> Value:
    """The chosen value; if the choice is open, an enclosure of both."""
    if condition.kind != "truth":
        return condition
    if condition.lo is not None:
        return yes if condition.lo else no
    if yes.kind == no.kind == "real":
        lo, hi = (yes.lo if yes.lo < no.lo else no.lo), (yes.hi if yes.hi > no.hi else no.hi)
        return condition.arithmetic.real(lo, hi)
    if yes.kind == no.kind == "undefined":
        return yes
    return condition.arithmetic.undecided()
