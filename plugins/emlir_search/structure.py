"""Whether what a formula leaves still depends on the variables, as far as the rows can tell.

Three tests look at the residuals. Polynomials that are fitted to a part of the rows must explain
nothing of the others. Ranks must not follow a polynomial of degree 1 or 2 (the F-test of
regression, on ranks: outliers do not matter). And neighbours must not be alike: in the order of
each variable and of the prediction, over all rows and over short stretches, successive ranks
differ as those of white noise do (von Neumann, Ann. Math. Statist. 12 (1941) 367; with ranks:
Bartels, J. Amer. Statist. Assoc. 77 (1982) 40).
"""

from collections.abc import Iterator, Sequence
from math import comb, erfc, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincc

from emlir_search.polish import Fitted
from emlir_search.refine import Refiner
from emlir_search.trend import DEGREES, Target, features, split

Array = NDArray[np.float64]

FEWEST_ROWS = 30
"""Of fewer rows none can be spared to judge polynomials."""
FOR_EACH = 2
"""A test has power with so many rows to learn from for each monomial of degree 2."""
SIGNIFICANT, EXPLAINED = 3.0, 0.02
"""Residuals are more than noise if polynomials explain so many standard errors, and such a part."""
UNLIKELY, DOUBTFUL = 0.01, 0.05
"""Chances that white noise is as smooth: below one there is structure, below the other perhaps."""
STRETCHES = (1, 2, 4)
"""Neighbours are compared in all rows, and in stretches of a half and a quarter of them."""
SHORTEST = 10


@np.errstate(all="ignore")
def leaves_structure(fitted: Fitted, refiner: Refiner) -> bool | None:
    """Whether the residuals of a formula still depend on the variables.

    ``False`` only after tests that had the power to see it: with rows enough for a polynomial
    of degree 2 in all variables, and no doubt about neighbours. Otherwise what was not seen
    may be there: ``None``.
    """
    values, slopes = fitted.form.run(refiner.columns, fitted.theta)
    residuals, _ = fitted.noise.residuals(values, slopes)
    columns = list(refiner.columns.values())
    chance = _smoothness(residuals, [*columns, values])
    if chance < UNLIKELY:
        return True
    if residuals.size < FEWEST_ROWS:
        return None
    related = _related(columns, residuals)
    if _has_trend(related, residuals):
        return True
    if len(related) < len(columns):
        return None
    chance = min(chance, _independence(columns, residuals))
    return None if UNLIKELY < chance < DOUBTFUL else chance < UNLIKELY


def _has_trend(columns: Sequence[Array], residuals: Array) -> bool:
    """Whether a polynomial explains a part of the residuals in rows that it has not seen."""
    if not columns:
        return False
    target = Target(residuals, np.ones_like(residuals), is_log=False)
    nothing, _ = target.losses(np.ones((residuals.size, 1)))
    monomials = features(columns)
    for degree in DEGREES:
        count = comb(len(columns) + degree, degree)
        if count > monomials.shape[1]:
            break
        gains = nothing - target.losses(monomials[:, :count])[0]
        error = float(np.std(gains)) / np.sqrt(gains.size)
        if float(np.mean(gains)) > max(SIGNIFICANT * error, EXPLAINED * float(np.mean(nothing))):
            return True
    return False


def _related(columns: Sequence[Array], residuals: Array) -> list[Array]:
    """Return the columns, or of too many those to which the residuals are related most.

    The rows that judge polynomials take no part in the choice.
    """
    learnt, _ = split(residuals.size)
    most = 0
    while most < len(columns) and FOR_EACH * comb(most + 3, 2) <= learnt.size:
        most += 1
    if most == len(columns):
        return list(columns)
    strength = [_strength(column[learnt], residuals[learnt]) for column in columns]
    order = np.argsort(-np.array(strength), kind="stable")
    return [columns[k] for k in order[:most]]


def _strength(column: Array, residuals: Array) -> float:
    """Return the largest correlation of the residuals, or their squares, with a column."""
    even = (column - np.mean(column)) ** 2
    pairs = ((one, other) for one in (column, even) for other in (residuals, residuals**2))
    found = [abs(_correlation(one, other)) for one, other in pairs]
    return float(np.nan_to_num(max(found)))


def _correlation(one: Array, other: Array) -> float:
    one, other = one - np.mean(one), other - np.mean(other)
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size else 0.0


def _independence(columns: Sequence[Array], residuals: Array) -> float:
    """Return the chance that noise follows a polynomial of degree 1 or 2 so well."""
    monomials, ranks = features(columns), _ranks(residuals)
    whole = float(np.sum((ranks - np.mean(ranks)) ** 2))
    found = []
    for degree in (1, 2):
        rows = monomials[:, : comb(len(columns) + degree, degree)]
        left = ranks - rows @ np.linalg.lstsq(rows, ranks, rcond=1e-10)[0]
        ratio = max(1 - float(left @ left) / whole, 0.0)
        terms, free = rows.shape[1] - 1, residuals.size - rows.shape[1]
        # R squared of noise has the beta distribution
        found.append(float(betaincc(terms / 2, free / 2, ratio)))
    return min(found) * len(found)


def _smoothness(residuals: Array, keys: Sequence[Array]) -> float:
    """Return the chance that white noise is as smooth, in the order of any of the keys."""
    found = [
        _chance(residuals[stretch])
        for key in keys
        for stretch in _stretches(np.argsort(key, kind="stable"))
    ]
    return min(found) * len(found) if found else 1.0


def _stretches(order: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield all rows, and overlapping stretches of neighbours."""
    for part in STRETCHES:
        length = order.size // part
        if length < SHORTEST:
            return
        for start in range(0, order.size - length + 1, max(1, length // 2)):
            yield order[start : start + length]


def _chance(residuals: Array) -> float:
    """Return how likely successive ranks of white noise differ so little (Bartels' test)."""
    n = residuals.size
    ranks = _ranks(residuals)
    ratio = float(np.sum(np.diff(ranks) ** 2) / np.sum((ranks - np.mean(ranks)) ** 2))
    variance = 4 * (n - 2) * (5 * n**2 - 2 * n - 9) / (5 * n * (n + 1) * (n - 1) ** 2)
    return 0.5 * erfc((2 - ratio) / sqrt(2 * variance))


def _ranks(values: Array) -> Array:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64) + 1.0
