"""Where equal rows are looked for: one number for each row, almost the same for equal rows.

It is a weighted sum of the numbers of the row, each on a scale that is logarithmic for large
and linear for small ones (the bits of a double are such a scale), in units of a cell.
"""

import numpy as np
from numpy.typing import NDArray

from emlir_enumerate.eml.numbers import Numbers

CELL, EDGE = 2e-8, 0.04
SAME, FLOOR = 2e-11, 0.1
APART = 1e5
"""Rows that are known by their logarithm are kept apart from the others."""


def weights(width: int) -> NDArray[np.float64]:
    """Return the weight of each number of a row."""
    return np.random.default_rng(20).uniform(-1.0, 1.0, width)


def places(known_by: Numbers, only: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the place of each row, in cells; ``only`` tells rows known by their logarithm."""
    parts = as_parts(known_by)
    bits = (np.abs(parts) + FLOOR).view(np.int64) - np.array(FLOOR).view(np.int64)
    steps = np.copysign(bits * 2.0**-52, parts)
    total = np.where(only, APART, 0.0)
    for k, weight in enumerate(weights(parts.shape[1]).tolist()):
        total = total + weight * steps[:, k]  # in this order, as in C
    return np.asarray(total / CELL)


def same(known: Numbers, made: Numbers) -> NDArray[np.bool_]:
    """Whether made rows equal known ones."""
    a, b = as_parts(known), as_parts(made)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= SAME * (np.abs(a) + FLOOR)
    return np.asarray(((a == b) | near).all(axis=1))


def as_parts(rows: Numbers) -> NDArray[np.float64]:
    """See rows of complex numbers as rows of twice as many doubles."""
    return np.ascontiguousarray(rows).view(np.float64)
