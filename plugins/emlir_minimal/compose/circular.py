"""Circular functions: recipes over exp(i x), and logarithms for their inverses.

The only branches taken on a cut are those of ``minus_pi_i`` (exact) and of logarithms that an
exponential undoes.
"""

from emlir_minimal.compose.constants import (
    UNIT,
    E,
    minus_half_i,
    minus_i,
    minus_one,
    minus_pi_i,
    minus_quarter_turn,
    minus_two,
    times_i,
    two,
)
from emlir_minimal.compose.form import Form, X
from emlir_minimal.compose.real import square
from emlir_minimal.compose.steps import (
    difference,
    exponential,
    logarithm,
    negative,
    product,
    quotient,
    total,
)


def turn() -> Form:
    """i x."""
    return times_i(X)


def back_turn() -> Form:
    """-i x."""
    return product(X, minus_i())


def cos() -> Form:
    """cos x = exp(i x - ln 2) - exp(-i x - Log(-2))."""
    first = exponential(difference(turn(), logarithm(two())))
    second = exponential(difference(back_turn(), logarithm(minus_two())))
    return difference(first, second)


def sin() -> Form:
    """sin x = (-i/2) (exp(i x) - exp(-i x))."""
    twice = difference(exponential(turn()), exponential(back_turn()))
    return product(minus_half_i(), twice)


def _tan(twice: Form) -> Form:
    """tan x = i (2/(exp(2 i x) + 1) - 1)."""
    raised = difference(exponential(times_i(twice)), minus_one())
    return times_i(difference(quotient(two(), raised), UNIT))


def tan() -> Form:
    """tan x with 2x = x + x, which exponentiates x."""
    return _tan(total(X, X))


def wide_tan() -> Form:
    """tan x with 2x as a product."""
    return _tan(product(two(), X))


def atan() -> Form:
    """atan x = (-i/2) ln(2/(1 - i x) - 1)."""
    below = difference(back_turn(), minus_one())
    return product(minus_half_i(), logarithm(difference(quotient(two(), below), UNIT)))


def _rest() -> Form:
    """1 - x^2."""
    return difference(UNIT, square(X))


def asin() -> Form:
    """asin x = i (e - ln z) with z = exp(e) (i x + s), s = sqrt(1 - x^2).

    Both terms are cheaper with the factor exp(e): e - h with h = -ln(1 - x^2)/2 for ln s,
    e - (-pi i / 2 - ln x) for ln(i x); and e - ln z takes it away again.
    """
    side = exponential(difference(E, quotient(negative(logarithm(_rest())), two())))
    across = exponential(difference(E, difference(minus_quarter_turn(), logarithm(X))))
    return times_i(difference(E, logarithm(difference(across, negative(side)))))


def open_asin() -> Form:
    """asin x for -1 < x < 1: s = exp(ln(1 - x^2)/2)."""
    side = exponential(quotient(logarithm(_rest()), two()))
    return times_i(logarithm(difference(side, turn())))


def _turned_side() -> Form:
    """i sqrt(1 - x^2) = exp(-((-pi i - ln(1 - x^2))/2))."""
    return exponential(negative(quotient(difference(minus_pi_i(), logarithm(_rest())), two())))


def acos() -> Form:
    """acos x = i Log(x - i s); at x = -1 the ln tree gives -pi i, as it must."""
    return times_i(logarithm(difference(X, _turned_side())))
