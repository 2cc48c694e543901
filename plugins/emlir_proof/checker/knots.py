"""Bounds on exp, sin and cos at rational points, in rational arithmetic.

exp(k): with u = k / 2^n small, 1 + u <= exp(u) <= 1 / (1 - u), and exp(2 u) = exp(u)^2.
sin(k), cos(k): t - t^3/6 <= sin t <= t for t >= 0, cos t = 1 - 2 sin(t/2)^2, then doubling
the angle. Every step is rounded outward to a fixed number of binary digits.
"""

from fractions import Fraction
from typing import NamedTuple

MOST = 4096
"""Arguments beyond this are refused."""
FIRST, LAST = 64, 1024
"""Binary digits to begin with, and at most."""


class Range(NamedTuple):
    """A closed interval."""

    lo: Fraction
    hi: Fraction


def _down(value: Fraction, digits: int) -> Fraction:
    """Round down to ``digits`` significant binary digits."""
    if not value:
        return value
    shift = digits - (abs(value.numerator).bit_length() - value.denominator.bit_length())
    scale = Fraction(2) ** shift
    return (value * scale).__floor__() / scale


def _up(value: Fraction, digits: int) -> Fraction:
    return -_down(-value, digits)


def exponential(k: Fraction, digits: int) -> Range:
    """Return bounds on exp(k), with a relative width of about 2^-digits."""
    if abs(k) > MOST:
        raise ValueError(f"exp of a number beyond {MOST:,}")
    if not k:
        return Range(Fraction(1), Fraction(1))
    size = max(0, k.numerator.bit_length() - k.denominator.bit_length() + 1)
    halvings = 2 * size + digits
    u = k / 2**halvings
    guard = digits + halvings + 8
    lo, hi = 1 + u, 1 / (1 - u)
    for _ in range(halvings):
        lo, hi = _down(lo * lo, guard), _up(hi * hi, guard)
    return Range(lo, hi)


def circle(k: Fraction, digits: int) -> tuple[Range, Range]:
    """Return bounds on sin(k) and cos(k), with a width of about 2^-digits."""
    if abs(k) > MOST:
        raise ValueError(f"sin of a number beyond {MOST:,}")
    size = max(0, k.numerator.bit_length() - k.denominator.bit_length() + 1)
    halvings = size + digits // 4 + 2
    guard = digits + 2 * halvings + 16
    t = abs(k) / 2**halvings
    sin = Range(t - t**3 / 6, t)
    half = Range(t / 2 - t**3 / 48, t / 2)
    cos = Range(1 - 2 * half.hi**2, 1 - 2 * half.lo**2)
    for _ in range(halvings):
        product = _times(sin, cos)
        square = _times(sin, sin)
        sin = _rounded(Range(2 * product.lo, 2 * product.hi), guard)
        cos = _rounded(Range(1 - 2 * square.hi, 1 - 2 * max(Fraction(0), square.lo)), guard)
    return (sin if k >= 0 else Range(-sin.hi, -sin.lo)), cos


def _times(a: Range, b: Range) -> Range:
    ends = [x * y for x in a for y in b]
    return Range(min(ends), max(ends))


def _rounded(a: Range, digits: int) -> Range:
    """Round outward to a multiple of 2^-digits."""
    scale = 2**digits
    return Range(
        Fraction((a.lo * scale).__floor__(), scale), Fraction(-(-a.hi * scale).__floor__(), scale)
    )


def is_exponential(k: Fraction, lo: Fraction, hi: Fraction) -> bool:
    """Whether lo <= exp(k) <= hi, as far as it can be shown."""
    digits = FIRST
    while digits <= LAST:
        found = exponential(k, digits)
        if lo <= found.lo and found.hi <= hi:
            return True
        if lo > found.hi or hi < found.lo:
            return False
        digits *= 2
    return False


def is_circle(k: Fraction, sin: Range, cos: Range) -> bool:
    """Whether sin(k) and cos(k) are within bounds, as far as it can be shown."""
    digits = FIRST
    while digits <= LAST:
        s, c = circle(k, digits)
        if sin.lo <= s.lo and s.hi <= sin.hi and cos.lo <= c.lo and c.hi <= cos.hi:
            return True
        if sin.lo > s.hi or sin.hi < s.lo or cos.lo > c.hi or cos.hi < c.lo:
            return False
        digits *= 2
    return False


def sign_of_sine(k: Fraction) -> int:
    """Return 1 if sin(k) is above 0, -1 if below, and 0 if neither can be shown."""
    digits = FIRST
    while digits <= LAST:
        sin, _ = circle(k, digits)
        if sin.lo > 0 or sin.hi < 0:
            return 1 if sin.lo > 0 else -1
        digits *= 2
    return 0
