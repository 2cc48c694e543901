"""The hub's own passes, as the hook ``emlir_passes`` gives them out."""

from emlir.closed import fold_closed
from emlir.expr.core import Expr
from emlir.passes.define import define
from emlir.passes.lift import lift_in
from emlir.passes.lower import lower_in
from emlir.rewrite.pipeline import Context, Pass


def _define(expr: Expr, context: Context) -> Expr:
    return define(expr)


def _fold(expr: Expr, context: Context) -> Expr:
    return fold_closed(expr, context.semantics)


def _lower(expr: Expr, context: Context) -> Expr:
    return lower_in(expr, context)


DEFINE: Pass = _define
FOLD: Pass = _fold
LOWER: Pass = _lower
LIFT: Pass = lift_in
