"""All products and all eml nodes of two classes, ranked against a target in closed form.

The best a + b*f for f = g*h or f = exp(g) - ln(h) needs three weighted sums over the points: of f,
of f^2 and of f*y. For all pairs of classes each of them is one or two matrix products, so that
trees of twice the size of the table are ranked without being made.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

BLOCK = 256
"""Classes that are paired with all others at a time."""
LARGEST = 1e8
"""Beyond, a value of exp hides what it is added to."""
ROUNDING = 1e-13
"""What rounding leaves of the sums, as a part of the whole."""
FLAT = 1e-10
NODE = 1.6
"""What a node costs, in nats, on average."""


@dataclass(frozen=True, slots=True)
class Pair:
    """``name`` (``mul`` or ``eml``) of two rows, and its approximate description length."""

    name: str
    left: int
    right: int
    score: float


@dataclass(frozen=True, eq=False)
class Sums:
    """Target and weights of the points, ready for sums: the target has the mean 0."""

    weight: Array
    target: Array

    @classmethod
    def of(cls, target: Array, weight: Array) -> "Sums":
        """``weight`` multiplies errors, so that its square counts in a sum."""
        square = weight**2 / np.sum(weight**2)
        moved = target - np.sum(square * target)
        return cls(square, moved)

    def left(self, mean: Array, square: Array, match: Array) -> Array:
        """The part of the target's variance that a + b*f leaves, from means of f, f^2, f*y."""
        spread = square - mean**2
        whole = float(np.sum(self.weight * self.target**2))
        usable = (spread > FLAT * square) & np.isfinite(square)
        left = 1 - match**2 / np.where(usable, spread, 1.0) / whole
        return np.where(usable, np.maximum(left, ROUNDING), 1.0)


@np.errstate(all="ignore")
def best_pairs(values: Array, size: Rows, target: Array, weight: Array, keep: int) -> list[Pair]:
    """Return the best pairs of rows of ``values`` (classes, points), the best first."""
    sums = Sums.of(target, weight)
    found: list[Pair] = []
    for name, pieces in (("mul", _products(values, sums)), ("eml", _emls(values, sums))):
        for rows, columns, left in pieces:
            cost = NODE * (size[rows][:, None] + size[columns])
            scores = 0.5 * target.size * np.log(left) + cost
            found += _best(name, scores, rows, columns, keep)
        found = _distinct(found, keep)
    return found


Block = tuple[Rows, Rows, Array]
"""Left rows, right rows, and what each pair leaves."""


def _products(values: Array, sums: Sums) -> Iterator[Block]:
    size = np.max(np.abs(values), axis=1, keepdims=True)
    rows = values / np.where(size > 0, size, 1.0)
    every = np.arange(len(rows))
    for start in range(0, len(rows), BLOCK):
        some = rows[start : start + BLOCK]
        below = every[: start + len(some)]
        mean = (some * sums.weight) @ rows[below].T
        square = (some**2 * sums.weight) @ rows[below].T ** 2
        match = (some * (sums.weight * sums.target)) @ rows[below].T
        left = sums.left(mean, square, match)
        left[every[start : start + BLOCK, None] < below] = np.inf  # each product once
        yield every[start : start + BLOCK], below, left


def _emls(values: Array, sums: Sums) -> Iterator[Block]:
    exps, logs = np.exp(values), np.log(values)
    first = np.flatnonzero(np.max(exps, axis=1) < LARGEST)
    second = np.flatnonzero(np.isfinite(logs).all(axis=1))
    lns = logs[second]
    moments = [lns @ sums.weight, lns**2 @ sums.weight, lns @ (sums.weight * sums.target)]
    for start in range(0, len(first), BLOCK):
        rows = first[start : start + BLOCK]
        own = exps[rows]
        mean = (own @ sums.weight)[:, None] - moments[0]
        square = (own**2 @ sums.weight)[:, None] + moments[1] - 2 * (own * sums.weight) @ lns.T
        match = (own @ (sums.weight * sums.target))[:, None] - moments[2]
        yield rows, second, sums.left(mean, square, match)


def _best(name: str, scores: Array, rows: Rows, columns: Rows, keep: int) -> list[Pair]:
    flat = scores.ravel()
    count = min(keep, flat.size)
    best = np.argpartition(flat, count - 1)[:count] if count else np.empty(0, dtype=np.int64)
    best = best[np.isfinite(flat[best])]
    places = zip(*np.unravel_index(best, scores.shape), strict=True)
    return [Pair(name, int(rows[i]), int(columns[j]), float(scores[i, j])) for i, j in places]


def _distinct(pairs: list[Pair], keep: int) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (pair.score, pair.name, pair.left, pair.right))[:keep]
