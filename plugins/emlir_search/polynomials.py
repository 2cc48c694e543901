"""Polynomials: a function of y as a polynomial of all variables, without the terms it can spare.

Degrees go up as long as there are rows for their monomials. Terms are taken out, those of the
smallest ratio of coefficient and standard error first, while that lowers Schwarz's criterion
(1978): k ln n for k terms, against n ln of the sum of squares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.form import Form, parameter
from emlir_search.match import View
from emlir_search.pursuit import MATCHED, Match
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy

Array = NDArray[np.float64]
Monomial = tuple[str, ...]
"""The variables that are multiplied; none for the constant."""

DEGREES = range(2, 9)
MOST_MONOMIALS = 220
MOST_TERMS = 12
ROWS_FOR_EACH = 3
"""Rows of data for each monomial."""


def polynomials(
    refiner: Refiner | Reduced, view: View, points: NDArray[np.int64]
) -> Iterator[Match]:
    """Yield the polynomial of the degree that serves best; the view is at ``points``."""
    names = tuple(refiner.columns)
    scales = {name: float(np.max(np.abs(refiner.columns[name]))) or 1.0 for name in names}
    columns = {name: refiner.columns[name][points] / scales[name] for name in names}
    best: _Fit | None = None
    for degree in DEGREES:
        monomials = [
            some for d in range(degree + 1) for some in combinations_with_replacement(names, d)
        ]
        if len(monomials) > min(MOST_MONOMIALS, len(points) // ROWS_FOR_EACH):
            break
        refiner.problem.budget.spend(len(monomials), "polynomials")
        fit = _Fit.of(monomials, columns, view)
        if best is not None and fit.criterion >= best.criterion:
            continue
        best = fit
        if fit.left < MATCHED:
            break
    if best is not None:
        spare = best.without_spare_terms()
        if 1 <= len(spare.monomials) <= MOST_TERMS:
            size = sum(2 * len(some) for some in spare.monomials)
            yield Match(spare.left, size, view.noise, partial(spare.form, scales))


@dataclass(frozen=True, eq=False)
class _Fit:
    """The least squares of some monomials: weighted rows, factors and what is left (relative)."""

    view: View
    monomials: list[Monomial]
    rows: Array
    factors: Array
    errors: Array
    left: float

    @classmethod
    def of(cls, monomials: list[Monomial], columns: dict[str, Array], view: View) -> "_Fit":
        ones = np.ones_like(view.target)
        rows = [np.prod([ones, *(columns[name] for name in some)], axis=0) for some in monomials]
        return cls.solved(view, monomials, np.stack(rows, axis=1) * view.weight[:, None])

    @classmethod
    def solved(cls, view: View, monomials: list[Monomial], rows: Array) -> "_Fit":
        """Solve; standard errors are relative to the size of what is left."""
        target = view.target * view.weight
        q, r = np.linalg.qr(rows)
        inverse = np.linalg.pinv(r)
        factors = inverse @ (q.T @ target)
        factors += inverse @ (q.T @ (target - rows @ factors))
        rest = target - rows @ factors
        left = float(rest @ rest) / max(float(target @ target), 1e-300)
        return cls(view, monomials, rows, factors, np.linalg.norm(inverse, axis=1), left)

    @property
    def criterion(self) -> float:
        """Schwarz's criterion; sums of squares below rounding count alike."""
        count, terms = self.rows.shape
        return count * float(np.log(self.left + MATCHED**2)) + terms * float(np.log(count))

    def without_spare_terms(self) -> "_Fit":
        """Take out terms, several at once while that is safe, as long as it pays."""
        best = self
        step = max(1, len(self.monomials) // 4)
        while len(best.monomials) > 1:
            ratio = np.abs(best.factors) / np.maximum(best.errors, 1e-300)
            order = np.argsort(ratio, kind="stable")
            kept = np.sort(order[min(step, len(order) - 1) :])
            tried = _Fit.solved(best.view, [best.monomials[k] for k in kept], best.rows[:, kept])
            if tried.criterion < best.criterion:
                best = tried
            elif step == 1:
                break
            step = max(1, min(step // 2 if tried is not best else step, len(best.monomials) // 4))
        return best

    def form(self, scales: dict[str, float]) -> Form | None:
        """Write the polynomial in the variables as they are."""
        total: Expr | None = None
        start = []
        for some, factor in zip(self.monomials, self.factors.tolist(), strict=True):
            term = parameter(len(start))
            for name in some:
                term = term * symbol(name)
                factor /= scales[name]
            start.append(factor)
            total = term if total is None else total + term
        parameters = tuple(parameter(k) for k in range(len(start)))
        body = number(0) if total is None else total
        return Form(tidy(self.view.transform.outer(body)), parameters, np.array(start))
