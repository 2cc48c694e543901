"""Numbers: recipes for closed trees. All but those named after pi are exact rationals or roots.

The imaginary ones rest on e - Log(-exp(e)) = -pi i, in which the argument is real step by step,
so that the branch is not a matter of rounding; then exp(-pi i / 2) is -i.
"""

from emlir_minimal.compose.form import ONE, Form, form
from emlir_minimal.compose.steps import (
    difference,
    exponential,
    logarithm,
    negative,
    product,
    quotient,
    reciprocal,
    total,
)

UNIT = form(value=ONE)
E = exponential(UNIT)
EE = exponential(E)


def zero() -> Form:
    """0 = ln 1."""
    return form(value=logarithm(UNIT).value)


def below_e(count: int) -> Form:
    """e - count, one subtraction after the other."""
    rest = E
    for _ in range(count):
        rest = difference(rest, UNIT)
    return rest


def natural(count: int) -> Form:
    """2, 3, 4, ... = e - (e - count): ten nodes more for each."""
    return difference(E, below_e(count))


def two() -> Form:
    """2 = 1 + 1."""
    return total(UNIT, UNIT)


def minus_one() -> Form:
    """-1."""
    return negative(UNIT)


def half() -> Form:
    """1/2 = exp(e - ln(exp(e) + exp(e))): adding is cheap where both terms are exponentials."""
    return exponential(difference(E, logarithm(difference(EE, negative(EE)))))


def minus_half() -> Form:
    """-1/2 = exp(e - Log(-exp(e) - exp(e))), with -exp(e) = exp(e - ln(-1))."""
    turned = exponential(difference(E, logarithm(minus_one())))
    return exponential(difference(E, logarithm(difference(turned, EE))))


def third() -> Form:
    """1/3."""
    return reciprocal(natural(3))


def two_thirds() -> Form:
    """2/3 = exp(e - ln(exp(e) - (exp(e)/2 - exp(e))))."""
    halved = exponential(difference(E, logarithm(two())))
    return exponential(difference(E, logarithm(difference(EE, difference(halved, EE)))))


def minus_two_thirds() -> Form:
    """-2/3 = 1/3 - 1."""
    return difference(third(), UNIT)


def minus_pi_i() -> Form:
    """-pi i = e - Log(-exp(e))."""
    return difference(E, logarithm(negative(EE)))


def pi_i() -> Form:
    """pi i = t - Log(-exp(t)) for a t = exp(e)/(e - Log(e - exp(e))) with 0 < Im t < pi."""
    inner = difference(E, logarithm(difference(E, EE)))
    t = exponential(difference(E, logarithm(inner)))
    return difference(t, logarithm(negative(exponential(t))))


def minus_two() -> Form:
    """-2 = exp(-pi i) - 1."""
    return difference(exponential(minus_pi_i()), UNIT)


def minus_three() -> Form:
    """-3 = -2 - 1."""
    return difference(minus_two(), UNIT)


def minus_quarter_turn() -> Form:
    """-pi i / 2."""
    return quotient(minus_pi_i(), two())


def minus_i() -> Form:
    """-i = exp(-pi i / 2)."""
    return exponential(minus_quarter_turn())


def plus_i() -> Form:
    """i = exp(-1/2 * (-pi i))."""
    return exponential(product(minus_half(), minus_pi_i()))


def minus_half_i() -> Form:
    """-i/2 = exp(-pi i / 2 - ln 2)."""
    return exponential(difference(minus_quarter_turn(), logarithm(two())))


def times_i(z: Form) -> Form:
    """i z = 1/(-i / z), ln(-i / z) = -pi i / 2 - ln z: K(z) + 70."""
    return reciprocal(exponential(difference(minus_quarter_turn(), logarithm(z))))


def pi() -> Form:
    """pi = i * (-pi i)."""
    return times_i(minus_pi_i())


def root_two() -> Form:
    """sqrt 2 = exp(ln 2 / 2)."""
    return exponential(quotient(logarithm(two()), two()))


def golden() -> Form:
    """The golden ratio sqrt(1/4 + 1) + 1/2."""
    raised = difference(reciprocal(natural(4)), minus_one())
    return difference(exponential(quotient(logarithm(raised), two())), minus_half())
