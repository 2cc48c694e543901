"""Protect: an expression whose gradient is right where a branch that is not chosen is undefined.

The gradient of ``where(c, a, b)`` gives the branch that is not chosen a factor 0; an infinite or
undefined derivative inside it makes NaN of that. So each operator that only such a branch reads
gets a harmless value instead of its arguments, at the points where it is not read. Conditions
have no gradient and stay as they are.
"""

from collections.abc import Iterable
from fractions import Fraction

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, number
from emlir.expr.table import find_operator
from emlir.expr.traverse import postorder

_LINEAR = frozenset({"add", "sub", "neg", "min", "max", "floor"})
"""Operators whose derivatives are finite whatever their arguments."""
_HARMLESS = number(Fraction(1, 2))
_HARMLESS_FOR = {"acosh": number(2)}
"""Every operator has a finite value and finite derivatives there."""


def protect(expr: Expr) -> Expr:
    """Return an expression of the same values, whose gradient can be trusted around ``where``.

    Its size is at most some times that of ``expr``, nested choices or not. Sharing is kept.
    """
    nodes = tuple(postorder((expr,)))
    if expr.sort != "number" or all(node.op.name != "where" for node in nodes):
        return expr
    live = _live(expr, nodes)
    made: dict[Expr, Expr] = {}
    for node in nodes:
        if node in live:
            made[node] = _guarded(node, live[node], made)
    return made[expr]


def _live(expr: Expr, nodes: tuple[Expr, ...]) -> dict[Expr, Expr]:
    """For each node that passes a gradient on, the truth that some chosen branch reads it."""
    always = find_operator("true")()
    live = {expr: always}
    for node in reversed(nodes):
        if node not in live:
            continue
        for arg, read in _reads(node, live[node], always):
            known = live.get(arg)
            live[arg] = read if known is None or read is always else _either(known, read, always)
    return live


def _reads(node: Expr, when: Expr, always: Expr) -> Iterable[tuple[Expr, Expr]]:
    """The arguments of a node that get a gradient, with the truth that they are read."""
    if node.op.name != "where":
        return [(arg, when) for arg in node.args]
    condition, first, second = node.args
    opposite = ~condition
    return [(first, _both(when, condition, always)), (second, _both(when, opposite, always))]


def _both(when: Expr, condition: Expr, always: Expr) -> Expr:
    return condition if when is always else when & condition


def _either(known: Expr, read: Expr, always: Expr) -> Expr:
    if known is always or known is read:
        return known
    return known | read


def _guarded(node: Expr, when: Expr, made: dict[Expr, Expr]) -> Expr:
    if node.op.name == "where":
        condition, first, second = node.args
        return rebuild(node, (condition, made[first], made[second]))
    args = tuple(made[arg] for arg in node.args)
    if when.op.name != "true" and not _is_linear(node):
        harmless = _HARMLESS_FOR.get(node.op.name, _HARMLESS)
        where = find_operator("where")
        args = tuple(arg if arg.is_number else where(when, arg, harmless) for arg in args)
    return rebuild(node, args)


def _is_linear(node: Expr) -> bool:
    if node.op.name == "mul":
        return any(arg.is_number for arg in node.args)
    divided = node.op.name == "div" and node.args[1].is_number and node.args[1].number != 0
    return divided or node.op.name in _LINEAR
