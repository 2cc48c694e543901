"""Laws of a single index: y = product of powers * g(z), z a small formula in the variables.

Whatever g is, it changes little between neighbours in the order of z: what is left of ln|y|
after a straight line through the neighbours is that of the powers. So for each candidate z the
powers follow from the least squares of such differences (Yatchew 1997), and what they leave
says how good z is. Neither g nor its constants need to be known to find z.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.monomials import monomial, monomial_values, monomials
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner, spread
from emlir_search.tidy import tidy
from emlir_search.wide import ARGUMENTS, wide_table

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

POINTS = 800
"""Rows of data that are put in order."""
PROBES = 48
"""Points at which candidates that put the rows in the same order are recognised."""
CANDIDATES, MONOMIALS = 16_000, 4_000
"""Classes, and products of powers, that are tried as z."""
BLOCK = 100
ENDS = 0.05
"""The part at each end of the order that is left out: neighbours are far away there."""
STRAY = 0.1
"""The part of the rows, those that are left most, that does not count."""
SINGULAR = 1e-6
KEPT = 4
USEFUL = 0.2
"""A candidate leaves less than this part of the variance."""
FAR = 20.0
"""What leaves so many times more than the best is of no use."""
CERTAIN = 1e-6
"""What leaves so little is no accident."""
NEAR = 0.25
"""A power that is so near to a multiple of 1/2 is taken for it."""
SMALLEST = 1e-100
"""The least weight of a row."""


@dataclass(frozen=True, slots=True)
class Index:
    """A candidate z, what it leaves (relative), and the powers beside g(z)."""

    left: float
    body: Expr
    powers: dict[str, float]

    @np.errstate(all="ignore")
    def reduced(self, refiner: Refiner | Reduced) -> Reduced | None:
        """Return the problem to find g; ``None`` where the powers are none."""
        powers = {name: round(2 * power) / 2 for name, power in self.powers.items()}
        if any(abs(powers[name] - power) > NEAR for name, power in self.powers.items()):
            return None
        factor = number(1)
        for name, power in powers.items():
            if not power.is_integer() and not (refiner.columns[name] > 0).all():
                return None
            if power:
                factor = factor * symbol(name) ** (number(round(2 * power)) / number(2))
        values = np.broadcast_to(emlir.evaluate(self.body, refiner.columns), refiner.y.shape)
        if not np.isfinite(values).all():
            return None
        return Reduced.of(refiner, {self.body: values}, tidy(factor))


def indices(refiner: Refiner | Reduced) -> list[Index]:
    """Return the best candidates."""
    points = spread(refiner.y, POINTS)
    columns = {name: column[points] for name, column in refiner.columns.items()}
    spend = refiner.problem.budget.spend
    wide = wide_table(columns, lambda n: spend(n, "evaluating classes"), CANDIDATES, ARGUMENTS)
    powers = monomials(len(columns), MONOMIALS)
    values = np.concatenate([wide.values, monomial_values(powers, list(columns.values()))])
    rows = _distinct_orders(values)
    problem = _Problem.of(refiner.y[points], columns)
    left = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        spend(BLOCK, "ordering by classes")
        block = rows[start : start + BLOCK]
        left[start : start + BLOCK] = problem.left(values[block])
    found = []
    for place in np.argsort(left, kind="stable")[:KEPT].tolist():
        row, some = int(rows[place]), float(left[place])
        if some < USEFUL and some < FAR * left.min():
            body = (
                wide.expression(row)
                if row < len(wide)
                else monomial(powers[row - len(wide)], tuple(columns))
            )
            found.append(Index(some, body, problem.powers(values[row])))
    return found


def _distinct_orders(values: Array) -> Ints:
    """Return one class, the smallest, for each order of the rows, whichever way it goes."""
    values = np.where(np.isfinite(values).all(axis=1, keepdims=True), values, 0.0)
    ranks = np.argsort(np.argsort(values[:, :: max(1, values.shape[1] // PROBES)], axis=1), axis=1)
    last = ranks.shape[1] - 1
    flipped = ranks[:, :1] > last // 2
    ranks = np.where(flipped, last - ranks, ranks).astype(np.int16)
    _, first = np.unique(ranks, axis=0, return_index=True)
    return np.sort(first)


@dataclass(frozen=True, eq=False)
class _Problem:
    """What is split: ln|y|, into powers of the variables and a rest.

    Where y has both signs small |y| count little: their logarithms are far off.
    """

    target: Array
    weight: Array
    names: tuple[str, ...]
    logarithms: Array

    @classmethod
    @np.errstate(all="ignore")
    def of(cls, y: Array, columns: dict[str, Array]) -> "_Problem":
        names = tuple(name for name, column in columns.items() if (column != 0).all())
        logarithms = np.array([np.log(np.abs(columns[name])) for name in names])
        has_one_sign = bool((y > 0).all() or (y < 0).all())
        # where y is 0 its logarithm is infinitely far off; that much is no number
        weight = np.ones_like(y) if has_one_sign else np.abs(y) / np.max(np.abs(y))
        weight = np.maximum(weight, SMALLEST)
        target = np.log(np.maximum(np.abs(y), 1e-300))
        return cls(target, weight, names, logarithms.reshape(len(names), y.size))

    @property
    def variance(self) -> float:
        """The variance of the target, weighted."""
        weight = self.weight**2 / np.sum(self.weight**2)
        middle = float(weight @ self.target)
        return float(weight @ (self.target - middle) ** 2) * float(np.mean(self.weight**2))

    def left(self, values: Array) -> Array:
        """Return for each row of values, as z, what is left of the variance of the target."""
        aim, rows = self._differences(values)
        vectors, inverse = _eigen(rows)
        along = np.einsum("bpm,bp->bm", rows, aim)
        factors = np.einsum("bmk,bk,bnk,bn->bm", vectors, inverse, vectors, along, optimize=True)
        rest = np.sort((aim - np.einsum("bpm,bm->bp", rows, factors)) ** 2, axis=1)
        counted = rest[:, : int(rest.shape[1] * (1 - STRAY))]
        return np.asarray(np.mean(counted, axis=1) / self.variance)

    def powers(self, values: Array) -> dict[str, float]:
        """Return the powers for one z; one of those that z makes redundant is 0."""
        aim, rows = self._differences(values[None])
        if not self.names:
            return {}
        vectors, inverse = (part[0] for part in _eigen(rows))
        factors = vectors @ (inverse * (vectors.T @ (rows[0].T @ aim[0])))
        for vector in vectors.T[inverse == 0]:
            largest = int(np.argmax(np.abs(vector)))
            factors = factors - factors[largest] / vector[largest] * vector
        return dict(zip(self.names, factors.tolist(), strict=True))

    @np.errstate(all="ignore")
    def _differences(self, values: Array) -> tuple[Array, Array]:
        """Return (classes, points) and (classes, points, variables) of differences."""
        order = np.argsort(values, axis=1)
        ends = max(1, int(ENDS * values.shape[1]))
        order = order[:, ends - 1 : values.shape[1] - ends + 1]
        z = np.take_along_axis(values, order, axis=1)
        width = z[:, 2:] - z[:, :-2]
        weight = np.where(width > 0, (z[:, 2:] - z[:, 1:-1]) / width, 0.5)
        error = 1 / self.weight[order] ** 2
        length = np.sqrt(
            error[:, 1:-1] + weight**2 * error[:, :-2] + (1 - weight) ** 2 * error[:, 2:]
        )

        def differ(v: Array) -> Array:
            seen = v[order]
            line = weight * seen[:, :-2] + (1 - weight) * seen[:, 2:]
            return np.asarray((seen[:, 1:-1] - line) / length)

        rows = [differ(row) for row in self.logarithms]
        aim = differ(self.target)
        return aim, np.stack(rows, axis=2) if rows else np.empty((*aim.shape, 0))


def _eigen(rows: Array) -> tuple[Array, Array]:
    """Return eigenvectors of the normal equations and inverse eigenvalues, 0 for tiny ones."""
    gram = np.einsum("bpm,bpn->bmn", rows, rows, optimize=True)
    values, vectors = np.linalg.eigh(gram)
    largest = values[:, -1:] if values.shape[1] else values
    good = values > SINGULAR * largest
    return vectors, np.where(good, 1 / np.where(good, values, 1.0), 0.0)
