"""Finding rows that are new: equal formulas have equal values at the probe points.

Every row gets one number, a fixed linear functional of its shape (the row over its largest
value) and its scale. Equal rows have functionals within a few 1e-11, so a sorted list of
functionals finds the row that might be equal; the rows themselves decide. A row that is
hidden behind a third one with the same functional is kept: a table may hold a class twice
but never loses one.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RELATIVE = 2e-11
"""Two values are equal within this; tight, so that a small ln term is not lost."""
ROUNDING = 1e-14
"""Rounding, relative to the largest value of the row."""
CELL = 1e-10


def functional(values: Array) -> Array:
    """Return one number for each row that is almost the same for equal rows."""
    weights = np.random.default_rng(20).uniform(-1.0, 1.0, values.shape[1] + 1)
    scale = np.max(np.abs(values), axis=1)
    safe = np.where(scale > 0, scale, 1.0)
    shape = (values / safe[:, None]) @ weights[1:]
    return np.asarray(shape + weights[0] * np.log(safe))


def equal_rows(a: Array, b: Array) -> NDArray[np.bool_]:
    """Whether rows are equal, elementwise within the tolerance."""
    rounding = ROUNDING * np.max(np.abs(a), axis=1, keepdims=True)
    return np.asarray((np.abs(a - b) <= RELATIVE * np.abs(a) + rounding).all(axis=1))


class Seen:
    """The rows so far, in the order of their functionals."""

    def __init__(self) -> None:
        self.keys: Array = np.empty(0)
        self.rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def add(self, keys: Array, rows: NDArray[np.int64]) -> None:
        """Enter new rows."""
        merged = np.concatenate([self.keys, keys])
        order = np.argsort(merged, kind="stable")
        self.keys = merged[order]
        self.rows = np.concatenate([self.rows, rows])[order]

    def new_rows(self, values: Array, keys: Array, table: Array) -> NDArray[np.int64]:
        """Return the indices into ``values`` of rows that are neither here nor twice there."""
        fresh = np.arange(len(keys))[~self._known(values, keys, table)]
        if not fresh.size:
            return fresh
        order = fresh[np.argsort(keys[fresh], kind="stable")]
        before, after = order[:-1], order[1:]
        twice = keys[after] - keys[before] <= CELL
        twice[twice] = equal_rows(values[before[twice]], values[after[twice]])
        # of equal neighbours the one that was built first stays
        group = np.concatenate([[0], np.cumsum(~twice)])
        first = np.full(group[-1] + 1, len(keys), dtype=np.int64)
        np.minimum.at(first, group, order)
        return np.sort(first)

    def _known(self, values: Array, keys: Array, table: Array) -> NDArray[np.bool_]:
        known = np.zeros(len(keys), dtype=bool)
        if not self.keys.size:
            return known
        place = np.searchsorted(self.keys, keys - CELL)
        place = np.minimum(place, len(self.keys) - 1)
        near = np.flatnonzero(np.abs(self.keys[place] - keys) <= CELL)
        known[near] = equal_rows(table[self.rows[place[near]]], values[near])
        return known
