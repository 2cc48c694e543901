"""The strategy ``exact``: class tables and templates, ranked in closed form, then fitted.

For each way to look at the data (outer transform, noise model) all single terms, pairs and
sums of more terms are ranked by matrix products; the best of each are fitted with all their
constants, their constants are snapped, and the description length decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import Candidate, Constant, Problem, number, symbol
from emlir_enumerate import build_table
from emlir_search.assemble import assemble
from emlir_search.form import Form, parameter
from emlir_search.match import Proposal, View, extended, make_view, pairs, singles
from emlir_search.noise import make_noise
from emlir_search.polish import Fitted, polish
from emlir_search.release import released
from emlir_search.snap import round_to, snap
from emlir_search.terms import Terms, join, table_terms, template_terms
from emlir_search.tidy import tidy
from emlir_search.transforms import IDENTITY, LOGARITHM, TRANSFORMS
from emlir_search.units import Units, scale

Array = NDArray[np.float64]

POINTS = 100
"""Rows of data on which terms are ranked."""
ROWS = 2_000
"""Rows of data on which constants are fitted."""
SMALL, LARGE = 4, 6
"""Sizes of the tables for sums of terms, and for single terms."""
SMALL_ROWS, LARGE_ROWS = 300, 40_000
KEEP = 12
FINALISTS = 8
RESOLVED_CONSTANTS = 2
SURE_AT_ONCE, SURE_AFTER_SUMS = 6, 9
"""A formula of so many nodes that matches to the last digit ends the search."""
FRONT = 12
MOST_VARIABLES = 5
"""With more variables only laws in all of them, or all but one, are tried outright."""


class Exact:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield formulas as they are found."""
        yield from _Search(problem).run()


STRATEGY = Exact()


