"""Rigorous bounds of real numbers in decimal arithmetic: enough to know a sign.

Python's ``decimal`` rounds as asked, and exp and ln correctly, so the neighbours of a result
enclose it. Where numbers are too large for that there are no bounds (``None``).
"""

from collections.abc import Callable
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction

Bounds = tuple[Decimal, Decimal]

DIGITS = 50
LARGEST_EXPONENT = 1_000_000
_TRAPS = [InvalidOperation, DivisionByZero, Overflow]
_DOWN = Context(DIGITS, ROUND_FLOOR, MIN_EMIN, MAX_EMAX, traps=_TRAPS)
_UP = Context(DIGITS, ROUND_CEILING, MIN_EMIN, MAX_EMAX, traps=_TRAPS)

_PI = "3.14159265358979323846264338327950288419716939937510"
PI: Bounds = (Decimal(_PI), Decimal(_PI[:-2] + "11"))


def of_rational(value: Fraction) -> Bounds:
    return _quotient(Decimal(1), Decimal(1), value)


def scaled(x: Bounds, by: Fraction) -> Bounds:
    return _quotient(x[0], x[1], by) if by >= 0 else _quotient(x[1], x[0], by)


def _quotient(low: Decimal, high: Decimal, by: Fraction) -> Bounds:
    top, bottom = Decimal(by.numerator), Decimal(by.denominator)
    down = _DOWN.divide(_DOWN.multiply(low, top), bottom)
    return down, _UP.divide(_UP.multiply(high, top), bottom)


def total(x: Bounds, y: Bounds) -> Bounds:
    return _DOWN.add(x[0], y[0]), _UP.add(x[1], y[1])


def exp(x: Bounds) -> Bounds | None:
    if _size(x) > LARGEST_EXPONENT:
        return None
    return _increasing(_DOWN.exp, x)


def ln(x: Bounds) -> Bounds | None:
    return _increasing(_DOWN.ln, x) if x[0] > 0 else None


def _increasing(function: Callable[[Decimal], Decimal], x: Bounds) -> Bounds:
    return _DOWN.next_minus(function(x[0])), _UP.next_plus(function(x[1]))


def sign(x: Bounds | None) -> int:
    """Return 1 or -1 where the sign is sure, else 0."""
    if x is None:
        return 0
    return 1 if x[0] > 0 else -1 if x[1] < 0 else 0


def angle(real: Bounds, imaginary: Bounds) -> Bounds | None:
    """Bound the argument of a complex number whose imaginary part has a sure sign.

    By atan(t) >= t / (1 + t^2) for t > 0 it keeps from the axes that bound its quadrant.
    """
    side = sign(imaginary)
    if not side:
        return None
    if side < 0:
        mirrored = angle(real, _negative(imaginary))
        return None if mirrored is None else _negative(mirrored)
    half_pi = scaled(PI, Fraction(1, 2))
    if not sign(real):
        margin = _from_axis(imaginary[0], _size(real))
        return margin, _UP.subtract(PI[1], margin)
    low, high = sorted(end.copy_abs() for end in real)
    margin = min(_from_axis(imaginary[k], size) for k, size in ((0, high), (1, low)))
    if real[0] > 0:
        return margin, _UP.subtract(half_pi[1], margin)
    return _DOWN.add(half_pi[0], margin), _UP.subtract(PI[1], margin)


def _negative(x: Bounds) -> Bounds:
    return x[1].copy_negate(), x[0].copy_negate()  # a plain minus would round


def _size(x: Bounds) -> Decimal:
    return max(end.copy_abs() for end in x)


def _from_axis(a: Decimal, b: Decimal) -> Decimal:
    """A lower bound of a b / (a^2 + b^2), for a, b >= 0 and not both 0."""
    size = _UP.add(_UP.multiply(a, a), _UP.multiply(b, b))
    return _DOWN.divide(_DOWN.multiply(a, b), size)


def turns(x: Bounds | None) -> int | None:
    """Return the k for which x - 2 pi k is surely within (-pi, pi)."""
    if x is None or _size(x) > LARGEST_EXPONENT:
        return None
    count = round((x[0] + x[1]) / (4 * PI[0]))
    shifted = total(x, scaled(PI, Fraction(-2 * count)))
    return count if _negative(PI)[1] < shifted[0] and shifted[1] < PI[0] else None
