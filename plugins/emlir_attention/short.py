"""Floats as fractions of few digits, rounded outward: short numbers keep proofs short."""

import math
from collections.abc import Callable
from fractions import Fraction

from emlir.plugin_api import Expr, number

BITS = 24


def above(value: float) -> Expr:
    """Return a number of 24 bits that is at least ``value``, which is not below 0."""
    return number(_rounded(value, math.ceil))


def below(value: float) -> Expr:
    """Return a number of 24 bits that is at most ``value``, which is not below 0."""
    return number(_rounded(value, math.floor))


def _rounded(value: float, to_integer: Callable[[Fraction], int]) -> Fraction:
    if not 0 <= value < math.inf:
        raise ValueError(f"a finite number that is at least 0 is needed, not {value!r}")
    mantissa, exponent = math.frexp(value)
    shift = Fraction(2) ** (exponent - BITS)
    return to_integer(Fraction(mantissa) * 2**BITS) * shift