@dataclass(slots=True)
class _Search:
    problem: Problem
    units: Units = field(init=False)
    columns: dict[str, Array] = field(init=False)
    points: NDArray[np.int64] = field(init=False)
    views: list[View] = field(init=False)
    best: float = np.inf
    leader: Fitted | None = None
    tried: set[tuple[Expr, str]] = field(default_factory=set)
    shown: set[tuple[Expr, str]] = field(default_factory=set)
    finalists: list[Fitted] = field(default_factory=list)
    by_size: dict[tuple[int, str], Fitted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.problem
        self.units = Units.of(problem.columns, problem.y)
        rows = _spread(problem.y, ROWS)
        y = scale(problem.y[rows], self.units.target)
        self.columns = {
            name: scale(column[rows], self.units.columns[name])
            for name, column in problem.columns.items()
        }
        self.points = _spread(y, POINTS)
        weights = None if problem.weights is None else problem.weights[rows]
        noises = [make_noise(name, y, weights) for name in problem.noises]
        views = [make_view(t, noise, self.points) for t in TRANSFORMS for noise in noises]
        self.views = [view for view in views if view is not None]

    def run(self) -> Iterator[Candidate]:
        yield from self.constant()
        small = self.table(SMALL, SMALL_ROWS)
        yield from self.stage("single terms", self.views, [small], KEEP)
        yield from self.finish()
        if not self.is_resolved(SURE_AT_ONCE):
            yield from self.harder(small)
        yield from self.front()

    def harder(self, small: Terms) -> Iterator[Candidate]:
        """Templates, sums of terms, and the large class table."""
        templates = list(template_terms(self.columns, self.points))
        plain = [view for view in self.views if view.transform in (IDENTITY, LOGARITHM)]
        yield from self.stage("templates", plain, templates, 2)
        yield from self.finish()
        if not self.is_resolved(SURE_AT_ONCE):
            yield from self.sums(small, templates)
            yield from self.finish()
        if not self.is_resolved(SURE_AFTER_SUMS):
            large = self.table(LARGE, LARGE_ROWS)
            yield from self.stage("class table", self.views, [large], KEEP)
            yield from self.finish()

    def is_resolved(self, size: int) -> bool:
        """Whether a formula of ``size`` nodes is as close to the data as their digits tell."""
        leader = self.leader
        if leader is None or leader.theta.size > RESOLVED_CONSTANTS:
            return False
        return leader.form.expr.tree_size <= size and leader.rms < 2 * leader.noise.floor

    def table(self, size: int, rows: int) -> Terms:
        columns = {name: column[self.points] for name, column in self.columns.items()}
        table = build_table(
            columns,
            max_size=size,
            max_rows=rows,
            on_block=lambda count: self.problem.budget.spend(count, "enumerating classes"),
        )
        return table_terms(table, len(columns))

    def constant(self) -> Iterator[Candidate]:
        for view in self.views[: len(self.problem.noises)]:
            mean = np.array([float(np.median(view.noise.y))])
            yield from self.consider(Form(parameter(0), (parameter(0),), mean), view)

    def stage(
        self, doing: str, views: list[View], parts: list[Terms], keep: int
    ) -> Iterator[Candidate]:
        """Rank the single terms of each part in every view; fit the best."""
        for view in views:
            for terms in parts:
                if not len(terms):
                    continue
                offsets = (True, False) if view.transform.name == "y" else (True,)
                for offset in offsets:
                    self.problem.budget.spend(len(terms), doing)
                    yield from self.fit_all(singles(terms, view, offset, keep), terms, view)

    def sums(self, small: Terms, templates: list[Terms]) -> Iterator[Candidate]:
        """Fit sums of two and more terms."""
        terms = join([small, *(_thin(part) for part in templates)])
        variables = len(self.columns)
        plain = _plain_sets(terms, self.problem.names)
        for view in self.views:
            for offset in (True, False):
                if view.transform in (IDENTITY, LOGARITHM):
                    seeds = [Proposal(0.0, members, offset) for members in plain]
                    yield from self.fit_all(seeds, terms, view)
                    more = extended(terms, view, seeds, KEEP)
                    yield from self.fit_all(more, terms, view)
                found = pairs(terms, view, offset, KEEP)
                self.problem.budget.spend(len(terms) ** 2 // 2, "sums of terms")
                yield from self.fit_all(found, terms, view)
                for _ in range(max(1, min(variables - 1, 3))):
                    found = extended(terms, view, found, KEEP)
                    self.problem.budget.spend(KEEP * len(terms), "sums of terms")
                    yield from self.fit_all(found, terms, view)

    def fit_all(self, proposals: list[Proposal], terms: Terms, view: View) -> Iterator[Candidate]:
        for proposal in proposals:
            form = assemble(proposal, terms, view)
            if form is not None:
                yield from self.consider(form, view)

    def consider(self, form: Form, view: View) -> Iterator[Candidate]:
        """Fit a form; show it if it leads, and keep it for the end of the stage if it is near."""
        key = form.expr, view.noise.name
        if key in self.tried and form.start.size < 3:
            return
        self.tried.add(key)
        self.problem.budget.spend(1, "fitting constants")
        fitted = polish(form, self.columns, view.noise, self.best)
        if fitted is None:
            return
        self.finalists.append(fitted)
        place = form.expr.tree_size, view.noise.name
        if place not in self.by_size or fitted.rms < self.by_size[place].rms:
            self.by_size[place] = fitted
        if fitted.score < self.best:
            yield from self.show(fitted)

    def finish(self) -> Iterator[Candidate]:
        """Snap the constants of the best of the stage."""
        self.finalists.sort(key=lambda fitted: fitted.score)
        distinct: dict[tuple[Expr, str], Fitted] = {}
        for fitted in self.finalists:
            distinct.setdefault((fitted.form.expr, fitted.noise.name), fitted)
        for fitted in list(distinct.values())[:FINALISTS]:
            yield from self.show(fitted)
        self.finalists = []

    def front(self) -> Iterator[Candidate]:
        """Show the closest formula of each size, for the noise model of the leader."""
        for (size, noise), fitted in sorted(self.by_size.items(), key=lambda item: item[0]):
            if self.leader is not None and noise == self.leader.noise.name and size <= FRONT:
                yield from self.show(fitted)

    def show(self, fitted: Fitted) -> Iterator[Candidate]:
        """Yield a fitted form with its constants snapped, and rounded to what they mean."""
        key = fitted.form.expr, fitted.noise.name
        if key in self.shown and fitted.score > self.best:
            return
        self.shown.add(key)
        snapped = snap(fitted, self.columns, self.problem.budget.spend)
        if self.leader is None or snapped.score < self.leader.score:
            self.leader = snapped
            self.best = snapped.score
        yield self.candidate(snapped)

    def candidate(self, fitted: Fitted) -> Candidate:
        """Round the constants far below what the residuals can notice, and write them in."""
        rounded = [
            round_to(float(value), 0.01 * float(step))
            for value, step in zip(fitted.theta, fitted.sharpness, strict=True)
        ]
        parameters = fitted.form.parameters
        places = {p: number(v) for p, v in zip(parameters, rounded, strict=True)}
        constants = zip(rounded, fitted.errors, strict=True)
        free = tuple(Constant(float(value), float(error)) for value, error in constants)
        return Candidate(
            self.units.restore(tidy(fitted.form.expr.subs(dict(places)))),
            fitted.score,
            fitted.noise.name,
            fitted.theta.size,
            (*free, *released(fitted, self.columns)) if self.units.are_plain else (),
        )


def _spread(y: Array, count: int) -> NDArray[np.int64]:
    """Return at most ``count`` rows, evenly spread over the sorted y, in the order of rows."""
    if y.size <= count:
        return np.arange(y.size)
    order = np.argsort(y, kind="stable")
    picked = np.linspace(0, y.size - 1, count).round().astype(np.int64)
    return np.sort(order[picked])


def _thin(terms: Terms) -> Terms:
    """Keep a few points of a template's grid, evenly spread."""
    keep = np.unique(np.linspace(0, len(terms) - 1, 12).round().astype(np.int64))
    return Terms(
        terms.values[keep], terms.cost[keep], terms.source, terms.rows[keep], terms.group[keep]
    )


def _plain_sets(terms: Terms, names: tuple[str, ...]) -> list[tuple[int, ...]]:
    """Return the sets of logarithms, and of variables alone: power laws and linear laws."""
    place = {terms.term(k)[0]: k for k in np.flatnonzero(terms.group < 0).tolist()}
    found: list[tuple[int, ...]] = []
    for build in (emlir.ln, Expr.__pos__):
        wanted = [build(symbol(name)) for name in names]
        known = [place[expr] for expr in wanted if expr in place]
        smallest = 2 if len(known) <= MOST_VARIABLES else len(known) - 1
        for count in range(smallest, len(known) + 1):
            found.extend(combinations(sorted(known), count))
    return found
