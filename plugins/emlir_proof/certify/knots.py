"""Short bounds on exp, sin and cos at rational points, found by balls."""

from fractions import Fraction

from flint import arb, ctx, fmpq

from emlir_proof.checker.knots import Range

BITS = (48, 160)
"""Significant binary digits of the bounds; more where the first do not do."""


def exponential(k: Fraction, bits: int = BITS[0]) -> Range:
    """Return bounds on exp(k) that are true and short."""
    if not k:
        return Range(Fraction(1), Fraction(1))
    return _around(_ball(k).exp(), bits)


def circle(k: Fraction, bits: int = BITS[0]) -> tuple[Range, Range]:
    """Return bounds on sin(k) and cos(k)."""
    if not k:
        return Range(Fraction(0), Fraction(0)), Range(Fraction(1), Fraction(1))
    ball = _ball(k)
    return _around(ball.sin(), bits), _around(ball.cos(), bits)


def logarithm(value: Fraction) -> Fraction:
    """Return a number near ln(value), for a positive value."""
    return _exact(_ball(value).log().mid())


def arc(name: str, value: Fraction) -> Fraction:
    """Return a number near atan(value) or asin(value)."""
    ball = _ball(value)
    return _exact((ball.atan() if name == "atan" else ball.asin()).mid())


def circle_number(bits: int = BITS[0]) -> Range:
    """Return bounds on pi."""
    return _around(arb.pi(), bits // 2)


def _ball(k: Fraction) -> arb:
    assert ctx.prec >= 2 * BITS[0]
    return arb(fmpq(k.numerator, k.denominator))


def _exact(point: arb) -> Fraction:
    mantissa, exponent = point.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _around(ball: arb, bits: int) -> Range:
    lo, hi = _exact(ball.lower()), _exact(ball.upper())
    return Range(short(lo, bits, up=False), short(hi, bits, up=True))


def short(value: Fraction, bits: int, up: bool) -> Fraction:
    """Round up or down to so many significant binary digits."""
    if not value:
        return value
    sign = -1 if up else 1
    places = bits - (abs(value.numerator).bit_length() - value.denominator.bit_length())
    scale = Fraction(2) ** places
    return sign * ((sign * value * scale).__floor__() / scale)
