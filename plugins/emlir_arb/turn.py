"""Complex values whose imaginary part is exactly a rational multiple of pi: logarithms on an axis.

ln of a negative number is r + pi i. A rectangle only encloses that, so that exp(ln(-2)) would
never be seen to be real. Here the multiple is carried along exactly, through sums, negation
and rational multiples, to the functions of period 2 pi i, which are real or purely imaginary
at whole and half multiples. Not while rounding errors are added: floats have no exact pi.
"""

from fractions import Fraction
from typing import Any

from flint import acb, arb

from emlir_arb.value import Value

LARGEST = 1 << 64
"""Multiples with a larger numerator or denominator are not carried along."""


def turned(value: Value) -> Value:
    """Return the logarithm ``value`` of a number on an axis with its multiple, 1, 1/2 or -1/2."""
    if value.kind != "plane" or value.arithmetic.ulps:
        return value
    quarters = round(float(value.lo.imag.mid() / arb.pi()) * 2)
    return _with_turn(value, Fraction(quarters, 2))


def _with_turn(value: Value, turn: Fraction | None) -> Value:
    if turn is None or max(abs(turn.numerator), turn.denominator) > LARGEST:
        return value
    if not turn:
        return value.arithmetic.enclosing(value.lo.real)
    exact = acb(value.lo.real, arb.pi() * turn.numerator / turn.denominator)
    return value.arithmetic.build(value.arithmetic, "plane", exact, turn)


def kept(name: str, result: Value, *args: Value) -> Value:
    """Return the result of an operation with its multiple, where that follows."""
    if result.kind != "plane" or not any(arg.kind == "plane" and arg.hi for arg in args):
        return result
    first = _turn(args[0])
    second = _turn(args[1]) if len(args) == 2 else None
    if name == "neg" and first is not None:
        return _with_turn(result, -first)
    if first is not None and second is not None:
        if name == "add":
            return _with_turn(result, first + second)
        if name == "sub":
            return _with_turn(result, first - second)
    if name == "mul":
        return _with_turn(result, _scaled(args[0], args[1]) or _scaled(args[1], args[0]))
    return result


def _turn(x: Value) -> Fraction | None:
    """Return the multiple; of a real number it is 0."""
    if x.kind == "real":
        return Fraction(0)
    if x.hi is None and x.lo.imag.is_zero():
        return Fraction(0)
    found: Fraction | None = x.hi
    return found


def _scaled(x: Value, factor: Value) -> Fraction | None:
    """Return the multiple of a product: of (r + t pi i)(c + d i) it is t c where r d = 0."""
    turn, by = _turn(x), _exact_real(factor)
    if turn is None or by is None:
        return None
    has_no_size = x.kind == "plane" and x.lo.real.is_zero()
    return turn * by if _turn(factor) == 0 or has_no_size else None


def _exact_real(x: Value) -> Fraction | None:
    """Return a real part that is known exactly and is of moderate size."""
    if x.kind == "real":
        number = x.lo if x.is_point else None
    else:
        number = x.lo.real if x.lo.real.is_exact() else None
    if number is None or not number.is_finite() or not 2**-64 < abs(number) < 2**64:
        return None
    mantissa, exponent = (int(part) for part in number.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def periodic(name: str, x: Value) -> Any:
    """Return a function of period 2 pi i at a whole or half multiple as an acb, else ``None``."""
    if x.hi is None or name not in _PERIODIC or x.hi.denominator > 2:
        return None
    quarter = int(2 * x.hi) % 4
    return _PERIODIC[name](x.lo.real, quarter)


def _exp(r: Any, quarter: int) -> Any:
    return _rotated(r.exp(), quarter)


def _cosh(r: Any, quarter: int) -> Any:
    """cosh(r + i t) = cosh r cos t + i sinh r sin t, t in quarter turns."""
    return _rotated(r.sinh() if quarter % 2 else r.cosh(), quarter)


def _sinh(r: Any, quarter: int) -> Any:
    return _rotated(r.cosh() if quarter % 2 else r.sinh(), quarter)


def _tanh(r: Any, quarter: int) -> Any:
    return acb(1 / r.tanh() if quarter % 2 else r.tanh())


def _rotated(size: Any, quarter: int) -> Any:
    """size * i^quarter, with the other part exactly 0."""
    signed = -size if quarter >= 2 else size
    return acb(0, signed) if quarter % 2 else acb(signed)


_PERIODIC = {
    "exp": _exp,
    "expm1": lambda r, quarter: _exp(r, quarter) - 1,
    "cosh": _cosh,
    "sinh": _sinh,
    "tanh": _tanh,
}
