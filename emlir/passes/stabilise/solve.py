"""Solving over a box: a search, regimes of its candidates, and the box cut at 0."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr, build, symbol
from emlir.passes.stabilise.candidates import Candidates
from emlir.passes.stabilise.measure import Measure, measure
from emlir.passes.stabilise.regimes import PRICE, best_regimes, write_regimes
from emlir.passes.stabilise.search import ENOUGH, Scored, search
from emlir.passes.stabilise.tidy import Written
from emlir.rewrite.context import Context
from emlir.rewrite.library import rules_used_by
from emlir.rewrite.log import Step
from emlir.rules.stable.declare import TIDY, USE

POINTS = 256
FEWEST = 8
"""With fewer points at which the expression has a value, nothing is done."""
SATISFIED = 51.0
"""The box is cut only if the mean is below that."""
DEPTH = 2
"""The box is cut at 0 along so many variables, at most."""
SEARCHES = 12
"""So many searches are made for one expression, at most."""


@dataclass(slots=True)
class Solver:
    """Finds expressions equal to ``expr`` on a box; ``left`` searches may still be made."""

    expr: Expr
    left: int = field(default=SEARCHES)

    def solve(self, context: Context, depth: int = DEPTH) -> list[Written]:
        """Return results for the box of the context, the best first."""
        expr, self.left = self.expr, self.left - 1
        points = measure(expr, context.assumptions, POINTS, 0, context.semantics)
        if points.size < FEWEST or points.mean(points.bits(expr)) >= ENOUGH:
            return []
        candidates = Candidates(rules_used_by(USE), rules_used_by(TIDY), context)
        found = search(expr, candidates, points)
        options = [_combined(expr, found, points, context)]
        for option in self._cut_at_zero(context, points, options, depth):
            if mean(option, points) > mean(options[0], points) + PRICE:
                options.insert(0, option)
        options += [member.written for member in sorted(found[1:], key=lambda m: -m.mean)]
        return [_shortest(option, candidates, points) for option in options]

    def _cut_at_zero(
        self, context: Context, points: Measure, options: list[Written], depth: int
    ) -> Iterator[Written]:
        """Yield results with the box cut at 0, where conditions may hold on one side only."""
        for name in _by_contrast(options[0], context, points) if depth else ():
            x = symbol(name)
            for condition in (x > 0, x < 0):
                if self.left < 2 or mean(options[0], points) >= SATISFIED:
                    return
                inside = self._part(context, condition, depth)
                outside = self._part(context, _opposite(condition), depth)
                if inside.expr is self.expr and outside.expr is self.expr:
                    continue
                result = build("where", condition, inside.expr, outside.expr)
                last = Step("where", self.expr, result)
                yield Written(result, (*inside.steps, *outside.steps, last))

    def _part(self, context: Context, condition: Expr, depth: int) -> Written:
        """Return the best result for the part of the box where a condition holds."""
        inside = narrowed(context, (condition,))
        found = [] if inside is None or not self.left else self.solve(inside, depth - 1)
        return under(str(condition), found[0]) if found else Written(self.expr)


def mean(written: Written, points: Measure) -> float:
    """Return the mean bits of a result."""
    return points.mean(points.bits(written.expr))


def under(condition: str, written: Written) -> Written:
    """Let the steps say that they hold under a condition only."""
    steps = (replace(step, rule=f"{step.rule} if {condition}") for step in written.steps)
    return Written(written.expr, tuple(steps))


def narrowed(context: Context, facts: tuple[Expr, ...]) -> Context | None:
    """Return the context with more facts; ``None`` if the box is empty then."""
    try:
        assumptions = Assumptions.of(context.assumptions, *facts)
    except ValueError:
        return None
    return replace(context, assumptions=assumptions, _facts=None)


def _shortest(written: Written, candidates: Candidates, points: Measure) -> Written:
    """Shorten what can be shortened at no cost in accuracy."""
    short = candidates.shortened(written)
    return short if mean(short, points) >= mean(written, points) - 0.05 else written


def _combined(expr: Expr, found: list[Scored], points: Measure, context: Context) -> Written:
    """Return the best candidate, or the best combination of several."""
    variables = [name for name in points.columns if context.is_real(symbol(name))]
    regimes = best_regimes(found, points, variables)
    if len(regimes.pieces) == 1:
        return regimes.pieces[0].written
    result = write_regimes(regimes)
    steps = dict.fromkeys(step for piece in regimes.pieces for step in piece.written.steps)
    return Written(result, (*steps, Step("where", expr, result)))


def _by_contrast(written: Written, context: Context, points: Measure) -> list[str]:
    """Return the variables whose box holds 0, first those whose sign matters most."""
    bits = points.bits(written.expr)
    contrasts: dict[str, float] = {}
    for name, interval in context.assumptions.box(points.columns).items():
        positive = points.columns[name] > 0
        if not interval.contains(Fraction(0)) or not context.is_real(symbol(name)):
            continue
        sides = [bits[positive], bits[~positive]]
        means = [float(np.mean(side)) if side.size else 0.0 for side in sides]
        contrasts[name] = abs(means[0] - means[1])
    return sorted(contrasts, key=lambda name: -contrasts[name])


def _opposite(condition: Expr) -> Expr:
    left, right = condition.args
    return left <= right if condition.op.name == "gt" else left >= right
