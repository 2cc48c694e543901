"""Circular functions with finite steps: recipes over w = -i - x, which no real x makes 0 or 1.

i x itself would need ln 0 at x = 0; i w = 1 - i x does not. Where a function has zeros, the
last step is a subtraction, so that no logarithm of it is taken.
"""

from emlir_minimal.compose.constants import UNIT, E, two
from emlir_minimal.compose.finite import (
    half,
    minus_i,
    minus_one,
    minus_pi_i,
    plus_i,
    ratio,
    short_neg,
    succ,
)
from emlir_minimal.compose.form import Form, X
from emlir_minimal.compose.steps import difference, exponential, logarithm, product


def _w() -> Form:
    """-i - x."""
    return difference(minus_i(), X)


def _up() -> Form:
    """-1 + i x = w / i."""
    return ratio(_w(), plus_i())


def _down() -> Form:
    """1 - i x = w / (-i)."""
    return ratio(_w(), minus_i())


def _minus_e() -> Form:
    """-e = exp(1 - (-pi i))."""
    return exponential(difference(UNIT, minus_pi_i()))


def _minus_two_e() -> Form:
    """-2 e = -e - e."""
    return difference(_minus_e(), E)


def _two_over_e() -> Form:
    """2/e = exp(ln 2 - 1)."""
    return exponential(difference(logarithm(two()), UNIT))


def _minus_two_i() -> Form:
    """-2 i."""
    return product(two(), minus_i())


def cos() -> Form:
    """exp(i x)/2 - (-exp(-i x)/2) = exp((-1 + i x) - ln(2/e)) - exp((1 - i x) - Log(-2 e))."""
    first = difference(_up(), logarithm(_two_over_e()))
    second = difference(_down(), logarithm(_minus_two_e()))
    return difference(exponential(first), exponential(second))


def sin() -> Form:
    """exp(i x)/(2 i) - exp(-i x)/(2 i), written as in ``cos`` with 2 i/e and 2 i e."""
    first = difference(_up(), logarithm(ratio(_two_over_e(), minus_i())))
    second = difference(_down(), logarithm(ratio(difference(E, _minus_e()), minus_i())))
    return difference(exponential(first), exponential(second))


def tan() -> Form:
    """2 i/(exp(2 i x) + 1) - i; exp(2 i x) = exp((-2 + 2 i x) - (-2)) is -1 at the poles only."""
    twice = ratio(_w(), product(half(), plus_i()))
    turned = exponential(difference(twice, difference(minus_one(), UNIT)))
    return difference(ratio(ratio(two(), minus_i()), difference(turned, minus_one())), plus_i())


def atan() -> Form:
    """(e - ln m)/(-2 i) - e/(-2 i) with m = (1 + i x)/(1 - i x) = -2 i/w - 1.

    The absolute value of m is 1 and it is not -1; ln m is imaginary, so e - ln m is neither 0
    nor 1.
    """
    m = difference(ratio(_minus_two_i(), _w()), UNIT)
    return difference(ratio(difference(E, logarithm(m)), _minus_two_i()), ratio(E, _minus_two_i()))


def acos() -> Form:
    """Log(x + i s)/i for -1 < x < 1, i s = exp((e/2 + pi i/2) - v/2), v = e - ln(1 - x^2).

    v = (e - ln(1 - x)) - ln(1 + x) is at least e; Log(x + i s) is imaginary and not 0.
    """
    v = difference(difference(E, logarithm(difference(UNIT, X))), logarithm(succ()))
    half_e = exponential(difference(UNIT, logarithm(two())))
    start = difference(half_e, ratio(minus_pi_i(), two()))
    side = exponential(difference(start, ratio(v, two())))
    return ratio(logarithm(difference(side, short_neg())), plus_i())


def asin() -> Form:
    """pi/2 - acos x."""
    return difference(ratio(minus_pi_i(), _minus_two_i()), acos())
