"""Laws in many variables, matched in closed form: products, polynomials, sums and quotients.

Each stage looks at y through some transforms, the likely ones first, and the best of what it
matches is fitted with all its constants. The stages end when a formula matches the data to
their last digit.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Candidate
from emlir_search.factors import products, products_of_kinds
from emlir_search.match import make_view
from emlir_search.polynomials import polynomials, polynomials_of_functions
from emlir_search.pursuit import MATCHED, Match
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner, may_fit, spread
from emlir_search.scaled import kinds_of, scaled_table, with_scales
from emlir_search.sums import quotients, sums, sums_of_kinds
from emlir_search.transforms import (
    IDENTITY,
    LOGARITHM,
    OF_PRODUCTS,
    RECIPROCAL,
    SQUARE,
    TRANSFORMS,
    Transform,
    facing,
)
from emlir_search.wide import Wide, wide_table

Array = NDArray[np.float64]

POINTS = 128
"""Rows of data on which classes are matched."""
MORE_POINTS = 600
"""Rows of data for polynomials."""
CLASSES = 102_000
FEWER_CLASSES = 12_000
"""Classes for quotients, and for transforms that are less likely."""
KINDS = 30
"""Shapes of a scaled variable that are fitted."""
MOST_SCALED = 2
"""The most variables of which scaled ones are tried."""
FITTED = 4
"""Sets of so many classes, the closest ones of each stage, whose constants are fitted."""
SURE = 40
"""A formula of so many nodes that matches to the last digit ends the search."""


SIMPLE = tuple(t for t in TRANSFORMS if t not in (IDENTITY, LOGARITHM))


@dataclass(slots=True)
class Laws:
    """The stages for one problem."""

    refiner: Refiner | Reduced
    points: NDArray[np.int64] = field(init=False)
    wide: Wide = field(init=False)
    fewer: Wide = field(init=False)

    def __post_init__(self) -> None:
        self.points = spread(self.refiner.y, POINTS)

    def products(self) -> Iterator[Candidate]:
        """Yield products of powers of classes: most laws are such."""
        wide = wide_table(self._columns(), self._spend, CLASSES)
        most = self.refiner.problem.limits.max_size
        self.wide = wide if most is None else wide.take(np.flatnonzero(wide.size <= most))
        self.fewer = self.wide.take(np.arange(min(FEWER_CLASSES, len(self.wide))))
        yield from self._run(iter([products(self.refiner, self.wide, self.points)]))

    def likely(self) -> Iterator[Candidate]:
        """Yield formulas of other kinds that many laws are of."""
        yield from self._run(self._likely())
        if len(self.refiner.columns) <= MOST_SCALED and not self.refiner.is_resolved(SURE):
            yield from self._run(self._scaled(), KINDS)

    def others(self) -> Iterator[Candidate]:
        """Yield formulas of rarer kinds."""
        yield from self._run(self._others())

    def _run(self, stages: Iterator[Iterator[Match]], most: int = FITTED) -> Iterator[Candidate]:
        for stage in stages:
            yield from self._fitted(stage, most)
            if self.refiner.is_resolved(SURE):
                return

    def _likely(self) -> Iterator[Iterator[Match]]:
        for transform in self._facing((IDENTITY, *SIMPLE)):
            yield self._polynomials(polynomials, transform)
        yield self._polynomials(polynomials_of_functions, IDENTITY)
        yield self._seen(sums, self.wide, IDENTITY)
        yield self._seen(quotients, self.fewer, IDENTITY)

    def _scaled(self) -> Iterator[Iterator[Match]]:
        table = scaled_table(self._columns(), self._spend)
        kinds = kinds_of(table)
        yield products_of_kinds(self.refiner, table, self.points, kinds, KINDS)
        stage = partial(sums_of_kinds, kinds=kinds, keep=KINDS)
        yield self._seen(stage, table, IDENTITY)

    def _others(self) -> Iterator[Iterator[Match]]:
        for transform in self._facing((RECIPROCAL, SQUARE)):
            yield self._polynomials(polynomials_of_functions, transform)
        for transform in self._facing(SIMPLE):
            yield self._seen(sums, self.wide, transform)
        for transform in self._facing(OF_PRODUCTS[1:]):
            yield products(self.refiner, self.wide, self.points, transform)
        for transform in self._facing(SIMPLE):
            yield self._seen(quotients, self.fewer, transform)

    def _facing(self, transforms: tuple[Transform, ...]) -> Iterator[Transform]:
        return facing(transforms, self.refiner.y)

    def _seen(
        self, stage: Callable[..., Iterator[Match]], wide: Wide, transform: Transform
    ) -> Iterator[Match]:
        for noise in self.refiner.noises:
            view = make_view(transform, noise, self.points)
            if view is not None:
                yield from stage(self.refiner, wide, view)

    def _polynomials(
        self, stage: Callable[..., Iterator[Match]], transform: Transform
    ) -> Iterator[Match]:
        points = spread(self.refiner.y, MORE_POINTS)
        for noise in self.refiner.noises:
            view = make_view(transform, noise, points)
            if view is not None:
                yield from stage(self.refiner, view, points)

    def _fitted(self, stage: Iterator[Match], most: int) -> Iterator[Candidate]:
        """Fit the closest sets; those that leave nothing need not wait for the others."""
        fitted = Counter[int]()
        for match in sorted(stage, key=lambda match: match.rank):
            if fitted[match.terms] == most:
                continue
            form = match.form()
            if form is not None and may_fit(form.expr, self.refiner.problem.limits):
                fitted[match.terms] += 1
                yield from self.refiner.consider(with_scales(form), match.noise)
            if match.left < MATCHED:
                yield from self.refiner.finish()
                if self.refiner.is_resolved(SURE):
                    return
        yield from self.refiner.finish()

    def _columns(self) -> dict[str, Array]:
        return {name: column[self.points] for name, column in self.refiner.columns.items()}

    def _spend(self, count: int) -> None:
        self.refiner.problem.budget.spend(count, "evaluating classes")
