"""The pass ``lift``: EML trees back to exp, ln and minus.

Each eml(a, b) becomes exp(a) - ln(b), and what that makes visible is undone: ln 1 = 0,
ln(exp w) = w and c - (c - w) = w for a closed c. exp(ln w) = w only where w > 0 is shown.
"""

from typing import Any

from emlir.assumptions import Assumptions
from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, build, number
from emlir.expr.traverse import postorder
from emlir.rewrite.pipeline import Context
from emlir.semantics import check_semantics


def lift(expr: Expr, *, assume: Any = None, semantics: str | None = None) -> Expr:
    """Return ``expr`` with no ``eml`` left, of the same value and domain.

    >>> import emlir
    >>> str(emlir.lift(emlir.parse("eml(1, eml(eml(1, x), 1))")))
    'ln(x)'
    """
    return lift_in(expr, Context(check_semantics(semantics or "real"), Assumptions.of(assume)))


def lift_in(expr: Expr, context: Context) -> Expr:
    """Lift under a given context."""
    result: dict[Expr, Expr] = {}
    for node in postorder((expr,)):
        args = tuple(result[arg] for arg in node.args)
        result[node] = _lift(context, *args) if node.op.name == "eml" else rebuild(node, args)
    return result[expr]


def _lift(context: Context, x: Expr, y: Expr) -> Expr:
    left = _exp(x, context)
    right = _ln(y, context)
    if right is number(0):
        return left
    # c - (c - w) = w: in every semantics for closed finite c
    if left.op.name == "e" and right.op.name == "sub" and right.args[0] is left:
        return right.args[1]
    return left - right


def _exp(x: Expr, context: Context) -> Expr:
    if x is number(1):
        return build("e")
    if x.op.name == "ln" and context.holds(x.args[0] > 0):
        return x.args[0]
    return build("exp", x)


def _ln(y: Expr, context: Context) -> Expr:
    if y is number(1):
        return number(0)
    if context.semantics != "complex" and y.op.name in ("exp", "e"):
        return y.args[0] if y.args else number(1)
    return build("ln", y)
