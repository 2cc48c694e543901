"""How good predictions are, and whether they come from the exact law."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

INSIDE = 1e-4
"""The most NRMSE, in the training box, of a formula that counts as exact."""
OUTSIDE = 1e-3
"""The same out of the training box."""


def nrmse(prediction: Array, truth: Array) -> float:
    """Return the root mean square error over the standard deviation of the truth."""
    with np.errstate(all="ignore"):
        error = float(np.sqrt(np.mean((prediction - truth) ** 2)) / np.std(truth))
    return error if np.isfinite(error) else float("inf")


def r_squared(prediction: Array, truth: Array) -> float:
    """Return R², minus infinity where a prediction is not finite."""
    return 1.0 - nrmse(prediction, truth) ** 2


def is_exact(inside: tuple[Array, Array], outside: tuple[Array, Array]) -> bool:
    """Whether pairs of prediction and truth, in and out of the training box, agree."""
    return nrmse(*inside) < INSIDE and nrmse(*outside) < OUTSIDE
