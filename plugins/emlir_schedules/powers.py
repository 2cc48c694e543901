"""Sums of powers of the distances of steps from their middle."""

from fractions import Fraction
from functools import cache
from math import comb


def power_sum(count: int, power: int) -> Fraction:
    """Return the sum of the powers of ``count`` numbers that are 1 apart, with 0 in the middle.

    By Bernoulli polynomials, as B(x + 1) - B(x) is (power + 1) x^power.

    >>> power_sum(3, 2), power_sum(2, 2)
    (Fraction(2, 1), Fraction(1, 2))
    """
    first = Fraction(1 - count, 2)
    ends = [_polynomial(power + 1, x) for x in (first, first + count)]
    return (ends[1] - ends[0]) / (power + 1)


def _polynomial(degree: int, x: Fraction) -> Fraction:
    return sum((comb(degree, k) * _number(k) * x ** (degree - k) for k in range(degree + 1)), x * 0)


@cache
def _number(index: int) -> Fraction:
    """A Bernoulli number."""
    if not index:
        return Fraction(1)
    known = sum((comb(index + 1, k) * _number(k) for k in range(index)), Fraction(0))
    return -known / (index + 1)
