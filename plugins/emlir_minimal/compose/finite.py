"""Trees whose steps are all finite: recipes, each with the reason why no logarithm meets 0.

A step is infinite only where the argument of a logarithm is 0. An exponential never is, and
neither is a difference of a real number and one that is not real; so where an extended tree
subtracts from e or from -oo, these subtract from ``TILT``, a number off the real axis. Where a
function is not analytic at a point (sqrt at 0, asin at 1) no finite tree can hold there.
"""

from emlir_minimal.compose.constants import EE, UNIT, E, two
from emlir_minimal.compose.form import Form, X, Y
from emlir_minimal.compose.steps import (
    difference,
    exponential,
    logarithm,
    product,
    quotient,
    total,
)

TILT = difference(E, logarithm(difference(E, logarithm(difference(E, EE)))))
"""e - Log(e - Log(e - exp(e))), which is 1.57 + 1.51 i: the cheapest found off the lines
Im z = 0 and Im z = +-pi, on which logarithms of real numbers are."""


def minus_one() -> Form:
    """-1 = (e - 1) - e."""
    return difference(difference(E, UNIT), E)


def _minus_ee() -> Form:
    """-exp(e) = exp(e - Log(-1))."""
    return exponential(difference(E, logarithm(minus_one())))


def half() -> Form:
    """1/2 = exp(e - ln(exp(e) - (-exp(e))))."""
    return exponential(difference(E, logarithm(difference(EE, _minus_ee()))))


def minus_half() -> Form:
    """-1/2 = exp(e - Log(-exp(e) - exp(e)))."""
    return exponential(difference(E, logarithm(difference(_minus_ee(), EE))))


def minus_pi_i() -> Form:
    """-pi i = Log(-1) - 2 pi i, as the tree of ln has it on the negative axis."""
    return logarithm(minus_one())


def minus_i() -> Form:
    """-i = exp(-pi i / 2)."""
    return exponential(quotient(minus_pi_i(), two()))


def plus_i() -> Form:
    """i = exp(-1/2 * (-pi i))."""
    return exponential(product(minus_half(), minus_pi_i()))


def ratio(p: Form, q: Form) -> Form:
    """p / q = exp(ln p - ln q) for p neither 0 nor 1: K(p) + K(q) + 15."""
    return exponential(difference(logarithm(p), logarithm(q)))


def negative(q: Form) -> Form:
    """-q = (t - q) - t for q not t = ``TILT``."""
    return difference(difference(TILT, q), TILT)


def pi() -> Form:
    """pi = -pi i / (-i)."""
    return ratio(minus_pi_i(), minus_i())


def short_neg() -> Form:
    """-x = (e - x) - e, for x not e."""
    return difference(difference(E, X), E)


def short_inv() -> Form:
    """1/x = exp((e - ln x) - e), for x not exp(e)."""
    return exponential(difference(difference(E, logarithm(X)), E))


def inv() -> Form:
    """1/x = exp((x - ln x) - x): x - ln x is at least 1 for x > 0, and not real for x < 0."""
    gap = difference(X, logarithm(X))
    return exponential(difference(gap, X))


def wide_inv() -> Form:
    """1/x = exp((t - ln x) - t), t = ``TILT``; no exponential of x."""
    return exponential(negative(logarithm(X)))


def mul() -> Form:
    """x y = exp(x - ((x - ln x) - ln y)): as in ``inv``."""
    rest = difference(difference(X, logarithm(X)), logarithm(Y))
    return exponential(difference(X, rest))


def wide_mul() -> Form:
    """x y = exp(t - ((t - ln x) - ln y)), t = ``TILT``."""
    rest = difference(difference(TILT, logarithm(X)), logarithm(Y))
    return exponential(difference(TILT, rest))


def wide_div() -> Form:
    """x / y = exp((t - ln y) - (t - ln x)), t = ``TILT``."""
    above, below = (difference(TILT, logarithm(z)) for z in (X, Y))
    return exponential(difference(below, above))


def succ() -> Form:
    """x + 1 = e - ((e - 1) - x): no logarithm of anything in x but exp(x)."""
    return total(UNIT, X)


def pred() -> Form:
    """x - 1 = (e - 1) - (e - x)."""
    return difference(difference(E, UNIT), difference(E, X))


def sum_of(p: Form, q: Form) -> Form:
    """p + q = t - ((t - p) - q) for real p and q, t = ``TILT``."""
    return difference(TILT, difference(difference(TILT, p), q))


