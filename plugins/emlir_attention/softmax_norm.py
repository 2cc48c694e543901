"""The norm of softmax's Jacobian: g1(p) = p1 (1 - p1 + p2), p1 and p2 the largest entries.

Yudin et al. 2025 (arXiv:2507.07814), Corollary 1. It is at most 1/2.
"""

import math
from typing import Any

import numpy as np

from emlir_attention.near import UNIT, Matrix


def jacobian_norm(weights: Any) -> float:
    """Bound the norm of the Jacobian at a vector of weights, or at the worst row of a matrix.

    Raises ``ValueError`` if weights are negative or do not sum up to 1.

    >>> from emlir_attention import jacobian_norm
    >>> jacobian_norm([0.5, 0.5, 0.0]), jacobian_norm([1.0, 0.0])
    (0.5, 0.0)
    """
    rows = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if not rows.size or not (rows >= 0).all() or not np.allclose(rows.sum(-1), 1, atol=1e-6):
        raise ValueError("weights are at least 0 and sum up to 1")
    return float(row_norms(rows).max())


def row_norms(rows: Matrix) -> Matrix:
    """Return g1 of each row."""
    if rows.shape[-1] == 1:
        return rows[..., 0] * (1 - rows[..., 0])
    second, first = np.moveaxis(np.partition(rows, -2, axis=-1)[..., -2:], -1, 0)
    found: Matrix = first * (1 - first + second)
    return found


def softmax_rows(scores: Matrix, allowed: Matrix) -> Matrix:
    """Return softmax of each row, over the places that are allowed."""
    hidden = np.where(allowed, scores, -np.inf)
    sizes = np.exp(hidden - hidden.max(axis=-1, keepdims=True))
    found: Matrix = sizes / sizes.sum(axis=-1, keepdims=True)
    return found


def softmax_error(score_error: float, scores: Matrix) -> float:
    """Bound the Frobenius error of :func:`softmax_rows` from that of its scores.

    Softmax halves errors; its own rounding is relative: the subtraction rounds the score, the
    exponential is taken to be right to eight units, and the sum has as many terms as columns.
    """
    rows, columns = scores.shape
    relative = (columns + 16 + 2 * float(np.abs(scores).max())) * UNIT
    return float(score_error / 2 + 2 * relative * math.sqrt(rows))
