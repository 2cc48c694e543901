"""Ridge regression: the constants of a linear model, drawn towards 0 as far as the data ask for.

Hoerl and Kennard, Technometrics 12 (1970) 55; the penalty by generalised cross-validation,
Golub, Heath and Wahba, Technometrics 21 (1979) 215, eq. (1.4).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from emlir_search.form import Form
from emlir_search.noise import Noise

Array = NDArray[np.float64]

PENALTIES = np.logspace(-8, 2, 41)
"""For columns of unit variance, relative to the number of rows."""
SAME = 1e-12
"""A column varies by less than this part of its size: it is the constant term."""


@np.errstate(all="ignore")
def ridge(form: Form, columns: Mapping[str, Array], noise: Noise) -> Array | None:
    """Return the constants of ``form``, which is linear in them; None where they are undefined.

    The constant term is not penalised; the other columns are scaled to unit variance.
    """
    if noise.name != "additive":
        return None
    rest, rows = noise.residuals(*form.run(columns, np.zeros_like(form.start)))
    level = np.broadcast_to(noise.roots, rest.shape) / noise.scale
    level = level / np.linalg.norm(level)
    varying = rows - np.outer(level, level @ rows)
    sizes = np.linalg.norm(varying, axis=0)
    free = sizes > SAME * np.linalg.norm(rows, axis=0)
    if not np.isfinite(rows).all() or not free.any() or np.count_nonzero(~free) > 1:
        return None
    theta = np.zeros(form.start.size)
    target = -(rest - level * (level @ rest)) if not free.all() else -rest
    theta[free] = _solve((varying if not free.all() else rows)[:, free] / sizes[free], target)
    theta[free] /= sizes[free]
    if not free.all():
        left = -rest - rows @ theta
        theta[~free] = (level @ left) / (level @ rows[:, ~free])
    return theta


def _solve(rows: Array, target: Array) -> Array:
    """Return the factors of columns of unit length, with the penalty that promises most."""
    left, values, right = np.linalg.svd(rows, full_matrices=False)
    parts = left.T @ target
    unseen = float(target @ target - parts @ parts)
    kept = values**2 / (values**2 + PENALTIES[:, None])
    sums = unseen + np.sum(((1 - kept) * parts) ** 2, axis=1)
    freedom = target.size - 1 - np.sum(kept, axis=1)
    criterion = np.where(freedom > 0, sums / freedom**2, np.inf)
    factors = kept[int(np.argmin(criterion))] * parts
    return np.asarray(right.T @ (factors / np.where(values > 0, values, np.inf)))
