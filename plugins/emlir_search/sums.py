"""Sums: a function of y as a sum of classes with factors, or as a quotient of two such sums.

The classes are the terms of a matching pursuit. For quotients t = (a + b f + ...)/(1 + c g + ...)
the products -g t are terms as well, which makes the equation linear in all constants; a set is
worth what it leaves of t after the division.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import number
from emlir_search.form import Form, parameter
from emlir_search.match import View
from emlir_search.pursuit import (
    Dictionary,
    Match,
    Sets,
    Target,
    nearest_of_kinds,
    pursue,
)
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy
from emlir_search.wide import Wide

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-9
"""A constant term that adds less than this part of the whole is left out."""
SINGULAR = 1e-10
"""Sets whose terms are so near to dependent are left out."""
VARIED = 0.05
"""Relative spread of a class that may stand in a denominator: 1 + c g must not vanish."""


def sums(refiner: Refiner | Reduced, wide: Wide, view: View) -> Iterator[Match]:
    """Yield sums that come close to what the view shows; ``wide`` has its values at its points."""
    yield from _Stage(refiner, wide, view, np.arange(len(wide)), np.zeros(len(wide), bool)).run()


def sums_of_kinds(
    refiner: Refiner | Reduced, wide: Wide, view: View, kinds: NDArray[np.int64], keep: int
) -> Iterator[Match]:
    """Yield a + b f with the closest class f of each kind, of the kinds that come closest."""
    stage = _Stage(refiner, wide, view, np.arange(len(wide)), np.zeros(len(wide), bool))
    yield from stage.singles(kinds, keep)


def quotients(refiner: Refiner | Reduced, wide: Wide, view: View) -> Iterator[Match]:
    """Yield quotients of sums that come close to what the view shows."""
    plain = np.arange(len(wide))
    spread = np.std(wide.values, axis=1) > VARIED * np.max(np.abs(wide.values), axis=1)
    index = np.concatenate([plain, plain[spread]])
    divides = np.arange(len(index)) >= len(plain)
    order = np.argsort(wide.size[index], kind="stable")
    yield from _Stage(refiner, wide, view, index[order], divides[order]).run()


@dataclass(frozen=True, eq=False)
class _Stage:
    """Terms are classes by ``index``; those that divide are multiplied by -t."""

    refiner: Refiner | Reduced
    wide: Wide
    view: View
    index: NDArray[np.int64]
    divides: NDArray[np.bool_]

    @property
    def target(self) -> Target:
        ones = np.ones_like(self.view.target)
        return Target.of(self.view.target, self.view.weight, [ones])

    @np.errstate(all="ignore")
    def run(self) -> Iterator[Match]:
        target, values = self.target, self.values(np.arange(len(self.index)))
        terms = Dictionary.of(values, target)
        spend = self.refiner.problem.budget.spend
        spend(len(terms), "sums of classes")
        assess = partial(self.assess, terms) if self.divides.any() else None
        for sets in pursue(terms, self.values, target, assess):
            spend(len(sets) * len(terms), "sums of classes")
            for members, left in sets.items():
                yield self._match(left, terms.index[list(members)])

    def singles(self, kinds: NDArray[np.int64], keep: int) -> Iterator[Match]:
        """Yield sums with the closest class of each kind."""
        terms = Dictionary.of(self.wide.values, self.target)
        self.refiner.problem.budget.spend(len(terms), "sums of classes")
        for place, left in nearest_of_kinds(terms, self.target, kinds[terms.index], keep):
            yield self._match(left, terms.index[[place]])

    def _match(self, left: float, chosen: NDArray[np.int64]) -> Match:
        size = int(np.sum(self.wide.size[self.index[chosen]])) + len(chosen)
        return Match(left, len(chosen), size, self.view.noise, partial(self.form, chosen))

    def values(self, places: NDArray[np.int64]) -> Array:
        """Return the values of terms."""
        found = self.wide.values[self.index[places]]
        found[self.divides[places]] *= -self.view.target
        return found

    @np.errstate(all="ignore")
    def assess(self, terms: Dictionary, sets: Sets) -> Array:
        """Return which part the quotients leave of the target."""
        places = terms.index[np.array(sets)]
        weight, seen = self.view.weight, self.view.target
        classes = self.wide.values[self.index[places]]
        is_below = self.divides[places][:, :, None]
        rows = np.where(is_below, -classes * seen, classes)
        rows = np.concatenate([np.ones((len(sets), 1, len(seen))), rows], axis=1)
        size = np.max(np.abs(rows), axis=2, keepdims=True)
        q, r = np.linalg.qr(np.swapaxes(rows / size * weight, 1, 2))
        diagonal = np.abs(np.diagonal(r, axis1=1, axis2=2))
        good = np.min(diagonal, axis=1) > SINGULAR
        r[~good] = np.eye(r.shape[1])
        aim = np.swapaxes(q, 1, 2) @ (seen * weight)
        factors = np.linalg.solve(r, aim[:, :, None]) / size
        terms_of = factors[:, 1:] * classes
        above = factors[:, 0] + np.sum(np.where(is_below, 0.0, terms_of), axis=1)
        below = 1 + np.sum(np.where(is_below, terms_of, 0.0), axis=1)
        size = self.target.length
        left = np.sum((weight * (above / below - seen) / size) ** 2, axis=1)
        return np.where(good & np.isfinite(left), left, np.inf)

    @np.errstate(all="ignore")
    def form(self, places: NDArray[np.int64]) -> Form | None:
        """Write a sum or quotient that starts at the best constants."""
        rows = [np.ones_like(self.view.target), *self.values(places)]
        solved = self.target.solve(rows)
        if solved is None:
            return None
        start: list[float] = []
        whole = float(np.max(np.abs(self.view.target)))
        above: Expr | None = None
        below: Expr = number(1)
        if abs(solved[0]) > NEGLIGIBLE * whole:
            above, start = parameter(0), [solved[0]]
        for place, factor in zip(places.tolist(), solved[1:], strict=True):
            term = parameter(len(start)) * self.wide.expression(int(self.index[place]))
            start.append(factor)
            if self.divides[place]:
                below = below + term
            else:
                above = term if above is None else above + term
        if above is None:
            return None
        parameters = tuple(parameter(k) for k in range(len(start)))
        whole_form = self.view.transform.outer(above / below)
        return Form(tidy(whole_form), parameters, np.array(start))