def double() -> Form:
    """x + x."""
    return sum_of(X, X)


def root() -> Form:
    """sqrt(x) = exp(t/2 - (t - ln x)/2): t - ln x is not real, so it is neither 0 nor 1."""
    halved = ratio(difference(TILT, logarithm(X)), two())
    return exponential(difference(ratio(TILT, two()), halved))


def halved() -> Form:
    """x/2 = t/2 - (t - x)/2, t = ``TILT``."""
    return difference(ratio(TILT, two()), ratio(difference(TILT, X), two()))


def power() -> Form:
    """x^y = exp(y ln x), the product as in ``wide_mul``."""
    rest = difference(difference(TILT, logarithm(Y)), logarithm(logarithm(X)))
    return exponential(exponential(difference(TILT, rest)))


def sqr() -> Form:
    """x^2 as in ``mul``."""
    return exponential(difference(X, difference(difference(X, logarithm(X)), logarithm(X))))


def _less_ln_two() -> Form:
    """x - ln 2 = (e - ln 2) - (e - x)."""
    return difference(difference(E, logarithm(two())), difference(E, X))


def _minus(number: Form) -> Form:
    """number - x for a number that is not 0."""
    return difference(number, X)


def sinh() -> Form:
    """exp(x)/2 - exp(-x)/2: exp(x - ln 2) - exp(ln(1/2) - x)."""
    return difference(exponential(_less_ln_two()), exponential(_minus(logarithm(half()))))


def cosh() -> Form:
    """exp(x)/2 - (-exp(-x)/2): exp(x - ln 2) - exp((-pi i - ln 2) - x)."""
    turned = difference(minus_pi_i(), logarithm(two()))
    return difference(exponential(_less_ln_two()), exponential(_minus(turned)))


def tanh() -> Form:
    """1 - 2/(exp(2x) + 1), with exp(2x) > 0."""
    raised = difference(exponential(double()), minus_one())
    return difference(UNIT, ratio(two(), raised))


def neg() -> Form:
    """-x = (exp(x) - x) - exp(x), with exp(x) - x at least 1."""
    return difference(difference(exponential(X), X), exponential(X))


def sigmoid() -> Form:
    """1 - 1/z, z = exp(x) + 1 > 1; -ln z = (c - ln z) - c with c = e - exp(e) below 0."""
    z, below = difference(exponential(X), minus_one()), difference(E, EE)
    return difference(UNIT, exponential(difference(difference(below, logarithm(z)), below)))


def softplus() -> Form:
    """ln(exp(x) - (-1))."""
    return logarithm(difference(exponential(X), minus_one()))


def logaddexp() -> Form:
    """ln(exp(x) - exp(y - pi i)), with -pi i + y = e - ((e - (-pi i)) - y)."""
    return logarithm(difference(exponential(X), exponential(total(minus_pi_i(), Y))))


def expm1() -> Form:
    """exp(x) - 1."""
    return difference(exponential(X), UNIT)


def log1p() -> Form:
    """ln(1 + x)."""
    return logarithm(succ())


def atanh() -> Form:
    """t/2 - (t - ln q)/2 with q = 2/(1 - x) - 1 > 0, t = ``TILT``."""
    q = difference(ratio(two(), difference(UNIT, X)), UNIT)
    return difference(ratio(TILT, two()), ratio(difference(TILT, logarithm(q)), two()))


def acosh() -> Form:
    """ln(s - (-x)), s = sqrt(x^2 - 1) for x > 1 as in ``root``, x^2 as in ``wide_mul``."""
    rest = difference(difference(TILT, logarithm(X)), logarithm(X))
    below = difference(exponential(difference(TILT, rest)), UNIT)
    halved = ratio(difference(TILT, logarithm(below)), two())
    side = exponential(difference(ratio(TILT, two()), halved))
    return logarithm(difference(side, negative(X)))


def asinh() -> Form:
    """ln(s - (-x)), s = exp(t/2 - v/2), v = (t - Log(-i - x)) - Log(i - x) = t - ln(x^2 + 1).

    t - Log(-i - x) has a positive imaginary part, and that of v is that of t = ``TILT``.
    """
    below, above = (difference(number, X) for number in (minus_i(), plus_i()))
    v = difference(difference(TILT, logarithm(below)), logarithm(above))
    side = exponential(difference(ratio(TILT, two()), ratio(v, two())))
    return logarithm(difference(side, negative(X)))
