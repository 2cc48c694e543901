"""The strategy ``exact``: many searches in closed form, the quick ones first.

Single terms, laws in many variables, problems in fewer variables, templates and sums of terms:
each search ranks very many formulas by linear algebra; the best are fitted with all their
constants, their constants are snapped, and the description length decides.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import Candidate, OutOfTimeError, Problem, symbol
from emlir_enumerate import build_table
from emlir_search.assemble import assemble
from emlir_search.devices import check_device
from emlir_search.dimensionless import dimensionless
from emlir_search.form import Form, parameter
from emlir_search.groups import grouped
from emlir_search.held_out import checked
from emlir_search.index import CERTAIN, Index, indices
from emlir_search.laws import SURE, Laws
from emlir_search.match import Proposal, View, extended, make_view, pairs, singles
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner, spread
from emlir_search.share import Share
from emlir_search.structure import leaves_structure
from emlir_search.terms import Terms, join, table_terms, template_terms
from emlir_search.transforms import IDENTITY, LOGARITHM, TRANSFORMS, facing
from emlir_search.trees import trees

Array = NDArray[np.float64]

POINTS = 100
"""Rows of data on which terms are ranked."""
SMALL, LARGE = 4, 6
"""Sizes of the tables for sums of terms, and for single terms."""
SMALL_ROWS, LARGE_ROWS = 300, 40_000
KEEP = 12
SEARCHING = 0.85
"""The part of the time after which the search ends."""
UNSURE = 2
"""Arguments of functions that are tried in the end though it is not sure that they are any."""
SURE_AT_ONCE, SURE_AFTER_SUMS = 6, 9
"""A formula of so many nodes that matches to the last digit ends the search."""
SETTLED, SETTLED_CONSTANTS, ROWS_TO_SETTLE = 15, 3, 30
"""A formula so small, of so few constants, that leaves noise in so many rows ends the search."""
MOST_GROUPED, ROWS_TO_GROUP = 12, 30
"""With more variables, or fewer rows, no problems in fewer variables are looked for."""
FEW_VARIABLES = 2
"""With no more variables the large class table is looked at early."""
MOST_VARIABLES = 5
"""With more variables only laws in all of them, or all but one, are tried outright."""


class Exact:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield formulas as they are found; the last of the time is for the check."""
        yield from with_check(problem, search_exactly)


STRATEGY = Exact()


def with_check(
    problem: Problem, search: Callable[[Refiner], Iterator[Candidate]]
) -> Iterator[Candidate]:
    """Search for a part of the time; then yield the front, and what the check says.

    Raises ValueError for a device that torch cannot use, at once; what cuts the search, or goes
    wrong in its arithmetic, is raised in the end.
    """
    check_device(problem.device)
    share = Share.of(problem.budget, SEARCHING)
    refiner = Refiner(replace(problem, budget=share))
    cut: Exception | None = None
    try:
        yield from search(refiner)
    except (OutOfTimeError, ArithmeticError, np.linalg.LinAlgError) as error:
        cut = error
    share.part = 1.0
    yield from refiner.finish()
    yield from refiner.front()
    yield from checked(refiner)
    if cut is not None:
        raise cut


def search_exactly(refiner: Refiner | Reduced, depth: int = 0) -> Iterator[Candidate]:
    """Yield formulas as they are found; the refiner knows all that were considered.

    Problems that were reduced have a ``depth`` above 0, and are searched less thoroughly.
    """
    yield from _Search(refiner, depth).run()


