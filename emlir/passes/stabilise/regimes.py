"""Regimes: the box cut at values of one variable, with the best candidate for each piece.

All candidates are equal on the box, so any cut is right; where it is only decides how
accurate the result is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.expr.core import Expr, build, number, symbol
from emlir.passes.stabilise.measure import Measure
from emlir.passes.stabilise.search import Scored

PIECES = 3
PLACES = 40
"""So many places for a cut are tried."""
PRICE = 0.7
"""A cut must raise the mean by so many bits."""


@dataclass(frozen=True, slots=True)
class Regimes:
    """Candidates, with the cuts between them, along one variable; ``mean`` is less the price."""

    variable: str
    cuts: tuple[Fraction, ...]
    pieces: tuple[Scored, ...] = field(repr=False)
    mean: float = 0.0


def best_regimes(found: Sequence[Scored], points: Measure, variables: Sequence[str]) -> Regimes:
    """Return the best way to combine candidates; with one piece if none is worth its price."""
    single = max(found, key=lambda member: member.worth)
    best = Regimes("", (), (single,), single.worth)
    for name in variables:
        divided = _along(name, found, points)
        if divided.mean > best.mean:
            best = divided
    return best


def write_regimes(regimes: Regimes) -> Expr:
    """Write the regimes with ``where``."""
    result = regimes.pieces[-1].expr
    for cut, piece in zip(regimes.cuts[::-1], regimes.pieces[-2::-1], strict=True):
        result = build("where", symbol(regimes.variable) < number(cut), piece.expr, result)
    return result


def _along(name: str, found: Sequence[Scored], points: Measure) -> Regimes:
    column = points.columns[name]
    order = np.argsort(column, kind="stable")
    weights = points.weights()[order]
    sums = np.array([np.cumsum((member.bits[order] - member.price) * weights) for member in found])
    totals = np.concatenate([np.zeros((len(found), 1)), sums], axis=1)
    ends = _ends(column[order])
    return _divide(name, found, totals, ends, column[order])


def _ends(values: NDArray[np.float64]) -> list[int]:
    """Return the numbers of points before the cuts that are tried."""
    possible = np.flatnonzero(values[1:] > values[:-1]) + 1
    signs = np.flatnonzero((values[1:] >= 0) & (values[:-1] < 0)) + 1
    step = max(1, len(possible) // PLACES)
    return sorted({0, len(values), *possible[::step].tolist(), *signs.tolist()})


def _divide(
    name: str,
    found: Sequence[Scored],
    totals: NDArray[np.float64],
    ends: list[int],
    values: NDArray[np.float64],
) -> Regimes:
    """Dynamic programming over the number of pieces and the place of the last cut."""
    reach: list[dict[int, tuple[float, list[tuple[int, int]]]]] = [{0: (0.0, [])}]
    for _ in range(PIECES):
        reach.append(_one_more(reach[-1], totals, ends))
    options = [
        _regimes(name, found, way, values, total - PRICE * (len(way) - 1))
        for total, way in (row[ends[-1]] for row in reach[1:] if ends[-1] in row)
    ]
    return max(options, key=lambda regimes: regimes.mean)


def _one_more(
    before: dict[int, tuple[float, list[tuple[int, int]]]],
    totals: NDArray[np.float64],
    ends: list[int],
) -> dict[int, tuple[float, list[tuple[int, int]]]]:
    row: dict[int, tuple[float, list[tuple[int, int]]]] = {}
    for end in ends:
        for start, (total, way) in before.items():
            if start >= end:
                continue
            gains = totals[:, end] - totals[:, start]
            which = int(np.argmax(gains))
            if end not in row or total + gains[which] > row[end][0] + 1e-9:
                row[end] = float(total + gains[which]), [*way, (which, end)]
    return row


def _regimes(
    name: str,
    found: Sequence[Scored],
    way: list[tuple[int, int]],
    values: NDArray[np.float64],
    mean: float,
) -> Regimes:
    cuts = tuple(between(values[end - 1], values[end]) for _, end in way[:-1])
    return Regimes(name, cuts, tuple(found[which] for which, _ in way), mean)


def between(low: Any, high: Any) -> Fraction:
    """Return a short number above ``low`` and not above ``high``."""
    if low < 0 <= high:
        return Fraction(0)
    same = (low > 0) == (high > 0) and low
    middle = np.sign(high) * np.sqrt(abs(low)) * np.sqrt(abs(high)) if same else high
    for digits in range(1, 17):
        short = Fraction(f"{middle:.{digits - 1}e}")
        if Fraction(float(low)) < short <= Fraction(float(high)):
            return short
    return Fraction(float(high))
