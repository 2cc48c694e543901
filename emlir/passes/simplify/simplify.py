"""The pass itself: rounds of folding, rules and collecting until nothing changes."""

from emlir.closed import fold_closed
from emlir.expr.calculus import substitute
from emlir.expr.core import Expr
from emlir.expr.memory import collector_paused
from emlir.expr.traverse import postorder
from emlir.passes.simplify.walk import Walk
from emlir.rewrite.context import Context
from emlir.rewrite.library import rules_used_by
from emlir.rewrite.log import Step

ROUNDS = 50
ROUND_WORK = 1_000_000
"""A round is begun only if the rounds before it looked at fewer nodes than this."""


def fold(expr: Expr, context: Context) -> Expr:
    """Replace closed subterms by the rational or infinity that they exactly are."""
    folded = _folded(expr, context)
    return substitute(expr, folded) if folded else expr


def _folded(expr: Expr, context: Context) -> dict[Expr, Expr]:
    """Return what the closed subterms become, where that is something else."""
    folded = {
        term: value
        for term in _closed_terms(expr)
        if (value := fold_closed(term, context.semantics)) is not term
    }
    for term, value in folded.items():
        context.log.note(Step("fold", term, value))
    return folded


def _closed_terms(root: Expr) -> list[Expr]:
    """Return the largest subterms without symbols that are more than a constant."""
    closed: set[Expr] = set()
    found: dict[Expr, None] = {}
    for node in postorder((root,)):
        args = node.args
        inside = [arg for arg in args if arg in closed]
        if len(inside) < len(args):
            found.update((arg, None) for arg in inside if arg.args)
        elif not node.is_symbol:
            closed.add(node)
    return [root] if root in closed else list(found)


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
    with collector_paused():
        return _rounds(expr, Walk(rules_used_by("simplify"), context, expr.dag_size), context)


def _rounds(expr: Expr, walk: Walk, context: Context) -> Expr:
    for _ in range(ROUNDS):
        before = expr
        expr = walk(expr, _folded(expr, context))
        if expr is before:
            return expr
        if walk.looked_at >= ROUND_WORK:
            break
    context.log.note_exhausted()
    return expr
