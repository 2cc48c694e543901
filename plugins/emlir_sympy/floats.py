"""The exact value of a sympy Float, from its binary value and its precision."""

from fractions import Fraction

DOUBLE = 53
"""Bits of precision of a Python float, and of most Floats."""

MAX_BITS = 400_000
"""Bits of the largest precision and exponent that are read."""


def nearest(value: Fraction, precision: int) -> Fraction:
    """Return the binary number of so many bits that is nearest to a value, ties to even."""
    if not value:
        return value
    shift = precision - _exponent(abs(value))
    unit = Fraction(1 << shift) if shift >= 0 else Fraction(1, 1 << -shift)
    return round(value * unit) / unit


def _exponent(value: Fraction) -> int:
    """Return e such that 2^(e-1) <= value < 2^e."""
    guess = value.numerator.bit_length() - value.denominator.bit_length() + 1
    power = Fraction(1 << guess - 1) if guess > 0 else Fraction(1, 1 << 1 - guess)
    return guess if value >= power else guess - 1


def spelled(value: Fraction, precision: int) -> Fraction:
    """Return what a Float of this binary value stands for.

    A double stands for the shortest decimal that reads back to it, so that 0.1 is 1/10; any
    other Float for its binary value.
    """
    if precision != DOUBLE:
        return value
    try:
        double = float(value)
    except OverflowError:
        return value
    return Fraction(repr(double)) if Fraction(double) == value else value
