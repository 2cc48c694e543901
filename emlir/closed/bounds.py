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
    if max(abs(x[0]), abs(x[1])) > LARGEST_EXPONENT:
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
