"""The pass itself: rounds of folding, rules and collecting until nothing changes."""

from collections.abc import Sequence

from emlir.closed import fold_closed
from emlir.expr.calculus import substitute
from emlir.expr.core import Expr
from emlir.expr.memory import collector_paused
from emlir.expr.traverse import postorder
from emlir.passes.simplify.collect import product_sweep, sum_sweep
from emlir.rewrite.context import Context, Pass
from emlir.rewrite.library import rules_used_by
from emlir.rewrite.log import Step
from emlir.rewrite.strategy import fixpoint

ROUNDS = 50
ROUND_WORK = 1_000_000
"""A round is begun only if the rounds before it looked at fewer nodes than this."""


def fold(expr: Expr, context: Context) -> Expr:
    """Replace closed subterms by the rational or infinity that they exactly are."""
    folded = {
        term: value
        for term in _closed_terms(expr)
        if (value := fold_closed(term, context.semantics)) is not term
    }
    for term, value in folded.items():
        context.log.note(Step("fold", term, value))
    return substitute(expr, folded) if folded else expr


def _closed_terms(root: Expr) -> list[Expr]:
    """Return the largest subterms without symbols that are more than a constant."""
    open_nodes: set[Expr] = set()
    found: dict[Expr, None] = {}
    for node in postorder((root,)):
        closed = [arg for arg in node.args if arg not in open_nodes]
        if node.is_symbol or len(closed) < len(node.args):
            open_nodes.add(node)
            for arg in closed:
                if arg.args:
                    found[arg] = None
    return [root] if root not in open_nodes else list(found)


def simplify(expr: Expr, context: Context) -> Expr:
    """Make an expression shorter, with the same value and domain.

    The rules marked for it, exact folding, and the collecting of sums and products are
    applied in turn until a round changes nothing, for ``ROUNDS`` rounds or ``ROUND_WORK`` nodes
    at most.
    Terms keep the order in which they stand.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("ln(exp(x)) + 2*x - 1 - x + 1"), "simplify"))
    '2*x'
    """
    rules = fixpoint(rules_used_by("simplify"), remember=True)
    steps = (fold, rules, product_sweep(), sum_sweep())
    with collector_paused():
        return _rounds(expr, steps, context)


def _rounds(expr: Expr, steps: Sequence[Pass], context: Context) -> Expr:
    work = 0
    for _ in range(ROUNDS):
        before = expr
        for step in steps:
            expr = step(expr, context)
        if expr is before:
            return expr
        work += expr.dag_size
        if work >= ROUND_WORK:
            break
    context.log.note_exhausted()
    return expr
