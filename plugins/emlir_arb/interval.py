"""Real functions on intervals with exact ends, under ``real`` and ``extended``.

An infinite end means "unbounded" in ``real`` and may be the value itself in ``extended``;
where the two differ, the functions ask the arithmetic. Monotone functions are evaluated at
the ends, so that enclosures are as narrow as they can be.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from flint import arb, fmpq

from emlir_arb.value import Value

Scalar = Callable[[Any], Any]

INF, NEG_INF = arb.pos_inf(), arb.neg_inf()
ZERO, ONE = arb(0), arb(1)


def _low(value: Any) -> Any:
    return value.lower() if value.is_finite() else NEG_INF


def _high(value: Any) -> Any:
    return value.upper() if value.is_finite() else INF


def _monotone(
    x: Value, f: Scalar, at_minus_inf: Any, at_plus_inf: Any, decreasing: bool = False
) -> Value:
    """Evaluate a monotone function at the ends; the limits serve infinite ends."""

    def at(end: Any) -> Any:
        if end.is_finite():
            return f(end)
        return at_plus_inf() if end > 0 else at_minus_inf()

    first = at(x.lo)
    last = first if x.is_point else at(x.hi)
    low, high = (last, first) if decreasing else (first, last)
    lo = low if not low.is_finite() and low.is_exact() else _low(low)
    hi = high if not high.is_finite() and high.is_exact() else _high(high)
    return x.arithmetic.rounded(lo, hi)


def _inf() -> Any:
    return INF


def _neg_inf() -> Any:
    return NEG_INF


def _zero() -> Any:
    return ZERO


def _half_pi() -> Any:
    return arb.pi() / 2


def _total(f: Scalar, at_minus_inf: Any, at_plus_inf: Any) -> Callable[[Value], Value]:
    return partial(_monotone, f=f, at_minus_inf=at_minus_inf, at_plus_inf=at_plus_inf)


def _on(
    lo: Any, hi: Any, f: Scalar, at_plus_inf: Any = _inf, decreasing: bool = False
) -> Callable[[Value], Value]:
    """A monotone function defined on the closed range from lo to hi (``None``: unbounded)."""

    def apply(x: Value) -> Value:
        if (lo is not None and x.hi < lo) or (hi is not None and x.lo > hi):
            return x.arithmetic.undefined()
        if (lo is not None and not x.lo >= lo) or (hi is not None and not x.hi <= hi):
            return x.arithmetic.undecided()
        return _monotone(x, f, _neg_inf, at_plus_inf, decreasing)

    return apply


def _with_poles(f: Scalar, lo: Any, hi: Any | None) -> Callable[[Value], Value]:
    """An increasing function with a pole to -oo at lo and one to +oo at hi.

    In ``extended`` it has the infinity at its pole, in ``real`` it is undefined there.
    """

    def apply(x: Value) -> Value:
        open_end = x.arithmetic.semantics == "real"
        outside = x.hi < lo or (hi is not None and x.lo > hi)
        on_pole = x.is_point and (x.lo == lo or (hi is not None and x.lo == hi))
        if outside or (on_pole and open_end):
            return x.arithmetic.undefined()
        inside = x.lo > lo and (hi is None or x.hi < hi)
        closed = x.lo >= lo and (hi is None or x.hi <= hi)
        if not (inside or (closed and not open_end)):
            if open_end and (x.hi <= lo or (hi is not None and x.lo >= hi)):
                return x.arithmetic.undefined()
            return x.arithmetic.undecided()
        return _monotone(x, partial(_or_pole, f, lo, hi), _neg_inf, _inf)

    return apply


def _or_pole(f: Scalar, lo: Any, hi: Any | None, end: Any) -> Any:
    if end == lo:
        return NEG_INF
    return INF if hi is not None and end == hi else f(end)


def _periodic(x: Value, f: Scalar, lo: Any, hi: Any) -> Value:
    if not x.is_finite:
        if x.arithmetic.semantics == "real":
            return x.arithmetic.real(lo, hi)
        return x.arithmetic.undefined() if x.is_point else x.arithmetic.undecided()
    value = f(x.lo if x.is_point else x.lo.union(x.hi))
    if not value.is_finite():
        return x.arithmetic.undecided()
    low, high = value.lower(), value.upper()
    return x.arithmetic.rounded(low if low > lo else lo, high if high < hi else hi)


def _neg(x: Value) -> Value:
    return x.arithmetic.real(-x.hi, -x.lo)


def _abs(x: Value) -> Value:
    if x.lo >= 0:
        return x
    if x.hi <= 0:
        return _neg(x)
    return x.arithmetic.real(ZERO, -x.lo if -x.lo > x.hi else x.hi)


def _floor(x: Value) -> Value:
    def down(end: Any) -> Any:
        return end.floor() if end.is_finite() else end

    return x.arithmetic.real(down(x.lo), down(x.hi))


def _square(x: Value) -> Value:
    return _monotone(_abs(x), lambda end: end * end, _inf, _inf)


def _cosh(x: Value) -> Value:
    return _monotone(_abs(x), lambda end: end.cosh(), _inf, _inf)


def _sigmoid(end: Any) -> Any:
    return 1 / (1 + (-end).exp()) if end >= 0 else end.exp() / (1 + end.exp())


def _softplus(end: Any) -> Any:
    return end + (-end).exp().log1p() if end >= 0 else end.exp().log1p()


UNARY: dict[str, Callable[[Value], Value]] = {
    "neg": _neg,
    "abs": _abs,
    "floor": _floor,
    "square": _square,
    "exp": _total(lambda end: end.exp(), _zero, _inf),
    "ln": _with_poles(lambda end: end.log(), ZERO, None),
    "log1p": _with_poles(lambda end: end.log1p(), arb(-1), None),
    "atanh": _with_poles(lambda end: end.atanh(), arb(-1), ONE),
    "sqrt": _on(ZERO, None, lambda end: end.sqrt()),
    "asin": _on(arb(-1), ONE, lambda end: end.asin()),
    "acos": _on(arb(-1), ONE, lambda end: end.acos(), decreasing=True),
    "acosh": _on(ONE, None, lambda end: end.acosh()),
    "sin": lambda x: _periodic(x, lambda ball: ball.sin(), arb(-1), ONE),
    "cos": lambda x: _periodic(x, lambda ball: ball.cos(), arb(-1), ONE),
    "tan": lambda x: _tangent(x),
    "atan": _total(lambda end: end.atan(), lambda: -_half_pi(), _half_pi),
    "sinh": _total(lambda end: end.sinh(), _neg_inf, _inf),
    "cosh": _cosh,
    "tanh": _total(lambda end: end.tanh(), lambda: arb(-1), lambda: ONE),
    "asinh": _total(lambda end: end.asinh(), _neg_inf, _inf),
    "expm1": _total(lambda end: end.expm1(), lambda: arb(-1), _inf),
    "sigmoid": _total(_sigmoid, _zero, lambda: ONE),
    "softplus": _total(_softplus, _zero, _inf),
}


def _tangent(x: Value) -> Value:
    if not x.is_finite and x.arithmetic.semantics == "real":
        return x.arithmetic.undecided()
    return _periodic(x, lambda ball: ball.tan(), NEG_INF, INF)


def _add_ends(a: Any, b: Any, winner: Any) -> Any:
    """Add two ends; if both infinities meet, the one that widens wins."""
    if a.is_finite() and b.is_finite():
        return a + b
    if a == winner or b == winner:
        return winner
    return -winner


def _add(x: Value, y: Value) -> Value:
    if not (x.is_finite and y.is_finite) and x.arithmetic.semantics != "real":
        clash = (_has(x, INF) and _has(y, NEG_INF)) or (_has(x, NEG_INF) and _has(y, INF))
        if clash:
            both = x.is_point and y.is_point
            return x.arithmetic.undefined() if both else x.arithmetic.undecided()
    lo, hi = _add_ends(x.lo, y.lo, NEG_INF), _add_ends(x.hi, y.hi, INF)
    return x.arithmetic.rounded(lo.lower(), hi.upper())


def _has(x: Value, infinity: Any) -> bool:
    return bool(x.lo == infinity or x.hi == infinity)


def _has_infinity(x: Value) -> bool:
    return not x.is_finite


def _times(a: Any, b: Any) -> Any:
    if a == 0 or b == 0:
        return ZERO  # an unbounded end is never reached, so 0 * oo is 0 here
    if a.is_finite() and b.is_finite():
        return a * b
    return INF if (a > 0) == (b > 0) else NEG_INF


def _mul(x: Value, y: Value) -> Value:
    if x.arithmetic.semantics != "real":
        for a, b in ((x, y), (y, x)):
            if _has_infinity(a) and b.contains(0):
                both = a.is_point and b.is_point
                return x.arithmetic.undefined() if both else x.arithmetic.undecided()
    if x.is_point and y.is_point:
        products = [_times(x.lo, y.lo)]
    else:
        products = [_times(a, b) for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
    return _hull(x, products)


def _hull(x: Value, values: list[Any]) -> Value:
    lo, hi = values[0].lower(), values[0].upper()
    for value in values[1:]:
        low, high = value.lower(), value.upper()
        lo, hi = (low if low < lo else lo), (high if high > hi else hi)
    return x.arithmetic.rounded(lo, hi)


def _div(x: Value, y: Value) -> Value:
    if y.contains(0):
        return x.arithmetic.undefined() if y.is_zero else x.arithmetic.undecided()
    if _has_infinity(y) or _has_infinity(x):
        return _div_unbounded(x, y)
    if x.is_point and y.is_point:
        return _hull(x, [x.lo / y.lo])
    return _hull(x, [a / b for a in (x.lo, x.hi) for b in (y.lo, y.hi)])


def _div_unbounded(x: Value, y: Value) -> Value:
    if x.arithmetic.semantics != "real" and _has_infinity(x) and _has_infinity(y):
        both = not (x.lo.is_finite() or x.hi.is_finite() or y.lo.is_finite() or y.hi.is_finite())
        certain = both and x.is_point and y.is_point
        return x.arithmetic.undefined() if certain else x.arithmetic.undecided()

    def inverse(end: Any) -> Any:
        return 1 / end if end.is_finite() else ZERO

    low, high = inverse(y.hi), inverse(y.lo)
    reciprocal = x.arithmetic.real(low.lower(), high.upper())
    products = [_times(a, b) for a in (x.lo, x.hi) for b in (reciprocal.lo, reciprocal.hi)]
    return _hull(x, products)


_LARGEST_INTEGER = arb(2) ** 1024
"""Larger exponents are not written out as integers: that can take more memory than there is."""


def _power(x: Value, y: Value) -> Value:
    if y.is_point and y.lo.is_integer() and abs(y.lo) <= _LARGEST_INTEGER:
        return _integer_power(x, int(y.lo.unique_fmpz()))
    if _has_infinity(x) or _has_infinity(y):
        return _power_unbounded(x, y)
    if x.lo > 0:
        return _hull(x, [a**b for a in _ends(x) for b in _ends(y)])
    if x.is_zero and y.hi < 0:
        return x.arithmetic.undefined()
    if x.lo >= 0 and y.lo > 0:
        return _hull(x, [ZERO if a == 0 else a**b for a in _ends(x) for b in _ends(y)])
    if x.hi < 0 and _no_integer(y):
        return x.arithmetic.undefined()
    return x.arithmetic.undecided()


def _ends(x: Value) -> tuple[Any, ...]:
    return (x.lo,) if x.is_point else (x.lo, x.hi)


def _no_integer(y: Value) -> bool:
    return bool(y.lo > y.hi.floor())


def _integer_power(x: Value, n: int) -> Value:
    if n == 0:
        if _has_infinity(x) and x.arithmetic.semantics != "real":
            return x.arithmetic.undefined() if x.is_point else x.arithmetic.undecided()
        return x.arithmetic.real(ONE, ONE)
    if n < 0:
        positive = _integer_power(x, -n)
        return _div(x.arithmetic.real(ONE, ONE), positive)
    base = _abs(x) if n % 2 == 0 else x
    return _monotone(base, lambda end: end**n, _neg_inf, _inf)


def _power_unbounded(x: Value, y: Value) -> Value:
    """x^y = exp(y ln x) with an infinity among the arguments, for x above 0 or oo."""
    if x.arithmetic.semantics == "real":
        if not x.lo > 0:
            return x.arithmetic.undecided()
    elif x.is_point and y.is_point:
        return _power_corner(x, y)
    else:
        return x.arithmetic.undecided()
    return UNARY["exp"](_mul(y, UNARY["ln"](x)))


def _power_corner(x: Value, y: Value) -> Value:
    """Exact points, one of them infinite, y no integer."""
    arithmetic = x.arithmetic
    if y.is_finite:  # x is infinite
        if x.lo < 0:
            return arithmetic.undefined()
        end = INF if y.lo > 0 else ZERO
        return arithmetic.real(end, end)
    if x.lo < 0 or x.lo == 1 or (x.lo == 0 and y.lo < 0):
        return arithmetic.undefined()
    end = INF if (x.lo > 1) == bool(y.lo > 0) else ZERO
    return arithmetic.real(end, end)


def _hypot(x: Value, y: Value) -> Value:
    a, b = _abs(x), _abs(y)

    def at(p: Any, q: Any) -> Any:
        return (p * p + q * q).sqrt() if p.is_finite() and q.is_finite() else INF

    return x.arithmetic.rounded(at(a.lo, b.lo).lower(), at(a.hi, b.hi).upper())


def _logaddexp(x: Value, y: Value) -> Value:
    def at(p: Any, q: Any) -> Any:
        big, small = (p, q) if p >= q else (q, p)
        if not big.is_finite() or not small.is_finite():
            return big
        return big + (small - big).exp().log1p()

    lo, hi = at(x.lo, y.lo).lower(), at(x.hi, y.hi).upper()
    if lo.is_finite() and hi.is_finite():
        # a sum that may cancel: what its parts are rounded by counts
        low, high = (x.lo if x.lo > y.lo else y.lo), (x.hi if x.hi > y.hi else y.hi)
        slack = x.arithmetic.slack(max(abs(low), abs(high)))
        lo, hi = (lo - slack).lower(), (hi + slack).upper()
    return x.arithmetic.rounded(lo, hi)


def _min(x: Value, y: Value) -> Value:
    lo, hi = (x.lo if x.lo < y.lo else y.lo), (x.hi if x.hi < y.hi else y.hi)
    return x.arithmetic.real(lo, hi)


def _max(x: Value, y: Value) -> Value:
    lo, hi = (x.lo if x.lo > y.lo else y.lo), (x.hi if x.hi > y.hi else y.hi)
    return x.arithmetic.real(lo, hi)


def _mod(x: Value, y: Value) -> Value:
    quotient = _div(x, y)
    if quotient.kind != "real":
        return quotient
    multiple = _mul(y, _floor(quotient))
    return multiple if multiple.kind != "real" else _add(x, _neg(multiple))


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "add": _add,
    "sub": lambda x, y: _add(x, _neg(y)),
    "mul": _mul,
    "div": _div,
    "pow": _power,
    "hypot": _hypot,
    "logaddexp": _logaddexp,
    "min": _min,
    "max": _max,
    "mod": _mod,
}


def rational_ends(value: Any) -> tuple[Any, Any]:
    """Return the tightest ends around a ``Fraction`` at the working precision."""
    ball = arb(fmpq(value.numerator, value.denominator))
    return ball.lower(), ball.upper()
