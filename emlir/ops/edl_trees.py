"""EDL trees: exp(x)/ln(y) and e alone.

From edl(a, b) = exp(a)/ln(b): exp x = edl(x, e), ln x = e/(e/ln x), a/b = edl(ln a, exp b),
a - b = ln(exp(a)/exp(b)). Zero is ln 1 = e/oo, as edl(a, 1) = +oo. What is right at zero is
written with reciprocals, since the logarithm here knows +oo but not -oo.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from emlir.expr.core import Expr, build
from emlir.expr.operator import Lowering
from emlir.ops.edl import edl
from emlir.ops.kit import Kit, sine
from emlir.semantics import Semantics

EXTENDED: tuple[Semantics, ...] = ("extended",)
COMPLEX: tuple[Semantics, ...] = ("complex",)


def euler() -> Expr:
    """e."""
    return build("e")


def exp_tree(x: Expr) -> Expr:
    """exp(x) = edl(x, e)."""
    return edl(x, euler())


def one() -> Expr:
    """1 = ln e = exp(e) / (exp(e) / ln e)."""
    return edl(euler(), exp_tree(edl(euler(), euler())))


def ln_tree(x: Expr) -> Expr:
    """ln(x) = e / (e / ln x): where |ln x| is at least e/pi in complex, and for x > 0."""
    return edl(one(), exp_tree(edl(one(), x)))


def zero() -> Expr:
    """0 = ln 1, through an infinity."""
    return ln_tree(one())


def over(x: Expr, y: Expr) -> Expr:
    """x / y = exp(ln x) / ln(exp y), for x and y not 0, Im y within (-pi, pi]."""
    return edl(ln_tree(x), exp_tree(y))


def inverse(x: Expr) -> Expr:
    """1 / x = (e / x) / e, for x not 0, all steps finite."""
    return over(edl(one(), exp_tree(x)), euler())


def limit_inverse(x: Expr) -> Expr:
    """1 / x = exp(0) / ln(exp x), with 1/0 = oo and 1/oo = 0."""
    return edl(zero(), exp_tree(x))


def times(x: Expr, y: Expr) -> Expr:
    """x * y = x / (1 / y), for x and y not 0."""
    return over(x, inverse(y))


def minus(x: Expr, y: Expr) -> Expr:
    """x - y = ln(exp(x) / exp(y)), for |Im exp(y)| <= pi."""
    return ln_tree(edl(x, exp_tree(exp_tree(y))))


def plus(x: Expr, y: Expr) -> Expr:
    """x + y = ln(exp(x) / (1 / exp(y))), for real x and y."""
    return ln_tree(edl(x, exp_tree(inverse(exp_tree(y)))))


def negation(x: Expr) -> Expr:
    """-x = ln(1 / exp(x)), for real x."""
    return ln_tree(inverse(exp_tree(x)))


def minus_one() -> Expr:
    """-1 = ln(1 / e)."""
    return ln_tree(inverse(euler()))


def minus_pi_i() -> Expr:
    """-pi i = Log(-1) / (-1)."""
    return over(ln_tree(minus_one()), minus_one())


def pi_tree() -> Expr:
    """pi = Log(-1) / i."""
    return over(ln_tree(minus_one()), KIT.plus_i())


KIT = Kit(one, exp_tree, ln_tree, minus, plus, times, over, minus_pi_i)


def parts(x: Expr) -> tuple[Expr, Expr]:
    """Two numbers that are at least 1 and differ by x: 1 + ln(1 + exp x), 1 + ln(1 + exp -x)."""

    def part(of: Expr) -> Expr:
        return plus(ln_tree(plus(of, one())), one())

    return part(exp_tree(x)), part(inverse(exp_tree(x)))


def multiple(x: Expr, y: Expr) -> Expr:
    """x * y = 1 / ((1 / x) / y) for x > 0 and every real y: (1 / x) / 0 is oo."""
    return limit_inverse(edl(ln_tree(inverse(x)), exp_tree(y)))


def product(x: Expr, y: Expr) -> Expr:
    """x * y for all real x and y: x is a difference of two positive numbers."""
    up, down = parts(x)
    return minus(multiple(up, y), multiple(down, y))


def quotient(x: Expr, y: Expr) -> Expr:
    """x / y for all real x and y, y not 0."""
    return product(x, inverse(y))


def half(x: Expr) -> Expr:
    """x / 2 = 1 / (2 / x) for every real x and for oo."""
    return limit_inverse(edl(ln_tree(KIT.two()), exp_tree(x)))


def root(x: Expr) -> Expr:
    """sqrt(x) = 1 / exp(ln(1 / x) / 2) for x >= 0: 1/0 is oo, and so is half of it."""
    return limit_inverse(exp_tree(half(ln_tree(limit_inverse(x)))))


def arcsine(x_plus_two: Expr, minus_cosine: Expr) -> Expr:
    """asin x from x + 2 and -sqrt(1 - x^2): for q = cos t + ix it is i Log(e^2 / q) - 2i.

    e^2 keeps the logarithm away from 0, where e / ln is not within the strip.
    """
    two_i = times(KIT.two(), KIT.plus_i())
    conjugate = minus(minus(two_i, minus_cosine), times(x_plus_two, KIT.plus_i()))
    logarithm = ln_tree(times(exp_tree(KIT.two()), conjugate))
    return minus(over(logarithm, KIT.minus_i()), two_i)


def turned(x: Expr, y: Expr) -> Expr:
    """x * y for numbers of modulus 1, by way of e^2 x y, whose logarithm is far from 0."""
    square = exp_tree(KIT.two())
    return over(over(over(square, inverse(x)), inverse(y)), square)


def _sine(x: Expr) -> Expr:
    """With x = up - down, exp(ix) = exp(i up) exp(-i down)."""
    (up, down), turn, back = parts(x), KIT.plus_i(), KIT.minus_i()
    exp_ix = turned(exp_tree(times(up, turn)), exp_tree(times(down, back)))
    exp_minus_ix = turned(exp_tree(times(up, back)), exp_tree(times(down, turn)))
    return sine(KIT, exp_ix, exp_minus_ix)


def _two() -> Expr:
    return KIT.two()


def _arcsine(x: Expr) -> Expr:
    return arcsine(x + _two(), -build("sqrt", 1 - x * x))


def _arctangent(x: Expr) -> Expr:
    """atan x = asin(x / r) with r = sqrt(1 + x^2), whose cosine is 1 / r."""
    r = build("sqrt", 1 + x * x)
    return arcsine(x / r + _two(), -(1 / r))


def _not_zero(*args: Expr) -> Expr:
    truth: Expr = build("true")
    for arg in args:
        truth = truth & build("ne", arg, 0)
    return truth


def _way(
    tree: Callable[..., Expr],
    semantics: tuple[Semantics, ...] = EXTENDED,
    requires: Callable[..., Any] | None = None,
) -> Lowering:
    return Lowering(tree, semantics, requires, source=(tree.__doc__ or "").strip(), basis="edl")


LOWERINGS: Mapping[str, tuple[Lowering, ...]] = {
    "exp": (_way(exp_tree),),
    "ln": (_way(ln_tree),),
    "1": (_way(one),),
    "0": (_way(zero),),
    "add": (_way(plus),),
    "sub": (_way(minus),),
    "neg": (_way(negation),),
    "mul": (_way(times, requires=_not_zero), _way(product)),
    "div": (_way(over, requires=lambda x, y: _not_zero(x)), _way(quotient)),
    "inv": (_way(inverse),),
    "half": (_way(half),),
    "sqrt": (_way(root),),
    "sin": (_way(_sine, COMPLEX),),
    "asin": (_way(_arcsine, COMPLEX),),
    "atan": (_way(_arctangent, COMPLEX),),
    "pi": (_way(pi_tree, COMPLEX),),
    "i": (_way(partial(Kit.plus_i, KIT), COMPLEX),),
}
"""By operator, macro or number; the others follow from these by what their records say."""
