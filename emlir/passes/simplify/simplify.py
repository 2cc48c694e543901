"""The pass itself: rounds of folding, rules and collecting until nothing changes."""

from emlir.closed import fold_closed
from emlir.expr.core import Expr
from emlir.passes.simplify.collect import product_sweep, sum_sweep
from emlir.rewrite.context import Context
from emlir.rewrite.library import rules_used_by
from emlir.rewrite.log import Step
from emlir.rewrite.strategy import fixpoint, repeat


def fold(expr: Expr, context: Context) -> Expr:
    """Replace closed subterms by the rational or infinity that they exactly are."""
    folded = fold_closed(expr, context.semantics)
    if folded is not expr:
        context.log.note(Step("fold", expr, folded))
    return folded


def simplify(expr: Expr, context: Context) -> Expr:
    """Make an expression shorter, with the same value and domain.

    The rules marked for it, exact folding, and the collecting of sums and products are
    applied in turn until a round changes nothing. Terms keep the order in which they stand.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("ln(exp(x)) + 2*x - 1 - x + 1"), "simplify"))
    '2*x'
    """
    rules = fixpoint(rules_used_by("simplify"), remember=True)
    shorten = repeat((rules, product_sweep(), sum_sweep()))
    return repeat((fold, shorten))(expr, context)
