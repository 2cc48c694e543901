"""Polynomials that are fitted to a part of the rows, and judged on the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MONOMIALS = 150
DEGREES = range(1, 13)
LEARNT = 2 / 3
"""The part of the rows that polynomials are fitted to; the others judge them."""
STRAY = 0.05
"""The part of those, the worst, that does not count."""


def split(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that are learnt from, and those that judge; always the same ones."""
    order = np.random.default_rng(0).permutation(count)
    return order[: int(count * LEARNT)], order[int(count * LEARNT) :]


@dataclass(frozen=True, eq=False)
class Target:
    """What polynomials are fitted to: values and weights at the rows."""

    values: Array
    weight: Array
    is_log: bool

    def losses(self, features: Array) -> tuple[Array, Array]:
        """Return what is left of each row that was not learnt from, squared, and all factors."""
        learnt, judged = split(len(self.values))
        rows, aim = features * self.weight[:, None], self.values * self.weight
        solved = np.linalg.lstsq(rows[learnt], aim[learnt], rcond=1e-10)[0]
        factors = solved.astype(np.float64)
        return (aim[judged] - rows[judged] @ factors) ** 2, factors

    def left(self, features: Array) -> tuple[float, Array]:
        """Return what is left on the average, without the worst rows, and all factors."""
        losses, factors = self.losses(features)
        return float(np.mean(np.sort(losses)[: int(len(losses) * (1 - STRAY))])), factors


def features(columns: Sequence[Array]) -> Array:
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
