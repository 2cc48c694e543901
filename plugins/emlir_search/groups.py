"""Variables that act together only, and factors: steps to problems in fewer variables.

Each step drops a variable: two become their sum, difference, product or quotient, or y is
divided by a power of one. A step that is right loses nothing, so a polynomial in what is left
fits y, or ln|y|, at least as well as one in all variables; with fewer variables it can have a
higher degree, and usually fits much better. The step that gains most is taken, again and again
(the idea of symmetries in Udrescu and Tegmark 2020, with polynomials in place of networks).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy

Array = NDArray[np.float64]

MONOMIALS = 150
DEGREES = range(1, 13)
LEARNT = 2 / 3
"""The part of the rows that polynomials are fitted to; the others judge them."""
STRAY = 0.05
"""The part of those, the worst, that does not count."""
WORSE = 1.05
"""A step may leave so many times what polynomials in all variables leave."""
SMALLEST = 1e-12
"""Quotients by what is so much smaller are left out."""
NEAR = 0.1
"""A power that is so near to a multiple of 1/2 is taken for it."""


def grouped(refiner: Refiner | Reduced) -> list[Reduced]:
    """Return ever smaller problems, the one after the first step first."""
    found: list[Reduced] = []
    current: Refiner | Reduced = refiner
    while len(current.columns) > 1:
        step = _best_step(current)
        if step is None:
            break
        current = step
        found.append(step)
    return found


@dataclass(frozen=True, eq=False)
class _Target:
    """What polynomials are fitted to: values and weights at the rows."""

    values: Array
    weight: Array
    is_log: bool

    def left(self, features: Array) -> tuple[float, Array]:
        """Return what is left in the rows that were not learnt from, and all factors."""
        count = len(self.values)
        order = np.random.default_rng(0).permutation(count)
        learnt, judged = np.split(order, [int(count * LEARNT)])
        rows, aim = features * self.weight[:, None], self.values * self.weight
        solved = np.linalg.lstsq(rows[learnt], aim[learnt], rcond=1e-10)[0]
        factors = solved.astype(np.float64)
        rest = np.sort((aim[judged] - rows[judged] @ factors) ** 2)
        return float(np.mean(rest[: int(len(rest) * (1 - STRAY))])), factors


def _targets(refiner: Refiner | Reduced) -> list[_Target]:
    y, weights = refiner.y, refiner.noises[0].weights()
    found = [_Target(y, weights / np.max(weights), is_log=False)]
    if (y != 0).all():
        has_one_sign = bool((y > 0).all() or (y < 0).all())
        weight = np.ones_like(y) if has_one_sign else np.abs(y) / np.max(np.abs(y))
        found.append(_Target(np.log(np.abs(y)), weight, is_log=True))
    return found


def _best_step(refiner: Refiner | Reduced) -> Reduced | None:
    best: tuple[float, Reduced] | None = None
    columns = refiner.columns
    for target in _targets(refiner):
        whole, _ = target.left(_features(list(columns.values())))
        limit = WORSE * whole if best is None else min(WORSE, best[0]) * whole
        for first, second in combinations(columns, 2):
            rest = [column for name, column in columns.items() if name not in (first, second)]
            for body, values in _pairs(first, second, columns):
                refiner.problem.budget.spend(1, "grouping variables")
                left, _ = target.left(_features([*rest, values]))
                if left < limit:
                    limit = left
                    best = left / whole, _paired(refiner, (first, second), body, values)
        if target.is_log:
            for name in columns:
                left, power = _peeled(target, name, columns)
                if left < limit and power:
                    made = _divided(refiner, name, power)
                    if made is not None:
                        limit, best = left, (left / whole, made)
    return None if best is None else best[1]


def _pairs(first: str, second: str, columns: dict[str, Array]) -> Iterator[tuple[Expr, Array]]:
    a, b, x, y = symbol(first), symbol(second), columns[first], columns[second]
    yield a - b, x - y
    yield a + b, x + y
    yield a * b, x * y
    if (np.abs(y) > SMALLEST * np.abs(x)).all():
        yield a / b, x / y


def _paired(
    refiner: Refiner | Reduced, pair: tuple[str, str], body: Expr, values: Array
) -> Reduced:
    rest = {symbol(n): column for n, column in refiner.columns.items() if n not in pair}
    return Reduced.of(refiner, {**rest, body: values}, number(1), np.ones_like(refiner.y))


def _peeled(target: _Target, name: str, columns: dict[str, Array]) -> tuple[float, float]:
    """Return what is left with a power of one variable beside the others, and the power."""
    if not (columns[name] != 0).all():
        return np.inf, 0.0
    rest = [column for other, column in columns.items() if other != name]
    features = np.column_stack([_features(rest), np.log(np.abs(columns[name]))])
    left, factors = target.left(features)
    power = round(2 * float(factors[-1])) / 2
    if abs(power - float(factors[-1])) > NEAR:
        return np.inf, 0.0
    return left, power


def _divided(refiner: Refiner | Reduced, name: str, power: float) -> Reduced | None:
    column = refiner.columns[name]
    if not power.is_integer() and not (column > 0).all():
        return None
    factor = tidy(symbol(name) ** (number(round(2 * power)) / number(2)))
    rest = {symbol(n): other for n, other in refiner.columns.items() if n != name}
    with np.errstate(all="ignore"):
        divisor = column**power
    return Reduced.of(refiner, rest, factor, divisor) if np.isfinite(divisor).all() else None


def _features(columns: Sequence[Array]) -> Array:
    """Return (rows, monomials) of the columns scaled to [-1, 1]; there are some for each row."""
    scaled = [
        2 * (column - column.min()) / (float(np.ptp(column)) or 1.0) - 1 for column in columns
    ]
    rows = len(columns[0])
    made: dict[tuple[int, ...], Array] = {(): np.ones(rows)}
    for degree in DEGREES:
        level = list(combinations_with_replacement(range(len(columns)), degree))
        if len(made) + len(level) > min(MONOMIALS, rows // 3) and degree > 1:
            break
        for some in level:
            made[some] = made[some[:-1]] * scaled[some[-1]]
    return np.stack(list(made.values()), axis=1)
