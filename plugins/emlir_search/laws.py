"""Laws in many variables, matched in closed form: products, polynomials, sums and quotients.

Each stage looks at y through some transforms, the likely ones first, and the best of what it
matches is fitted with all its constants. The stages end when a formula matches the data to
their last digit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Candidate
from emlir_search.factors import products
from emlir_search.match import make_view
from emlir_search.polynomials import polynomials
from emlir_search.pursuit import MATCHED, Match
from emlir_search.refine import Refiner, spread
from emlir_search.sums import quotients, sums
from emlir_search.transforms import IDENTITY, LOGARITHM, OF_PRODUCTS, TRANSFORMS, Transform
from emlir_search.wide import Wide, wide_table

POINTS = 128
"""Rows of data on which classes are matched."""
MORE_POINTS = 1000
"""Rows of data for polynomials."""
CLASSES = 60_000
FEWER_CLASSES = 12_000
"""Classes for quotients, and for transforms that are less likely."""
FITTED = 8
"""Sets of classes of each stage, the closest ones, whose constants are fitted."""
SURE = 40
"""A formula of so many nodes that matches to the last digit ends the search."""


@dataclass(slots=True)
class Laws:
    """The stages for one problem."""

    refiner: Refiner
    points: NDArray[np.int64] = field(init=False)
    wide: Wide = field(init=False)
    fewer: Wide = field(init=False)

    def __post_init__(self) -> None:
        self.points = spread(self.refiner.y, POINTS)

    def run(self) -> Iterator[Candidate]:
        """Yield formulas, stage after stage."""
        columns = {name: column[self.points] for name, column in self.refiner.columns.items()}
        self.wide = wide_table(columns, self._spend, CLASSES)
        self.fewer = self.wide.take(np.arange(min(FEWER_CLASSES, len(self.wide))))
        for stage in self._stages():
            yield from self._fitted(stage)
            if self.refiner.is_resolved(SURE):
                return

    def _stages(self) -> Iterator[Iterator[Match]]:
        others = [t for t in TRANSFORMS if t not in (IDENTITY, LOGARITHM)]
        yield products(self.refiner, self.wide, self.points)
        for transform in (IDENTITY, *others):
            yield self._polynomials(transform)
        yield self._seen(sums, self.wide, IDENTITY)
        yield self._seen(quotients, self.fewer, IDENTITY)
        for transform in others:
            yield self._seen(sums, self.fewer, transform)
        for transform in OF_PRODUCTS[1:]:
            yield products(self.refiner, self.wide, self.points, transform)
        for transform in others:
            yield self._seen(quotients, self.fewer, transform)

    def _seen(
        self, stage: Callable[..., Iterator[Match]], wide: Wide, transform: Transform
    ) -> Iterator[Match]:
        for noise in self.refiner.noises:
            view = make_view(transform, noise, self.points)
            if view is not None:
                yield from stage(self.refiner, wide, view)

    def _polynomials(self, transform: Transform) -> Iterator[Match]:
        points = spread(self.refiner.y, MORE_POINTS)
        for noise in self.refiner.noises:
            view = make_view(transform, noise, points)
            if view is not None:
                yield from polynomials(self.refiner, view, points)

    def _fitted(self, stage: Iterator[Match]) -> Iterator[Candidate]:
        """Fit the closest sets; those that leave nothing need not wait for the others."""
        matches = sorted(stage, key=lambda match: match.rank)
        for match in islice(matches, FITTED):
            form = match.form()
            if form is not None:
                yield from self.refiner.consider(form, match.noise)
            if match.left < MATCHED and self.refiner.is_resolved(SURE):
                break
        yield from self.refiner.finish()

    def _spend(self, count: int) -> None:
        self.refiner.problem.budget.spend(count, "evaluating classes")