@dataclass(slots=True)
class _Search:
    refiner: Refiner | Reduced
    depth: int
    points: NDArray[np.int64] = field(init=False)
    views: list[View] = field(init=False)

    def __post_init__(self) -> None:
        refiner = self.refiner
        self.points = spread(refiner.y, POINTS)
        transforms = facing(TRANSFORMS, refiner.y)
        views = [make_view(t, noise, self.points) for t in transforms for noise in refiner.noises]
        self.views = [view for view in views if view is not None]

    @property
    def problem(self) -> Problem:
        return self.refiner.problem

    @property
    def columns(self) -> dict[str, Array]:
        return self.refiner.columns

    def run(self) -> Iterator[Candidate]:
        yield from self.constant()
        small = self.table(SMALL, SMALL_ROWS)
        yield from self.stage("single terms", self.views, [small], KEEP)
        yield from self.refiner.finish()
        if isinstance(self.refiner, Refiner):
            yield from self.without_units(self.refiner)
        if not self.refiner.is_resolved(SURE_AT_ONCE):
            for part in self.parts(small):
                yield from part
                if self.refiner.is_resolved(SURE):
                    return

    def without_units(self, refiner: Refiner) -> Iterator[Candidate]:
        """Solve the problem in dimensionless products, if units are known."""
        reduced = dimensionless(refiner)
        if reduced is not None and not refiner.is_resolved(SURE_AT_ONCE):
            yield from search_exactly(reduced, self.depth)

    def parts(self, small: Terms) -> Iterator[Iterator[Candidate]]:
        """The searches, those that find most in the shortest time first."""
        laws = Laws(self.refiner)
        yield laws.products()
        found = indices(self.refiner) if self.can_lose_variables else []
        sure = [index for index in found if index.left < CERTAIN]
        yield self.reduced(sure)
        if isinstance(self.refiner, Refiner):
            yield trees(self.refiner)
        if len(self.columns) <= FEW_VARIABLES:
            yield self.classes(self.plain)
        yield laws.likely()
        if self.is_settled():
            return
        if self.depth == 0:
            yield self.grouped()
        if self.is_settled():
            return
        yield laws.others()
        if self.depth == 0 or len(self.columns) == 1:
            yield self.harder(small)
        if self.depth == 0:
            yield self.reduced([index for index in found if index not in sure][:UNSURE])

    @property
    def can_lose_variables(self) -> bool:
        """Whether there are several variables, not too many, and rows to see what they do."""
        return 1 < len(self.columns) <= MOST_GROUPED and self.refiner.y.size >= ROWS_TO_GROUP

    def is_settled(self) -> bool:
        """Whether a small formula leaves noise: what is smaller was looked at before."""
        refiner = self.refiner
        if not isinstance(refiner, Refiner) or refiner.leader is None:
            return False
        leader = refiner.leader
        is_small = leader.form.expr.tree_size <= SETTLED and leader.theta.size <= SETTLED_CONSTANTS
        has_rows = refiner.y.size >= ROWS_TO_SETTLE
        return is_small and has_rows and leaves_structure(leader, refiner) is False

    def reduced(self, found: list[Index]) -> Iterator[Candidate]:
        """Solve the problem as one in a single variable."""
        for index in found:
            reduced = index.reduced(self.refiner)
            if reduced is not None:
                yield from search_exactly(reduced, self.depth + 1)
            if self.refiner.is_resolved(SURE):
                return

    def grouped(self) -> Iterator[Candidate]:
        """Solve problems in groups of variables, the one with the fewest first."""
        for reduced in reversed(grouped(self.refiner) if self.can_lose_variables else []):
            yield from search_exactly(reduced, self.depth + 1)
            if self.refiner.is_resolved(SURE) or self.is_settled():
                return

    def spend_on_classes(self, count: int) -> None:
        self.problem.budget.spend(count, "enumerating classes")

    @property
    def plain(self) -> list[View]:
        """The views of y itself and of its logarithm."""
        return [view for view in self.views if view.transform in (IDENTITY, LOGARITHM)]

    def classes(self, views: list[View]) -> Iterator[Candidate]:
        """Single terms of the large class table."""
        large = self.table(LARGE, LARGE_ROWS)
        yield from self.stage("class table", views, [large], KEEP)
        yield from self.refiner.finish()

    def harder(self, small: Terms) -> Iterator[Candidate]:
        """Templates, sums of terms, and the large class table in rarer views."""
        templates = list(template_terms(self.columns, self.points))
        yield from self.stage("templates", self.plain, templates, 2)
        yield from self.refiner.finish()
        if not self.refiner.is_resolved(SURE_AT_ONCE):
            yield from self.sums(small, templates)
            yield from self.refiner.finish()
        if not self.refiner.is_resolved(SURE_AFTER_SUMS):
            yield from self.classes([view for view in self.views if view not in self.plain])

    def table(self, size: int, rows: int) -> Terms:
        columns = {name: column[self.points] for name, column in self.columns.items()}
        table = build_table(
            columns,
            max_size=size,
            max_rows=rows,
            on_block=self.spend_on_classes,
        )
        return table_terms(table, len(columns))

    def constant(self) -> Iterator[Candidate]:
        for view in self.views[: len(self.refiner.noises)]:
            mean = np.array([float(np.median(view.noise.y))])
            yield from self.refiner.consider(Form(parameter(0), (parameter(0),), mean), view.noise)

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
        plain = _plain_sets(terms, tuple(self.columns))
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
                yield from self.refiner.consider(form, view.noise)


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
