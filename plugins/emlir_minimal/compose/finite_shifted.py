"""Finite trees of functions with zeros, by a shift off the real axis that is taken back.

A product takes logarithms of its factors, so it may not be 0. But x^2 + 1 = (i - x)(-i - x)
and sinh x + i = (exp(x) + i)^2/(2 exp x) never are.
"""

from emlir_minimal.compose.constants import UNIT, E, natural, two
from emlir_minimal.compose.finite import (
    TILT,
    double,
    inv,
    minus_i,
    minus_one,
    plus_i,
    sum_of,
)
from emlir_minimal.compose.form import Form, X, Y, form
from emlir_minimal.compose.steps import difference, exponential, logarithm, product, total


def _raised_square(z: Form) -> Form:
    """z^2 + 1 = (i - z)(-i - z) for a real z."""
    return product(difference(plus_i(), z), difference(minus_i(), z))


def sqr() -> Form:
    """x^2 = (x^2 + 1) - 1."""
    return difference(_raised_square(X), UNIT)


def _quarter(z: Form) -> Form:
    """(z^2 + 1)/4, its logarithm as (e - ln 4) - (e - ln(z^2 + 1)), term by term."""
    above, below = (difference(number, z) for number in (plus_i(), minus_i()))
    rest = difference(difference(E, logarithm(above)), logarithm(below))
    return exponential(difference(difference(E, logarithm(natural(4))), rest))


def _product(p: Form, q: Form) -> Form:
    """p q = ((p + q)^2 + 1)/4 - ((p - q)^2 + 1)/4."""
    gap = difference(difference(TILT, q), difference(TILT, p))
    return difference(_quarter(sum_of(p, q)), _quarter(gap))


def mul() -> Form:
    """x y."""
    return _product(X, Y)


def div() -> Form:
    """x y^(-1)."""
    return _product(X, form(value=inv().value.subs({"x": Y.value})))


def _x_and_ln_two() -> Form:
    """x + ln 2 = e - ((e - ln 2) - x)."""
    return total(logarithm(two()), X)


def wide_cosh() -> Form:
    """(exp(2x) + 1)/(2 exp x)."""
    raised = difference(exponential(double()), minus_one())
    return exponential(difference(logarithm(raised), _x_and_ln_two()))


def wide_sinh() -> Form:
    """(exp(x) + i)^2/(2 exp x) - i."""
    raised = difference(exponential(X), minus_i())
    squared = form(value=product(raised, raised).log)
    return difference(exponential(difference(squared, _x_and_ln_two())), plus_i())
