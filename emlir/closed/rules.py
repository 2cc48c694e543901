"""The forms of arithmetic and piecewise operators of closed arguments."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from emlir.closed.forms import Form, add, divide, multiply, scale, subtract

MAX_POWER_BITS = 4_096

Rule = Callable[..., Form | None]


def _power(x: Form, y: Form) -> Form | None:
    if not (x.is_rational and y.is_rational) or y.rational.denominator != 1:
        return None
    base, exponent = x.rational, y.rational.numerator
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if (not base and exponent < 0) or bits * abs(exponent) > MAX_POWER_BITS:
        return None
    return Form(base**exponent)


def _of_rationals(function: Callable[..., Any]) -> Rule:
    def rule(*args: Form) -> Form | None:
        if not all(arg.is_rational for arg in args):
            return None
        return Form(Fraction(function(*(arg.rational for arg in args))))

    return rule


def _mod(x: Form, y: Form) -> Form | None:
    if not (y.is_rational and y.rational):
        return None
    return _of_rationals(lambda a, b: a - b * (a // b))(x, y)


RULES: dict[str, Rule] = {
    "arithmetic.add": add,
    "arithmetic.sub": subtract,
    "arithmetic.neg": lambda x: scale(x, Fraction(-1)),
    "arithmetic.mul": multiply,
    "arithmetic.div": divide,
    "arithmetic.pow": _power,
    "piecewise.abs": _of_rationals(abs),
    "piecewise.min": _of_rationals(min),
    "piecewise.max": _of_rationals(max),
    "piecewise.floor": _of_rationals(lambda x: x // 1),
    "piecewise.mod": _mod,
}
