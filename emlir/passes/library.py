"""The hub's own passes, as the hook ``emlir_passes`` gives them out."""

from emlir.expr.core import Expr
from emlir.passes.define import define
from emlir.passes.differentiate import differentiate
from emlir.passes.expand import collect, expand
from emlir.passes.lift import lift_in
from emlir.passes.lower import lower_in
from emlir.passes.sharing import cse
from emlir.passes.simplify.simplify import fold, simplify
from emlir.passes.specialise import specialise
from emlir.passes.strict import strict_in
from emlir.rewrite.context import Context, Pass
from emlir.rewrite.plan import Parametric


def _define(expr: Expr, context: Context) -> Expr:
    return define(expr)


def _lower(expr: Expr, context: Context) -> Expr:
    return lower_in(expr, context)


DEFINE: Pass = _define
FOLD: Pass = fold
LOWER: Pass = _lower
LIFT: Pass = lift_in
STRICT: Pass = strict_in
SIMPLIFY: Pass = simplify
EXPAND: Pass = expand
CSE: Pass = cse
COLLECT = Parametric(collect, "collect(x)")
DIFFERENTIATE = Parametric(differentiate, "differentiate(x)")
SPECIALISE = Parametric(specialise, "specialise(x = 2, y = 1)")
