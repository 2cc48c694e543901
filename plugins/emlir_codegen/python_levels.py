"""Levels: what is evident about the value of each part, if no step before it raised an error.

The arguments of a function are finite numbers. An infinity comes from a sum, product or quotient
that leaves the range of floats, where Python raises nothing; NaN comes from infinities.
"""

from collections.abc import Callable
from enum import IntEnum

from emlir.plugin_api import Expr, postorder


class Level(IntEnum):
    """From the least that is known to the most."""

    ANY = 0
    NOT_NAN = 1
    FINITE = 2


ANY, NOT_NAN, FINITE = Level
_SMALL = 1e290
"""Adding it to a double never leaves the range."""

Rule = Callable[[Expr, list[Level]], Level]


def levels(expr: Expr) -> dict[Expr, Level]:
    """Return the level of every part of an expression."""
    found: dict[Expr, Level] = {}
    for node in postorder((expr,)):
        if node.is_symbol:
            found[node] = FINITE
        elif node.is_number:
            found[node] = FINITE if abs(node.number) < 1e308 else NOT_NAN
        else:
            rule = _RULES.get(node.op.name, _nothing)
            found[node] = rule(node, [found[arg] for arg in node.args])
    return found


def is_nonzero(node: Expr) -> bool:
    """Whether a part is a number that does not become 0 as a float of single precision."""
    return node.is_number and abs(node.number) > 1e-37


def _nothing(node: Expr, args: list[Level]) -> Level:
    return ANY


def _constant(node: Expr, args: list[Level]) -> Level:
    return FINITE


def _least(node: Expr, args: list[Level]) -> Level:
    """An infinity stays one, as does NaN; finite arguments give a finite value or an error."""
    return min(args)


def _all_or_nothing(node: Expr, args: list[Level]) -> Level:
    return FINITE if min(args) is FINITE else ANY


def _bounded(node: Expr, args: list[Level]) -> Level:
    return FINITE if min(args) >= NOT_NAN else ANY


def _sum(node: Expr, args: list[Level]) -> Level:
    if min(args) is FINITE:
        small = any(arg.is_number and abs(arg.number) < _SMALL for arg in node.args)
        return FINITE if small else NOT_NAN
    return NOT_NAN if min(args) is NOT_NAN and max(args) is FINITE else ANY


def _difference_of_exp_and_ln(node: Expr, args: list[Level]) -> Level:
    return FINITE if min(args) is FINITE else _sum(node, args)


def _product(node: Expr, args: list[Level]) -> Level:
    if min(args) is FINITE:
        shrinks = any(arg.is_number and abs(arg.number) <= 1 for arg in node.args)
        return FINITE if shrinks else NOT_NAN
    return NOT_NAN if min(args) is NOT_NAN and any(map(is_nonzero, node.args)) else ANY


def _quotient(node: Expr, args: list[Level]) -> Level:
    divisor = node.args[1]
    if min(args) is FINITE:
        return FINITE if divisor.is_number and abs(divisor.number) >= 1 else NOT_NAN
    return NOT_NAN if min(args) is NOT_NAN and max(args) is FINITE else ANY


def _hypot(node: Expr, args: list[Level]) -> Level:
    return min(NOT_NAN, *args)


def _choice(node: Expr, args: list[Level]) -> Level:
    condition, first, second = args
    return min(first, second) if condition is FINITE else ANY


def _rules() -> dict[str, Rule]:
    names: dict[Rule, str] = {
        _constant: "e pi true false",
        _least: "neg abs exp ln sqrt asinh acosh sinh cosh expm1 log1p floor min max softplus"
        " logaddexp",
        _bounded: "sin cos tan asin acos atan atanh tanh sigmoid lt le gt ge eq ne",
        _all_or_nothing: "pow mod and or not",
        _sum: "add sub",
        _difference_of_exp_and_ln: "eml neml",
        _product: "mul",
        _quotient: "div",
        _hypot: "hypot",
        _choice: "where",
    }
    return {name: rule for rule, listed in names.items() for name in listed.split()}


_RULES = _rules()
