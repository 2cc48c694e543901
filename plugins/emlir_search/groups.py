"""Variables that act together only, factors and terms: steps to problems in fewer variables.

Each step drops a variable: two become their sum, difference, product or quotient, y is divided
by a power of one, or a multiple of one is taken off. A step that is right loses nothing, so a
polynomial in what is left fits y, or ln|y|, at least as well as one in all variables; with
fewer variables it can have a higher degree, and usually fits much better. The step that gains
most is taken, again and again (the idea of symmetries in Udrescu and Tegmark 2020, with
polynomials in place of networks).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.reduced import ONE, ZERO, Reduced
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy
from emlir_search.trend import Target, features

Array = NDArray[np.float64]

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


def _targets(refiner: Refiner | Reduced) -> list[Target]:
    y, weights = refiner.y, refiner.noises[0].weights()
    found = [Target(y, weights / np.max(weights), is_log=False)]
    if (y != 0).all():
        has_one_sign = bool((y > 0).all() or (y < 0).all())
        weight = np.ones_like(y) if has_one_sign else np.abs(y) / np.max(np.abs(y))
        found.append(Target(np.log(np.abs(y)), weight, is_log=True))
    return found


def _best_step(refiner: Refiner | Reduced) -> Reduced | None:
    """Return the problem after the step that gains most; ``None`` if all lose."""
    best: tuple[float, _Step] | None = None
    for target in _targets(refiner):
        whole, _ = target.left(features(list(refiner.columns.values())))
        for step in _steps(target, refiner.columns):
            refiner.problem.budget.spend(1, "grouping variables")
            left = step.left / max(whole, 1e-300)
            if left < WORSE and (best is None or left < best[0]):
                best = left, step
    return None if best is None else best[1].reduced(refiner)


@dataclass(frozen=True, eq=False)
class _Step:
    """A way to drop variables: what it leaves, the others, and what y is of a function of them."""

    left: float
    columns: dict[Expr, Array]
    factor: Expr = ONE
    offset: Expr = ZERO

    def reduced(self, refiner: Refiner | Reduced) -> Reduced | None:
        """Return the problem after the step."""
        return Reduced.of(refiner, self.columns, tidy(self.factor), tidy(self.offset))


def _steps(target: Target, columns: dict[str, Array]) -> Iterator[_Step]:
    for pair in combinations(columns, 2):
        rest = {symbol(name): column for name, column in columns.items() if name not in pair}
        for body, values in _pairs(*pair, columns):
            kept = {**rest, body: values}
            yield _Step(target.left(features(list(kept.values())))[0], kept)
    for name in columns:
        step = (_without_factor if target.is_log else _without_term)(target, name, columns)
        if step is not None:
            yield step


def _pairs(first: str, second: str, columns: dict[str, Array]) -> Iterator[tuple[Expr, Array]]:
    a, b, x, y = symbol(first), symbol(second), columns[first], columns[second]
    yield a - b, x - y
    yield a + b, x + y
    yield a * b, x * y
    if (np.abs(y) > SMALLEST * np.abs(x)).all():
        yield a / b, x / y


def _without_factor(target: Target, name: str, columns: dict[str, Array]) -> _Step | None:
    """Take out a power of a variable."""
    column = columns[name]
    if not (column != 0).all():
        return None
    left, power, rest = _beside_others(target, name, np.log(np.abs(column)), columns)
    if not power or not (power.is_integer() or (column > 0).all()):
        return None
    factor = symbol(name) ** (number(round(2 * power)) / number(2))
    return _Step(left, rest, factor=factor)


def _without_term(target: Target, name: str, columns: dict[str, Array]) -> _Step | None:
    """Take out a multiple of a variable."""
    left, multiple, rest = _beside_others(target, name, columns[name], columns)
    if not multiple:
        return None
    return _Step(left, rest, offset=number(round(2 * multiple)) / number(2) * symbol(name))


def _beside_others(
    target: Target, name: str, row: Array, columns: dict[str, Array]
) -> tuple[float, float, dict[Expr, Array]]:
    """Return what is left with a row beside the other variables, its simple factor, and those.

    The factor is 0 if it is no multiple of 1/2.
    """
    rest = {symbol(other): column for other, column in columns.items() if other != name}
    left, factors = target.left(np.column_stack([features(list(rest.values())), row]))
    factor = round(2 * float(factors[-1])) / 2
    return left, factor if abs(factor - float(factors[-1])) < NEAR else 0.0, rest
