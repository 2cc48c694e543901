"""Bounds on matrix measures over boxes, by balls; and weights that make them small."""

import math
from collections.abc import Sequence
from fractions import Fraction
from heapq import heappop, heappush
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Assumptions
from emlir_equilibrium.symbolic.exact_intervals import (
    Enclosures,
    Exact,
    Sides,
    above,
    halves,
    near,
)
from emlir_equilibrium.symbolic.matrices import Matrix

NormName = Literal["inf", "1", "2"]
COARSEST = 1000
"""The largest denominator of weights that are chosen."""
SMALLEST = 1e-6
"""Entries of the matrix that weights are chosen for are at least so large: then they are unique."""
SLACK = 1e-12


def bound_over(
    matrix: Matrix,
    region: Assumptions,
    norm: NormName,
    weights: Sequence[Fraction],
    parts: int,
) -> tuple[float | None, int]:
    """Return an upper bound of the measure over a box, and the number of parts it took.

    The part with the largest bound is cut until none is positive, or there are enough. ``None``
    without a finite bound.
    """
    entries = Enclosures(entry for row in matrix for entry in row)
    start = box_of(matrix, region)

    def measured(sides: Sides) -> float:
        rows = rows_over(entries, sides, len(matrix))
        bound = None if rows is None else _measure(rows, norm, weights)
        return math.inf if bound is None else above(bound)

    waiting: list[tuple[float, int, Sides]] = [(-measured(start), 0, start)]
    count = 1
    while count < parts and -waiting[0][0] >= 0:
        _, _, sides = heappop(waiting)
        name = max(sides, key=lambda one: sides[one].width, default=None)
        if name is None or not sides[name].width:
            heappush(waiting, (-measured(sides), count, sides))
            break
        for half in halves(sides[name]):
            count += 1
            part = {**sides, name: half}
            heappush(waiting, (-measured(part), count, part))
    bound = -waiting[0][0]
    return (bound if math.isfinite(bound) else None), count


def box_of(matrix: Matrix, region: Assumptions) -> dict[str, Exact]:
    """Return the sides of the symbols of a matrix; ``ValueError`` if one has no bounded side."""
    found = {}
    for name in sorted({name for row in matrix for entry in row for name in entry.symbols}):
        side = region.boxes.get(name)
        if side is None or side.lo is None or side.hi is None:
            raise ValueError(f"the box has no bounded interval for {name}")
        found[name] = Exact(side.lo, side.hi)
    return found


def rows_over(entries: Enclosures, sides: Sides, size: int) -> list[list[Exact]] | None:
    """Return the rows of a matrix of enclosures over a box."""
    found = entries.over(sides)
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    return [known[k : k + size] for k in range(0, size * size, size)]


def _measure(
    rows: list[list[Exact]], norm: NormName, weights: Sequence[Fraction]
) -> Fraction | None:
    size = range(len(rows))
    if norm == "2":
        return _largest_eigenvalue(rows, weights)
    if norm == "inf":
        sums = [
            rows[i][i].hi
            + sum(weights[i] / weights[j] * rows[i][j].magnitude for j in size if j != i)
            for i in size
        ]
    else:
        sums = [
            rows[j][j].hi
            + sum(weights[i] / weights[j] * rows[i][j].magnitude for i in size if i != j)
            for j in size
        ]
    return max(sums)


def _largest_eigenvalue(rows: list[list[Exact]], weights: Sequence[Fraction]) -> Fraction | None:
    """Bound the largest eigenvalue of the symmetric part S of D J D^-1.

    S = M + E with M the middle: the largest eigenvalue of M is below c if c I - M is positive
    definite, which elimination in exact arithmetic shows; E adds at most its largest row sum.
    """
    size = range(len(rows))
    half = Fraction(1, 2)
    parts = [
        [
            rows[i][j].scaled(half * weights[i] / weights[j])
            + rows[j][i].scaled(half * weights[j] / weights[i])
            for j in size
        ]
        for i in size
    ]
    middle = [[entry.middle for entry in row] for row in parts]
    errors = max(sum(entry.width / 2 for entry in row) for row in parts)
    floats = np.array([[near(entry) for entry in row] for row in middle])
    if not np.isfinite(floats).all():
        return None  # so large that no shift is found in floats
    top = float(np.linalg.eigvalsh(floats)[-1])
    gap = SLACK * (1 + abs(top))
    while not _is_definite(middle, Fraction(top + gap)):
        gap *= 10
    return Fraction(top + gap) + errors


def _is_definite(middle: list[list[Fraction]], shift: Fraction) -> bool:
    """Whether shift I - M is positive definite, by exact elimination."""
    size = len(middle)
    left = [[(shift if i == j else 0) - middle[i][j] for j in range(size)] for i in range(size)]
    for k in range(size):
        if left[k][k] <= 0:
            return False
        for i in range(k + 1, size):
            factor = left[i][k] / left[k][k]
            for j in range(k, size):
                left[i][j] -= factor * left[k][j]
    return True


def scaled_weights(matrix: Matrix, region: Assumptions, norm: NormName) -> tuple[Fraction, ...]:
    """Return weights for which the measure of a majorant over the box is nearly least.

    The majorant has the largest J_ii and |J_ij|; with its left and right Perron vectors l and r the
    weights are 1/r for the norm inf, l for 1 and the root of l/r for 2 (Horn and Johnson, Matrix
    Analysis, 8.1 and 8.3). Nothing in a proof relies on them.
    """
    size = len(matrix)
    entries = Enclosures(entry for row in matrix for entry in row)
    rows = rows_over(entries, box_of(matrix, region), size)
    if rows is None:
        return (Fraction(1),) * size
    major = np.array(
        [
            [float(rows[i][j].hi if i == j else rows[i][j].magnitude) for j in range(size)]
            for i in range(size)
        ]
    )
    major = np.maximum(major, np.where(np.eye(size) > 0, -np.inf, SMALLEST))
    right, left = _perron(major), _perron(major.T)
    chosen = {"inf": 1 / right, "1": left, "2": np.sqrt(left / right)}[norm]
    chosen = chosen / chosen.min()
    return tuple(Fraction(float(one)).limit_denominator(COARSEST) for one in chosen)


def _perron(major: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eig(major)
    found: NDArray[np.float64] = np.abs(np.real(vectors[:, int(np.argmax(values.real))]))
    return np.maximum(found, SMALLEST)
