"""Fitting the constants of a form, all at once, under a noise model."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from emlir_search.form import Form
from emlir_search.noise import FAR, Noise
from emlir_search.score import data_cost, standard_errors, structure_cost

Array = NDArray[np.float64]

EVALUATIONS = 60


@dataclass(frozen=True, eq=False)
class Fitted:
    """A form with its best constants, their standard errors and the description length.

    ``sharpness`` is how far each constant can move alone before the residuals notice: a
    standard error with the other constants held.
    """

    form: Form
    noise: Noise
    theta: Array
    errors: Array
    sharpness: Array
    score: float


@np.errstate(all="ignore")
def polish(form: Form, columns: Mapping[str, Array], noise: Noise) -> Fitted | None:
    """Fit the constants from the start values of ``form``; None if it cannot be fitted.

    Levenberg-Marquardt (MINPACK) on the residuals of the noise model, with exact derivatives.
    """
    theta = form.start
    if theta.size >= noise.y.size or not np.isfinite(theta).all():
        return None
    if theta.size:
        theta = _minimise(form, columns, noise)
    values, slopes = form.run(columns, theta)
    residuals, jacobian = noise.residuals(values, slopes)
    if not np.isfinite(theta).all() or np.any(np.abs(residuals) == FAR):
        return None
    if not np.isfinite(np.linalg.norm(jacobian)):
        return None
    score = data_cost(residuals, jacobian, theta, noise)
    score += structure_cost(form.expr, len(columns))
    total = float(residuals @ residuals) + residuals.size * noise.floor**2
    variance = total / (residuals.size - theta.size)
    if not np.isfinite(score):
        return None
    norms = np.linalg.norm(jacobian, axis=0)
    sharpness = np.sqrt(variance) / np.where(norms > 0, norms, np.inf)
    return Fitted(form, noise, theta, standard_errors(jacobian, variance), sharpness, score)


def _minimise(form: Form, columns: Mapping[str, Array], noise: Noise) -> Array:
    # one run gives values and derivatives; MINPACK asks for them one after the other
    last: dict[bytes, tuple[Array, Array]] = {}

    def run(theta: Array) -> tuple[Array, Array]:
        key = theta.tobytes()
        if key not in last:
            last.clear()
            last[key] = noise.residuals(*form.run(columns, theta))
        return last[key]

    found = least_squares(
        lambda theta: run(theta)[0],
        form.start,
        lambda theta: run(theta)[1],
        method="lm",
        x_scale="jac",
        ftol=1e-14,
        xtol=1e-14,
        gtol=1e-14,
        max_nfev=EVALUATIONS,
    )
    return np.asarray(found.x)
