"""Polynomials: a function of y as a polynomial of all variables, or of simple functions of them.

Degrees go up as long as there are rows for their monomials. Functions take the place of
variables one after the other, the one that leaves least first, as long as that helps much.
Terms are taken out, those of the smallest ratio of coefficient and standard error first, while
that lowers Schwarz's criterion (1978): k ln n for k terms, against n ln of the sum of squares.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.form import Form, parameter
from emlir_search.match import View
from emlir_search.pursuit import MATCHED, Match
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy

Array = NDArray[np.float64]
Monomial = tuple[int, ...]
"""The places of the atoms that are multiplied; none for the constant."""

DEGREES = range(1, 9)
MOST_MONOMIALS = 150
MOST_TERMS = 12
ROWS_FOR_EACH = 3
"""Rows of data for each monomial."""
HELPS = 0.3
"""A function in the place of a variable leaves less than this part of what the variable does."""
MOST_VARIABLES = 4
"""With more variables no functions are tried."""


@dataclass(frozen=True, eq=False)
class Atom:
    """A variable or a function of it, scaled to at most 1: ``values`` times ``scale`` is it."""

    body: Expr
    values: Array
    scale: float

    @classmethod
    def of(cls, body: Expr, values: Array) -> "Atom":
        """Scale the values."""
        scale = float(np.max(np.abs(values))) or 1.0
        return cls(body, values / scale, scale)


FUNCTIONS: tuple[tuple[Callable[[Expr], Expr], Callable[[Array], Array]], ...] = (
    (lambda x: 1 / x, lambda x: 1 / x),
    (emlir.sqrt, np.sqrt),
    (emlir.ln, np.log),
    (emlir.exp, np.exp),
    (lambda x: emlir.exp(-x), lambda x: np.exp(-x)),
    (emlir.cos, np.cos),
    (emlir.sin, np.sin),
    (emlir.tan, np.tan),
)


def polynomials(
    refiner: Refiner | Reduced, view: View, points: NDArray[np.int64]
) -> Iterator[Match]:
    """Yield a polynomial of the degree that serves best; the view is at ``points``."""
    spend = refiner.problem.budget.spend
    atoms = [Atom.of(symbol(n), column[points]) for n, column in refiner.columns.items()]
    best = _by_degree(atoms, view, spend)
    if best is not None:
        yield from _matches(best)


def linear(columns: Mapping[str, Array], view: View, spare: bool = True) -> Form | None:
    """Return the linear model in all variables, or in those that cannot be spared.

    ``view`` holds all rows of ``columns``. None where there are too few rows.
    """
    atoms = [Atom.of(symbol(name), column) for name, column in columns.items()]
    monomials: list[Monomial] = [(), *((place,) for place in range(len(atoms)))]
    if len(monomials) > min(MOST_MONOMIALS, view.target.size // ROWS_FOR_EACH):
        return None
    fit = _Fit.of(atoms, monomials, view)
    return (fit if spare else fit.without_spare_terms()).form()


def polynomials_of_functions(
    refiner: Refiner | Reduced, view: View, points: NDArray[np.int64]
) -> Iterator[Match]:
    """Yield a polynomial of functions of the variables, if they serve much better."""
    if len(refiner.columns) > MOST_VARIABLES:
        return
    spend = refiner.problem.budget.spend
    columns = [(symbol(n), column[points]) for n, column in refiner.columns.items()]
    best = _by_degree([Atom.of(*column) for column in columns], view, spend)
    if best is None or best.left < MATCHED:
        return
    while True:
        spend(len(best.monomials) * len(columns), "polynomials of functions")
        tried = [_Fit.of(atoms, best.monomials, view) for atoms in _variants(best.atoms, columns)]
        better = min(tried, key=lambda fit: fit.left, default=best)
        if better.left > HELPS * best.left:
            break
        best = better
    yield from _matches(_by_degree(best.atoms, view, spend) or best)


def _variants(atoms: list[Atom], columns: list[tuple[Expr, Array]]) -> Iterator[list[Atom]]:
    """Yield the atoms with a function of one variable, or of two, in their places."""
    for build, function in FUNCTIONS:
        made: dict[int, Atom] = {}
        for place, (body, values) in enumerate(columns):
            with np.errstate(all="ignore"):
                values = function(values)
            if np.isfinite(values).all() and np.ptp(values) > 0:
                made[place] = Atom.of(build(body), values)
        for places in (*combinations(made, 1), *combinations(made, 2)):
            yield [made[k] if k in places else atom for k, atom in enumerate(atoms)]


def _by_degree(atoms: list[Atom], view: View, spend: Callable[[int, str], None]) -> "_Fit | None":
    """Return the fit with the best criterion, of all degrees that there are rows for."""
    best: _Fit | None = None
    for degree in DEGREES:
        places = range(len(atoms))
        monomials = [
            some for d in range(degree + 1) for some in combinations_with_replacement(places, d)
        ]
        if len(monomials) > min(MOST_MONOMIALS, len(view.target) // ROWS_FOR_EACH):
            break
        spend(len(monomials), "polynomials")
        fit = _Fit.of(atoms, monomials, view)
        if best is None or fit.criterion < best.criterion:
            best = fit
        if fit.left < MATCHED:
            break
    return best


def _matches(fit: "_Fit") -> Iterator[Match]:
    spare = fit.without_spare_terms()
    if 1 <= len(spare.monomials) <= MOST_TERMS:
        yield _match(spare)


def _match(fit: "_Fit") -> Match:
    size = sum(2 * len(some) for some in fit.monomials)
    return Match(fit.left, len(fit.monomials), size, fit.view.noise, fit.form)


@dataclass(frozen=True, eq=False)
class _Fit:
    """The least squares of some monomials: weighted rows, factors and what is left (relative)."""

    view: View
    atoms: list[Atom]
    monomials: list[Monomial]
    rows: Array
    factors: Array
    errors: Array
    left: float

    @classmethod
    def of(cls, atoms: list[Atom], monomials: list[Monomial], view: View) -> "_Fit":
        """Fit; monomials are in the order of their degrees, so that each extends another."""
        made: dict[Monomial, Array] = {(): view.weight}
        for some in monomials:
            if some:
                made[some] = made[some[:-1]] * atoms[some[-1]].values
        rows = np.stack([made[some] for some in monomials], axis=1)
        return cls.solved(view, atoms, monomials, rows)

    @classmethod
    def solved(
        cls, view: View, atoms: list[Atom], monomials: list[Monomial], rows: Array
    ) -> "_Fit":
        """Solve; standard errors are relative to the size of what is left."""
        target = view.target * view.weight
        q, r = np.linalg.qr(rows)
        inverse = np.linalg.pinv(r)
        factors = inverse @ (q.T @ target)
        factors += inverse @ (q.T @ (target - rows @ factors))
        rest = target - rows @ factors
        left = float(rest @ rest) / max(float(target @ target), 1e-300)
        errors = np.linalg.norm(inverse, axis=1)
        return cls(view, atoms, monomials, rows, factors, errors, left)

    @property
    def criterion(self) -> float:
        """Schwarz's criterion; sums of squares below rounding count alike."""
        count, terms = self.rows.shape
        return float(count * np.log(self.left + MATCHED**2) + terms * np.log(count))

    def take(self, kept: NDArray[np.intp]) -> "_Fit":
        """Fit some of the monomials only."""
        monomials = [self.monomials[k] for k in kept]
        return self.solved(self.view, self.atoms, monomials, self.rows[:, kept])

    def without_spare_terms(self) -> "_Fit":
        """Take out terms, several at once while that is safe, as long as it pays."""
        best, step = self, max(1, len(self.monomials) // 4)
        while len(best.monomials) > 1:
            ratio = np.abs(best.factors) / np.maximum(best.errors, 1e-300)
            order = np.argsort(ratio, kind="stable")
            tried = best.take(np.sort(order[min(step, len(order) - 1) :]))
            if tried.criterion < best.criterion:
                best = tried
            elif step == 1:
                break
            else:
                step //= 2
            step = max(1, min(step, len(best.monomials) // 4))
        return best

    def form(self) -> Form | None:
        """Write the polynomial in the variables as they are."""
        total: Expr = number(0)
        start: list[float] = []
        for some, factor in zip(self.monomials, self.factors.tolist(), strict=True):
            term, scale = parameter(len(start)), 1.0
            for place in some:
                term = term * self.atoms[place].body
                scale *= self.atoms[place].scale
            start.append(factor / scale)
            total = term if len(start) == 1 else total + term
        parameters = tuple(parameter(k) for k in range(len(start)))
        return Form(tidy(self.view.transform.outer(total)), parameters, np.array(start))
