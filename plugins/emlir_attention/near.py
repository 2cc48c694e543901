"""Matrices with a bound on their error, and upper bounds on norms that rounding cannot break.

The error of a product of floats is at most n u / (1 - n u) |A| |B|, in any order of summation
(Higham, Accuracy and Stability of Numerical Algorithms, 3.5); its Frobenius norm is bounded by
those of A and B. The norm of a matrix is taken from its singular value decomposition in floats
and from how far that is off (Rump, Verified bounds for singular values, BIT 51, 2011).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
UNIT: float = 2.0**-53
SLACK: float = 1 + 2.0**-40
"""For the few roundings when non-negative numbers are added and multiplied."""
TINY = 1e-290
"""For what underflows."""


@dataclass(frozen=True, slots=True)
class Near:
    """A matrix of floats; the true one is within ``error`` of it, in the Frobenius norm."""

    floats: Matrix
    error: float = 0.0

    @classmethod
    def of(cls, values: Any) -> "Near":
        """Take floats, NumPy's or torch's, for exact; other numbers are rounded to floats.

        Raises ``ValueError`` if they are not finite, or not real.
        """
        given = np.atleast_2d(np.asarray(values))
        if given.dtype.kind == "c" or given.ndim != 2 or not given.size:
            raise ValueError("a matrix of real numbers is needed")
        floats = given.astype(np.float64)
        if not np.isfinite(floats).all():
            raise ValueError("a matrix of finite numbers is needed")
        is_exact = given.dtype.kind == "f" and given.dtype.itemsize <= floats.itemsize
        return cls(floats, 0.0 if is_exact else UNIT * _frobenius(floats) * SLACK + TINY)

    @property
    def T(self) -> "Near":  # noqa: N802
        return Near(self.floats.T, self.error)

    def __matmul__(self, other: "Near") -> "Near":
        left, right = self.frobenius, other.frobenius
        rounding = _gamma(self.floats.shape[1]) * left * right + TINY
        error = left * other.error + self.error * right + rounding
        return Near(self.floats @ other.floats, error * SLACK)

    def __add__(self, other: "Near") -> "Near":
        return self._near(self.floats + other.floats, self.error + other.error)

    def __sub__(self, other: "Near") -> "Near":
        return self._near(self.floats - other.floats, self.error + other.error)

    def times(self, factor: float) -> "Near":
        """Multiply by a float. Raises ``ValueError`` if it is not finite."""
        if not math.isfinite(factor):
            raise ValueError(f"a scale is a finite number, not {factor!r}")
        return self._near(self.floats * factor, self.error * abs(factor))

    def turned(self, cosines: Matrix, sines: Matrix) -> "Near":
        """Rotate the rows, halves as pairs; one row of cosines and sines serves all rows.

        Rotations are what they are given as, also where the squares do not sum up to 1.
        """
        left, right = np.split(self.floats, 2, axis=1)
        floats = np.hstack((left * cosines - right * sines, right * cosines + left * sines))
        stretch = float(np.sqrt(cosines**2 + sines**2).max()) * SLACK
        error = stretch * (self.error + 4 * UNIT * _frobenius(self.floats))
        return Near(floats, error * SLACK + TINY)

    @staticmethod
    def _near(floats: Matrix, error: float) -> "Near":
        return Near(floats, (error + 2 * UNIT * _frobenius(floats) + TINY) * SLACK)

    @property
    def frobenius(self) -> float:
        """A bound on the Frobenius norm of the floats, and of the true matrix."""
        return (_frobenius(self.floats) + self.error) * SLACK

    @property
    def norm(self) -> float:
        """A bound on the spectral norm."""
        return float((_spectral(self.floats) + self.error) * SLACK)

    @property
    def longest_row(self) -> float:
        """A bound on the lengths of the rows."""
        lengths = np.sqrt((self.floats**2).sum(axis=1)) * (1 + _gamma(self.floats.shape[1]))
        return float((lengths.max() + self.error + TINY) * SLACK)


def _gamma(length: int) -> float:
    return (length + 8) * UNIT / (1 - (length + 8) * UNIT)


def _frobenius(floats: Matrix) -> float:
    most = float(np.abs(floats).max(initial=0.0))
    if not most:
        return 0.0
    return float(most * np.sqrt(((floats / most) ** 2).sum()) * (1 + _gamma(floats.size)))


def _spectral(floats: Matrix) -> float:
    """Bound the largest singular value by a decomposition and by its defects.

    Raises ``OverflowError`` if numbers are not finite.
    """
    if not np.isfinite(floats).all():
        raise OverflowError(
            "numbers leave the range of floats: too large, or a bias that is no number"
        )
    left, sizes, right = np.linalg.svd(floats, full_matrices=False)
    scaled = left * sizes
    gamma = _gamma(len(sizes))
    rounding = gamma * _frobenius(scaled) * _frobenius(right) + 2 * UNIT * _frobenius(scaled)
    off = _frobenius(floats - scaled @ right) * (1 + 4 * UNIT) + rounding + TINY
    stretch = np.sqrt((1 + _defect(left)) * (1 + _defect(right.T)))
    return float((sizes.max() * stretch + off) * SLACK)


def _defect(columns: Matrix) -> float:
    """Bound how far columns are from orthonormal."""
    gap = columns.T @ columns - np.eye(columns.shape[1])
    return _frobenius(gap) * SLACK + _gamma(len(columns)) * _frobenius(columns) ** 2 + TINY
