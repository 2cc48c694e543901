"""Orthogonal matching pursuit with a beam: sums of a few terms out of many that match a target.

A base (the constant, or what always belongs to the sum) is taken out of everything first. Then
one term after the other is added to the best sets, by what it explains of the rest (Pati,
Rezaiifar and Krishnaprasad 1993), so that sets of three or four among 10⁵ terms are found in
some matrix products.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emlir_search.form import Form
from emlir_search.noise import Noise

Array = NDArray[np.float64]
Sets = list[tuple[int, ...]]
Assess = Callable[[Sets], Array]
"""Says of sets of places how much each leaves of the target's weighted sum of squares."""

BEAM = (24, 12, 6)
"""Sets that are kept with one, two and three terms."""
NEAR = 30.0
"""A set that leaves so many times what the best one leaves is of no use."""
MATCHED = 1e-13
"""A set that leaves so little of the target needs no more terms."""


@dataclass(frozen=True, eq=False)
class Match:
    """A set of terms that comes close: what it leaves, how large it is, and how to write it."""

    left: float
    size: int
    noise: Noise
    form: Callable[[], Form | None]

    @property
    def rank(self) -> tuple[float, int]:
        """The closest first, of those that are as close as rounding allows the smallest."""
        return max(self.left, MATCHED), self.size


@dataclass(frozen=True, eq=False)
class Target:
    """A weighted target at the points, and an orthonormal base of weighted rows."""

    values: Array
    weight: Array
    base: Array

    @classmethod
    def of(cls, values: Array, weight: Array, base: list[Array]) -> "Target":
        """Weigh the base and make it orthonormal."""
        rows = np.stack(base) * weight
        return cls(values, weight, np.linalg.qr(rows.T)[0].T)

    @property
    def rest(self) -> Array:
        """What of the target the base does not explain."""
        return self.without_base(self.values * self.weight)

    def without_base(self, rows: Array) -> Array:
        """Take out, twice for the rounding, what the base explains."""
        for _ in range(2):
            rows = rows - (rows @ self.base.T) @ self.base
        return rows

    @np.errstate(all="ignore")
    def solve(self, rows: list[Array]) -> list[float] | None:
        """Return the factors of the least squares; ``None`` for rows that are not finite."""
        matrix = np.stack(rows)
        size = np.maximum(np.max(np.abs(matrix), axis=1), 1e-300)
        scaled = (matrix / size[:, None] * self.weight).T
        if not np.isfinite(scaled).all():
            return None
        solved = np.linalg.lstsq(scaled, self.values * self.weight, rcond=None)[0] / size
        return [float(value) for value in solved]


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Terms as unit rows without what the base explains; ``index`` says which terms they are."""

    rows: Array
    index: NDArray[np.int64]

    @classmethod
    @np.errstate(all="ignore")
    def of(cls, values: Array, target: Target) -> "Dictionary":
        """Weigh terms (terms, points); those that the base explains are left out."""
        rows = values / np.maximum(np.max(np.abs(values), axis=1, keepdims=True), 1e-300)
        rows = rows * target.weight
        before = np.linalg.norm(rows, axis=1)
        rows = target.without_base(rows)
        norms = np.linalg.norm(rows, axis=1)
        good = np.flatnonzero((norms > 1e-7 * before) & np.isfinite(norms))
        return cls(rows[good] / norms[good, None], good)

    def __len__(self) -> int:
        return len(self.index)


def pursue(
    terms: Dictionary, target: Target, assess: Assess | None = None
) -> Iterator[dict[tuple[int, ...], float]]:
    """Yield the best sets of one term, of two, and so on: places in the dictionary.

    With each comes the part of the target's sum of squares that it leaves, or what ``assess``
    says that it leaves.
    """
    rest = target.rest
    whole = float(np.sum((target.values * target.weight) ** 2))
    sets: Sets = [()]
    for keep in BEAM:
        found = _extended(terms, rest, sets, keep)
        if assess is not None and found:
            found = dict(zip(found, assess(list(found)).tolist(), strict=True))
        ranked = sorted(found, key=lambda members: (found[members], members))[:keep]
        if not ranked:
            return
        sets, nearest = ranked, found[ranked[0]]
        yield {some: found[some] / whole for some in ranked if found[some] <= NEAR * nearest}
        if nearest < MATCHED * whole:
            return


@np.errstate(all="ignore")
def _extended(
    terms: Dictionary, rest: Array, sets: Sets, keep: int
) -> dict[tuple[int, ...], float]:
    """Return good sets of one term more, and what each leaves."""
    found: dict[tuple[int, ...], float] = {}
    for members in sets:
        left, overlap = rest, np.zeros(len(terms))
        if members:
            base = np.linalg.qr(terms.rows[list(members)].T)[0].T
            left = rest - (base @ rest) @ base
            overlap = np.sum((terms.rows @ base.T) ** 2, axis=1)
        match = (terms.rows @ left) ** 2
        gain = np.where(1 - overlap > 1e-7, match / (1 - overlap), 0.0)
        whole = float(left @ left)
        best = np.argpartition(-gain, min(keep, len(gain) - 1))[:keep]
        for k in best[gain[best] > 0].tolist():
            key = tuple(sorted((*members, k)))
            found[key] = max(min(found.get(key, np.inf), whole - float(gain[k])), 0.0)
    return found
