"""The pass ``stabilise``: the same function, more accurate in float64.

Candidates are made by rules, whose conditions are shown from the assumptions, and by exact
arithmetic on rational functions; so every candidate has the value and the domain of the
original. Which one is taken is measured: float64 values against balls, at points of the box.
The result is kept only if fresh points show that it is better, and nowhere worse.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr, build, symbol
from emlir.expr.traverse import tree_size
from emlir.passes.stabilise.candidates import Candidates
from emlir.passes.stabilise.measure import Measure, measure
from emlir.passes.stabilise.regimes import PRICE, best_regimes, write_regimes
from emlir.passes.stabilise.search import ENOUGH, Scored, search
from emlir.passes.stabilise.tidy import Written
from emlir.passes.stabilise.verdict import is_better
from emlir.rewrite.context import Context
from emlir.rewrite.library import rules_used_by
from emlir.rewrite.log import Step
from emlir.rules.stable.declare import TIDY, USE

POINTS = 256
FRESH = 512
FEWEST = 8
"""With fewer points at which the expression has a value, nothing is done."""
SATISFIED = 51.0
"""The box is cut only if the mean is below that."""
LARGEST = 400
"""Larger expressions are left as they are: every candidate is measured as a whole."""
DEPTH = 2
"""The box is cut at 0 along so many variables, at most."""


def stabilise(expr: Expr, context: Context) -> Expr:
    """Return an expression of the same value and domain that is more accurate in float64.

    The points are those of the boxes in the assumptions; a symbol without a box is any float.
    Under ``extended`` and ``complex`` only rules that hold there are used, and accuracy is
    measured at real points. An expression of more than ``LARGEST`` nodes is returned as it is,
    and the log says that more could have been done.
    """
    if tree_size(expr, limit=LARGEST) > LARGEST:
        context.log.note_exhausted()
        return expr
    if expr.sort != "number" or not expr.symbols:
        return expr
    chosen = _solve(expr, context, DEPTH)
    fresh = measure(expr, context.assumptions, FRESH, 1, context.semantics)
    for written in chosen:
        if is_better(written.expr, expr, fresh):
            for step in written.steps:
                context.log.note(step)
            return written.expr
    return expr


def _solve(expr: Expr, context: Context, depth: int) -> list[Written]:
    """Return results for the box of the context, the best first."""
    points = measure(expr, context.assumptions, POINTS, 0, context.semantics)
    if points.size < FEWEST or points.mean(points.bits(expr)) >= ENOUGH:
        return []
    candidates = Candidates(rules_used_by(USE), rules_used_by(TIDY), context)
    found = search(expr, candidates, points)
    options = [_combined(expr, found, points, context)]
    for option in _cut_at_zero(expr, context, depth) if depth else ():
        best = _mean(options[0], points)
        if best >= SATISFIED:
            break
        if _mean(option, points) > best + PRICE:
            options.insert(0, option)
    options += [member.written for member in sorted(found[1:], key=lambda m: -m.mean)]
    return [_shortest(option, candidates, points) for option in options]


def _mean(written: Written, points: Measure) -> float:
    return points.mean(points.bits(written.expr))


def _shortest(written: Written, candidates: Candidates, points: Measure) -> Written:
    """Shorten what can be shortened at no cost in accuracy."""
    short = candidates.shortened(written)
    return short if _mean(short, points) >= _mean(written, points) - 0.05 else written


def _combined(expr: Expr, found: list[Scored], points: Measure, context: Context) -> Written:
    """Return the best candidate, or the best combination of several."""
    variables = [name for name in points.columns if context.is_real(symbol(name))]
    regimes = best_regimes(_simple_first(found), points, variables)
    if len(regimes.pieces) == 1:
        return regimes.pieces[0].written
    result = write_regimes(regimes)
    steps = dict.fromkeys(step for piece in regimes.pieces for step in piece.written.steps)
    return Written(result, (*steps, Step("where", expr, result)))


def _simple_first(found: list[Scored]) -> list[Scored]:
    """Among equally good candidates the smaller one wins, and the original above all."""
    return [found[0], *sorted(found[1:], key=lambda member: (member.size, -member.mean))]


def _cut_at_zero(expr: Expr, context: Context, depth: int) -> Iterator[Written]:
    """Yield results with the box cut at 0, where conditions may hold on one side only."""
    for name, interval in context.assumptions.box(expr.symbols).items():
        x = symbol(name)
        if not interval.contains(Fraction(0)) or not context.is_real(x):
            continue
        for condition in (x > 0, x < 0):
            inside = _first(expr, context, condition, depth)
            outside = _first(expr, context, _opposite(condition), depth)
            if inside.expr is expr and outside.expr is expr:
                continue
            result = build("where", condition, inside.expr, outside.expr)
            yield Written(result, (*inside.steps, *outside.steps, Step("where", expr, result)))


def _opposite(condition: Expr) -> Expr:
    left, right = condition.args
    return left <= right if condition.op.name == "gt" else left >= right


def _first(expr: Expr, context: Context, condition: Expr, depth: int) -> Written:
    """Return the best result for the part of the box where a condition holds.

    Its steps hold there only, and say so.
    """
    inside = _narrowed(context, condition)
    found = [] if inside is None else _solve(expr, inside, depth - 1)
    if not found:
        return Written(expr)
    steps = (replace(step, rule=f"{step.rule} if {condition}") for step in found[0].steps)
    return Written(found[0].expr, tuple(steps))


def _narrowed(context: Context, condition: Expr) -> Context | None:
    try:
        assumptions = Assumptions.of(context.assumptions, condition)
    except ValueError:  # the box is empty there
        return None
    return replace(context, assumptions=assumptions, _facts=None)
