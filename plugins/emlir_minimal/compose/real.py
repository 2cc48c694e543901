"""Real functions: recipes for trees of x and y, with the identity that each one rests on.

Where an argument of Log reaches 0 inside a square root, the exponent is halved as -(u/2) with
u = -ln(...) = +oo there, since ln(+oo) is +oo but ln(-oo) is undefined. The shorter trees that
halve ln(...) itself are the ``open_`` ones: wrong at that point only.
"""

from emlir_minimal.compose.constants import EE, UNIT, E, minus_one, two
from emlir_minimal.compose.form import Form, X, Y
from emlir_minimal.compose.steps import (
    difference,
    exponential,
    logarithm,
    negative,
    product,
    quotient,
    total,
)


def square(z: Form) -> Form:
    """z^2."""
    return product(z, z)


def open_root(z: Form) -> Form:
    """sqrt(z) = exp(ln z / 2), not at 0: K(z) + 42."""
    return exponential(quotient(logarithm(z), two()))


def root(z: Form) -> Form:
    """sqrt(z) = exp(-(-ln z / 2)), at 0 as well: K(z) + 62."""
    return exponential(negative(quotient(negative(logarithm(z)), two())))


def half() -> Form:
    """x/2 = exp(e - ln(t + t)) with t = exp(e)/x, t + t = t - (-t)."""
    t = exponential(difference(E, logarithm(X)))
    return exponential(difference(E, logarithm(difference(t, negative(t)))))


def wide_half() -> Form:
    """x/2 as a quotient."""
    return quotient(X, two())


def sigmoid() -> Form:
    """1/(1 + exp(-x)) = exp(x - ln(exp(x) - (-1)))."""
    return exponential(difference(X, logarithm(difference(exponential(X), minus_one()))))


def softplus() -> Form:
    """ln(exp(x) - (-1))."""
    return logarithm(difference(exponential(X), minus_one()))


def logaddexp() -> Form:
    """ln(exp(x) - (-exp(y)))."""
    return logarithm(difference(exponential(X), negative(exponential(Y))))


def twice_sinh() -> Form:
    """exp(x) - exp(-x)."""
    return difference(exponential(X), exponential(negative(X)))


def twice_cosh() -> Form:
    """exp(x) - (-exp(-x)), with -exp(-x) = (1 - exp(-x)) - 1 and 1 - exp(-x) a quotient."""
    below = difference(E, X)
    lifted = difference(E, logarithm(difference(exponential(X), UNIT)))
    rest = exponential(difference(below, lifted))
    return difference(exponential(X), difference(rest, UNIT))


def sinh() -> Form:
    """sinh x."""
    return quotient(twice_sinh(), two())


def cosh() -> Form:
    """cosh x."""
    return quotient(twice_cosh(), two())


def tanh() -> Form:
    """tanh x."""
    return quotient(twice_sinh(), twice_cosh())


def _over_two_exp(p: Form) -> Form:
    """p/(2 exp(x)): its logarithm is ((e - x) - ln 2) - (e - ln p)."""
    shifted = difference(difference(E, X), logarithm(two()))
    return exponential(difference(shifted, difference(E, logarithm(p))))


def _exp_twice_minus(number: Form) -> Form:
    """exp(2x) - number."""
    return difference(exponential(total(X, X)), number)


def wide_sinh() -> Form:
    """sinh x = (exp(2x) - 1)/(2 exp x)."""
    return _over_two_exp(_exp_twice_minus(UNIT))


def wide_cosh() -> Form:
    """cosh x = (exp(2x) + 1)/(2 exp x)."""
    return _over_two_exp(_exp_twice_minus(minus_one()))


def wide_tanh() -> Form:
    """tanh x = (exp(2x) - 1)/(exp(2x) + 1)."""
    return quotient(_exp_twice_minus(UNIT), _exp_twice_minus(minus_one()))


def asinh() -> Form:
    """asinh x = -ln(sqrt(x^2 + 1) - x)."""
    raised = difference(square(X), minus_one())
    return negative(logarithm(difference(open_root(raised), X)))


def _acosh(root_of_rest: Form) -> Form:
    """-ln(x - sqrt(x^2 - 1))."""
    return negative(logarithm(difference(X, root_of_rest)))


def acosh() -> Form:
    """acosh x = e - ln(exp(e) (x - s)), s = sqrt(x^2 - 1): with the factor both terms are short."""
    half = quotient(negative(logarithm(difference(square(X), UNIT))), two())
    scaled = exponential(difference(E, negative(logarithm(X))))
    rest = difference(scaled, exponential(difference(E, half)))
    return difference(E, logarithm(rest))


def wide_acosh() -> Form:
    """acosh x without the factor."""
    return _acosh(root(difference(square(X), UNIT)))


def open_acosh() -> Form:
    """acosh x for x > 1."""
    return _acosh(open_root(difference(square(X), UNIT)))


def atanh() -> Form:
    """atanh x = (ln(1 + x) - ln(1 - x))/2."""
    above, below = total(X, UNIT), difference(UNIT, X)
    return quotient(difference(logarithm(above), logarithm(below)), two())


def power() -> Form:
    """x^y = exp(y - y (1 - ln x)): 1 - ln x is +oo at x = 0, and the rest follows for y > 0.

    No tree can be right at (0, 0) too: wherever steps are defined they are continuous but for
    the cut of Log, and x^y is not continuous there.
    """
    return exponential(difference(Y, product(Y, difference(UNIT, logarithm(X)))))


def open_power() -> Form:
    """x^y = exp(y ln x)."""
    return exponential(product(Y, logarithm(X)))


def log() -> Form:
    """ln y / ln x."""
    return quotient(logarithm(Y), logarithm(X))


def avg() -> Form:
    """(x + y)/2."""
    return quotient(total(X, Y), two())


def sum_of_squares() -> Form:
    """x^2 - (-(y^2))."""
    return difference(square(X), negative(square(Y)))


def hypot() -> Form:
    """sqrt(x^2 + y^2)."""
    return root(sum_of_squares())


def open_hypot() -> Form:
    """sqrt(x^2 + y^2), not at the origin."""
    return open_root(sum_of_squares())


def wide_succ() -> Form:
    """x + 1 = x - (-1)."""
    return difference(X, minus_one())


def wide_sub() -> Form:
    """x - y = y (x/y - 1): no operand is exponentiated."""
    return product(Y, difference(quotient(X, Y), UNIT))


def wide_add() -> Form:
    """x + y = y (x/y + 1): no operand is exponentiated."""
    return product(Y, difference(quotient(X, Y), minus_one()))


def _shrunk(z: Form) -> Form:
    """z/M with M = exp(exp(e)), 3.8 million: its logarithm is -(exp(e) - ln z)."""
    return exponential(negative(difference(EE, logarithm(z))))


def _grown(z: Form) -> Form:
    """M z: its logarithm is exp(e) - (-ln z)."""
    return exponential(difference(EE, negative(logarithm(z))))


def far_sub() -> Form:
    """x - y = M (x/M - y/M), with no condition; absolute errors are about 1e-9 in floats."""
    return _grown(difference(_shrunk(X), _shrunk(Y)))


def far_add() -> Form:
    """x + y = M (x/M - (-(y/M))), with no condition."""
    return _grown(difference(_shrunk(X), negative(_shrunk(Y))))


def wide_neg() -> Form:
    """-x = (-1) x."""
    return product(minus_one(), X)


def wide_double() -> Form:
    """2x as a product."""
    return product(two(), X)
