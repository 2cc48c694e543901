"""The pass ``stabilise``: the same function, more accurate in float64.

Candidates are made by rules, whose conditions are shown from the assumptions, and by exact
arithmetic on rational functions; so every candidate has the value and the domain of the
original. Which one is taken is measured: float64 values against balls, at points of the box.
The result is kept only if fresh points show that it is better, and nowhere worse.
"""

from dataclasses import replace

from emlir.expr.calculus import substitute
from emlir.expr.core import Expr, symbol
from emlir.expr.traverse import dag_size, tree_size
from emlir.passes.stabilise.domain import restrictions, says
from emlir.passes.stabilise.measure import Measure, measure
from emlir.passes.stabilise.solve import SATISFIED, Solver, mean, narrowed, under
from emlir.passes.stabilise.sources import sources
from emlir.passes.stabilise.tidy import Written
from emlir.passes.stabilise.verdict import is_better
from emlir.rewrite.context import Context

FRESH = 512
LARGEST = 400
"""Larger expressions are left as they are."""
SMALL = 40
"""Of expressions with more nodes only parts are searched, those at which accuracy is lost;
and of a smaller one that could not be mended as a whole."""
PARTS = 24
"""So many parts, at most."""


def stabilise(expr: Expr, context: Context) -> Expr:
    """Return an expression of the same value and domain that is more accurate in float64.

    The points are those of the boxes in the assumptions; a symbol without a box is any float.
    Under ``extended`` and ``complex`` only rules that hold there are used, unless the boxes
    show that every value is a finite real; accuracy is measured at real points. An expression
    of more than ``LARGEST`` nodes is returned as it is, and the log says that more could have
    been done.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("sqrt(x + 1) - sqrt(x)"), "stabilise", assume="x > 0"))
    '1/(sqrt(x + 1) + sqrt(x))'
    """
    if tree_size(expr, limit=LARGEST) > LARGEST:
        context.log.note_exhausted()
        return expr
    if expr.sort != "number" or not expr.symbols:
        return expr
    inside = _on_reals(expr, context)
    chosen = _chosen(expr, inside) if dag_size(expr) <= SMALL else Written(expr)
    if chosen.expr is expr:
        chosen = _in_parts(expr, inside)
    if inside.semantics != context.semantics:
        chosen = under("real", chosen)
    for step in chosen.steps:
        context.log.note(step)
    return chosen.expr


def _on_reals(expr: Expr, context: Context) -> Context:
    """Return a context of ``real`` where that is what the semantics comes to.

    Where every symbol is a finite real, and the expression is defined in ``real`` for all of
    them, the other semantics give the same values.
    """
    symbols = [symbol(name) for name in expr.symbols]
    if not all(context.is_real(x) and context.is_finite(x) for x in symbols):
        return context
    on_reals = replace(context, semantics="real", _facts=None)
    return on_reals if on_reals.is_defined(expr) else context


def _in_parts(expr: Expr, context: Context) -> Written:
    """Stabilise, one by one, the subexpressions at which accuracy is lost."""
    written, tried = Written(expr), set[Expr]()
    for _ in range(PARTS):
        found = (node for node in sources(written.expr, context) if node not in tried)
        small = (node for node in found if dag_size(node) <= SMALL and node is not expr)
        part = next(small, None)
        if part is None:
            break
        tried.add(part)
        better = _chosen(part, context)
        whole = substitute(written.expr, {part: better.expr})
        written = written.then(Written(whole, better.steps))
    fresh = measure(expr, context.assumptions, FRESH, 1, context.semantics)
    return written if is_better(written.expr, expr, fresh) else Written(expr)


def _chosen(expr: Expr, context: Context) -> Written:
    fresh = measure(expr, context.assumptions, FRESH, 1, context.semantics)
    for written in _results(expr, context, fresh):
        if is_better(written.expr, expr, fresh):
            return written
    return Written(expr)


def _results(expr: Expr, context: Context, fresh: Measure) -> list[Written]:
    """Return results, the best first; what the expression says of its domain is used first."""
    solver = Solver(expr)
    facts: tuple[Expr, ...] = ()
    if context.semantics == "real":
        facts = tuple(fact for fact in restrictions(expr) if not context.holds(fact))
    inside = narrowed(context, facts) if facts else None
    if inside is None:
        return solver.solve(context)
    found = [under("defined", written) for written in solver.solve(inside)]
    kept = [written for written in found if says(written.expr, facts)]
    good = kept and mean(kept[0], fresh) >= SATISFIED
    if len(kept) < len(found) and not good:
        kept += solver.solve(context)
    return sorted(kept, key=lambda written: -mean(written, fresh))
