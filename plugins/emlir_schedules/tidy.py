"""Numbers put in the place of parameters, and what became trivial taken away."""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isqrt

from emlir import Expr, enclose, false, pi, true
from emlir.plugin_api import fold_closed, number, postorder, rebuild, symbol

_RIGHT_NEUTRAL = {"add": 0, "sub": 0, "mul": 1, "div": 1, "pow": 1}
COMPARED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")
}
"""Relations by name, as they compare numbers."""
_AT_ZERO: dict[str, Fraction | int] = {
    "cos": 1,
    "cosh": 1,
    "sin": 0,
    "tan": 0,
    "sinh": 0,
    "tanh": 0,
    "sigmoid": Fraction(1, 2),
}
MOST_BITS = 4_096
"""Of numerators and denominators that are made; a power such as 0.95^10000 stays one."""
_LEFT_NEUTRAL = {"add": 0, "mul": 1}


def fill(form: Expr, values: Mapping[str, Fraction]) -> Expr:
    """Return ``form`` with the values in the place of symbols, and no neutral elements.

    Only what is closed is folded, and 0 + x, x - 0, 1 x, x/1, x^1 become x: the value in
    floating point stays what the formula says.
    """
    table: dict[Expr, Expr] = {symbol(name): number(value) for name, value in values.items()}
    made: dict[Expr, Expr] = {}
    is_closed: dict[Expr, bool] = {}
    for node in postorder((form,)):
        args = tuple(made[arg] for arg in node.args)
        new = table[node] if node in table else rebuild(node, args)
        closed = not new.is_symbol and all(is_closed[arg] for arg in new.args)
        made[node] = _folded(new) if closed and new.args else _without_neutral(new)
        is_closed[new] = closed
        is_closed[made[node]] = closed
    return made[form]


def _folded(node: Expr) -> Expr:
    """Return a closed node as a number or a truth, where that is possible."""
    name = node.op.name
    if name in COMPARED and all(arg.is_number for arg in node.args):
        return true() if COMPARED[name](*(arg.number for arg in node.args)) else false()
    if name in ("and", "or", "not") and all(arg.op.name in ("true", "false") for arg in node.args):
        values = [arg.op.name == "true" for arg in node.args]
        holds = {"and": all(values), "or": any(values), "not": not values[0]}
        return true() if holds[name] else false()
    if name in _AT_ZERO and _is(node.args[0], 0):
        return number(_AT_ZERO[name])
    turns = _half_turns(node.args[0]) if name in ("sin", "cos") else None
    if turns is not None and (2 * turns).denominator == 1:
        quarter = int(2 * turns) + (1 if name == "cos" else 0)
        return number((0, 1, 0, -1)[quarter % 4])
    if name == "sqrt" and node.args[0].is_number:
        return _root(node)
    if name == "pow" and _is(node.args[0], 1):
        return number(1)
    found = _multiple_of_pi(node) if name in ("mul", "div") else None
    if found is not None:
        return found
    found = fold_closed(node, "real")
    if found.is_number and _bits(found.number) > MOST_BITS:
        return node
    if found.op.name == "div" and found.args[0] is found.args[1] and _is_away(found.args[0]):
        return number(1)
    return _without_neutral(found)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _root(node: Expr) -> Expr:
    """Return the square root of a number that is a square."""
    square = node.args[0].number
    if square < 0:
        return node
    root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    return number(root) if root * root == square else node


def _half_turns(angle: Expr) -> Fraction | None:
    """Return the rational number of which an angle is pi times, if that is visible."""
    if angle.op.name == "pi":
        return Fraction(1)
    if angle.op.name != "mul" or angle.args[0].op.name != "pi" or not angle.args[1].is_number:
        return None
    return angle.args[1].number


def _multiple_of_pi(node: Expr) -> Expr | None:
    """Return a product or quotient of pi and numbers as pi times one number."""
    left, right = node.args
    turns = _half_turns(left)
    if turns is not None and right.is_number and right.number:
        turns = turns * right.number if node.op.name == "mul" else turns / right.number
    elif left.is_number and left.number and node.op.name == "mul":
        found = _half_turns(right)
        turns = None if found is None else left.number * found
    else:
        return None
    if turns is None:
        return None
    return pi() if turns == 1 else pi() * number(turns)


def _is_away(closed: Expr) -> bool:
    """Whether a closed expression is surely not 0."""
    lo, hi = enclose(closed, {})
    return lo > 0 or hi < 0


def _without_neutral(node: Expr) -> Expr:
    name, args = node.op.name, node.args
    if name in _RIGHT_NEUTRAL and _is(args[1], _RIGHT_NEUTRAL[name]):
        return args[0]
    if name in _LEFT_NEUTRAL and _is(args[0], _LEFT_NEUTRAL[name]):
        return args[1]
    if name == "where" and args[0].op.name in ("true", "false"):
        return args[1] if args[0].op.name == "true" else args[2]
    return node


def _is(expr: Expr, value: int) -> bool:
    return expr.is_number and expr.number == value
