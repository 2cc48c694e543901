"""Refining: forms become candidates, with their constants fitted, snapped and rounded.

Every strategy gives its forms to a ``Refiner``, which keeps the leader and the closest formula of
each size.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import Candidate, Problem, SizeLimits, number
from emlir_search.form import Form
from emlir_search.noise import Noise, make_noise
from emlir_search.polish import Fitted, polish
from emlir_search.release import constants
from emlir_search.snap import round_to, snap
from emlir_search.tidy import tidy
from emlir_search.units import Units, scale

Array = NDArray[np.float64]

ROWS = 2_000
"""Rows of data on which constants are fitted."""
FINALISTS = 8
FRONT, LONGEST_FRONT = 12, 20
"""The front goes up to this size; up to the other where that is asked for."""
SPARE = 4
"""Nodes that may go when constants are snapped."""
RESOLVED, RESOLVED_CONSTANTS = 1e-10, 2
"""A formula with so few constants that leaves so little is taken for the law."""
BLURRED = 0.25
"""Relative errors larger than this, and than this part of the spread of ln|y|, are not believed."""
BEHIND = 60.0
"""Nats: snapping gains no more than this."""


@dataclass(slots=True)
class Refiner:
    """The data in handy units, and what was made of them so far."""

    problem: Problem
    units: Units = field(init=False)
    y: Array = field(init=False)
    columns: dict[str, Array] = field(init=False)
    noises: list[Noise] = field(init=False)
    best: float = np.inf
    leader: Fitted | None = None
    tried: set[tuple[Expr, str]] = field(default_factory=set)
    shown: set[tuple[Expr, str]] = field(default_factory=set)
    finalists: list[Fitted] = field(default_factory=list)
    by_size: dict[tuple[int, str], Fitted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.problem
        is_additive = "additive" in problem.noises
        self.units = Units.of(problem.columns, problem.y, may_shift=is_additive)
        rows, weights = drawn(problem.y, problem.weights, ROWS)
        self.y = self.units.of_target(problem.y[rows])
        self.columns = {
            name: scale(column[rows], self.units.columns[name])
            for name, column in problem.columns.items()
        }
        # beside a large offset relative noise is additive
        names = ("additive",) if self.units.offset else problem.noises
        steps = self.units.rounding(problem.y)
        self.noises = [make_noise(name, self.y, weights, steps) for name in names]

    def is_resolved(self, size: int) -> bool:
        """Whether a formula of ``size`` nodes leaves nothing of the data but rounding."""
        leader = self.leader
        if leader is None or leader.theta.size > RESOLVED_CONSTANTS:
            return False
        close = max(2 * leader.noise.floor, RESOLVED * leader.noise.spread)
        return leader.form.expr.tree_size <= size and leader.rms < close

    def consider(self, form: Form, noise: Noise) -> Iterator[Candidate]:
        """Fit a form; show it if it leads, and keep it for the end of the stage if it is near."""
        key = form.expr, noise.name
        if not may_fit(form.expr, self.problem.limits):
            return
        if key in self.tried and form.start.size < 3:
            return
        self.tried.add(key)
        self.problem.budget.spend(1, "fitting constants")
        fitted = polish(form, self.columns, noise, self.best)
        if fitted is None or self._is_blurred(fitted):
            return
        self.finalists.append(fitted)
        place = form.expr.tree_size, noise.name
        if place not in self.by_size or fitted.rms < self.by_size[place].rms:
            self.by_size[place] = fitted
        if fitted.score < self.best and self.allows(fitted):
            self.best = fitted.score
            yield self.candidate(fitted)

    def _is_blurred(self, fitted: Fitted) -> bool:
        """Whether relative errors are so large that they are no good account of the data.

        A mean of logarithms is far from the mean then; additive noise is there as well.
        """
        if fitted.noise.name != "multiplicative" or len(self.noises) == 1:
            return False
        spread = float(np.std(np.log(np.abs(self.y))))
        return fitted.rms > max(BLURRED, BLURRED * spread)

    def finish(self) -> Iterator[Candidate]:
        """Snap the constants of the best of the stage, of those that are not far behind."""
        allow = self.problem.limits.allow
        self.finalists.sort(key=lambda fitted: (not allow(fitted.form.expr), fitted.score))
        distinct: dict[tuple[Expr, str], Fitted] = {}
        for fitted in self.finalists:
            distinct.setdefault((fitted.form.expr, fitted.noise.name), fitted)
        for fitted in list(distinct.values())[:FINALISTS]:
            if fitted.score < self.best + BEHIND:
                yield from self.show(fitted)
        self.finalists = []

    def front(self) -> Iterator[Candidate]:
        """Show the closest formula of each size, for the noise model of the leader."""
        longest = min(max(FRONT, self.problem.limits.max_size or 0), LONGEST_FRONT)
        for (size, noise), fitted in sorted(self.by_size.items(), key=lambda item: item[0]):
            if self.leader is not None and noise == self.leader.noise.name and size <= longest:
                yield from self.show(fitted)

    def closest(self) -> list[Expr]:
        """Return the closest formula of each size, with its constants, for any noise model."""
        return [
            fitted.form.expr.subs(_rounded(fitted))
            for _, fitted in sorted(self.by_size.items(), key=lambda item: item[0])
        ]

    def show(self, fitted: Fitted) -> Iterator[Candidate]:
        """Yield a fitted form with its constants snapped, and rounded to what they mean."""
        key = fitted.form.expr, fitted.noise.name
        if key in self.shown and fitted.score > self.best:
            return
        self.shown.add(key)
        snapped = snap(fitted, self.columns, self.problem.budget.spend)
        if not self.allows(snapped):
            return
        if self.leader is None or snapped.score < self.leader.score:
            self.leader = snapped
            self.best = min(self.best, snapped.score)
        yield self.candidate(snapped)

    def allows(self, fitted: Fitted) -> bool:
        """Whether a formula is within the limits, with its constants written in."""
        return self.problem.limits.allow(self._written(fitted, _rounded(fitted)))

    def _written(self, fitted: Fitted, places: dict[str | Expr, Expr]) -> Expr:
        return self.units.restore(tidy(fitted.form.expr.subs(places)))

    def candidate(self, fitted: Fitted) -> Candidate:
        """Round the constants far below what the residuals can notice, and write them in."""
        places, offset = _rounded(fitted), self.units.offset
        return Candidate(
            self._written(fitted, places),
            fitted.score,
            fitted.noise.name,
            fitted.theta.size,
            constants(fitted, self.columns, places, offset) if self.units.are_sizes_kept else (),
        )


def may_fit(expr: Expr, limits: SizeLimits) -> bool:
    """Whether a form is within the limits, or may be when its constants are snapped."""
    wider = (None if most is None else most + SPARE for most in (limits.max_size, limits.depth))
    return SizeLimits(*wider).allow(expr)


def _rounded(fitted: Fitted) -> dict[str | Expr, Expr]:
    """Return the constants, rounded far below what the residuals can notice."""
    known = zip(fitted.form.parameters, fitted.theta, fitted.sharpness, strict=True)
    return {
        parameter: number(round_to(float(value), 0.01 * float(step)))
        for parameter, value, step in known
    }


def drawn(y: Array, weights: Array | None, count: int) -> tuple[NDArray[np.int64], Array | None]:
    """Return at most ``count`` rows, evenly spread over the sorted y, and their weights.

    Of more rows each is drawn as often as its weight asks for, and weighs as often as it was.
    """
    if weights is None or y.size <= count:
        return spread(y, count), weights
    order = np.argsort(y, kind="stable")
    share = np.cumsum(weights[order])
    places = np.searchsorted(share, (np.arange(count) + 0.5) / count * share[-1])
    rows, times = np.unique(order[places], return_counts=True)
    return rows, times / times.mean()


def spread(y: Array, count: int) -> NDArray[np.int64]:
    """Return at most ``count`` rows, evenly spread over the sorted y, in the order of rows."""
    if y.size <= count:
        return np.arange(y.size)
    order = np.argsort(y, kind="stable")
    picked = np.linspace(0, y.size - 1, count).round().astype(np.int64)
    return np.sort(order[picked])
