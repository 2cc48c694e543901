"""Values known up to a multiple of 2 pi i: logarithms across the cut.

A rectangle that meets the negative axis may lie on either side of the cut of ln. Its
logarithm is one smooth branch, plus 2 pi i times an unknown integer from a range. Sums keep
that; a function of period 2 pi i does not see the integer. So exp(ln(z) - y) is narrow where
the hull of both branches would be useless. Everything else takes the hull.
"""

from typing import Any

from flint import acb, arb

from emlir_arb.turn import turned
from emlir_arb.value import Arithmetic, Value

MAX_BRANCHES = 64
"""More possible branches than this are no longer told apart."""

PERIODIC = ("exp", "expm1", "sinh", "cosh", "tanh", "sigmoid")
"""Functions of period 2 pi i."""


def logarithm(z: Any, arithmetic: Arithmetic) -> Value:
    """Return Log of a rectangle; on the cut it is the value from above."""
    if not z.imag.contains(0) or not z.real < 0:
        value = arithmetic.plane(z.log())
        return turned(value) if z.real.is_zero() else value
    from_above = (-z).log() + acb(0, arb.pi())  # Log z where Im z >= 0
    if z.imag.lower() >= 0:
        value = arithmetic.plane(from_above)
        return turned(value) if z.imag.is_zero() else value
    return _winding(arithmetic, from_above, range(-1, 1))


def one_branch(x: Value) -> Value:
    """Return the value on one branch, for functions that do not see which."""
    return x.arithmetic.build(x.arithmetic, "plane", x.lo, None)


def hull(x: Value) -> Value:
    """Return a value with all its branches in one rectangle; other values unchanged."""
    if x.kind != "winding":
        return x
    first, last = (x.lo + _turns(k) for k in (x.hi.start, x.hi.stop - 1))
    return x.arithmetic.build(x.arithmetic, "plane", first.union(last), None)


def negative(x: Value) -> Value:
    """Negate a value known up to a multiple of 2 pi i."""
    return _winding(x.arithmetic, -x.lo, range(1 - x.hi.stop, 1 - x.hi.start))


def add(x: Value, y: Value) -> Value:
    """Add two finite values, of which one at least is known up to a multiple of 2 pi i."""
    (a, some), (b, more) = _branches(x), _branches(y)
    branches = range(some.start + more.start, some.stop + more.stop - 1)
    return _winding(x.arithmetic, a + b, branches)


def _branches(x: Value) -> tuple[Any, range]:
    if x.kind == "winding":
        return x.lo, x.hi
    return (x.lo if x.kind == "plane" else acb(x.lo.union(x.hi))), range(1)


def _winding(arithmetic: Arithmetic, value: Any, branches: range) -> Value:
    if not value.is_finite():
        return arithmetic.undecided()
    size = value.abs_upper() + abs(_turns(max(-branches.start, branches.stop - 1)))
    result = arithmetic.build(arithmetic, "winding", arithmetic.widened(value, size), branches)
    return result if len(branches) <= MAX_BRANCHES else hull(result)


def _turns(count: int) -> Any:
    return acb(0, 2 * count * arb.pi())
