"""Fitting the constants of a form, all at once, under a noise model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from emlir import Expr
from emlir_search.form import Form
from emlir_search.noise import FAR, Noise
from emlir_search.score import data_cost, standard_errors, structure_cost

Array = NDArray[np.float64]
Run = Callable[[Array], tuple[Array, Array]]

COARSE, FINE = 3e-3, 1e-13
"""Relative decrease of the sum of squares at which fitting stops."""
STEPS = 100
WELL_POSED = 1e-7
"""Smallest ratio of singular values at which constants can be told apart."""
MARGIN = 30.0
"""Nats: a form that is further behind the leader is not fitted to the last digit."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """A form before constants of it were snapped, at its best, and what they became."""

    form: Form
    exact: Mapping[Expr, Expr]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A form with its best constants, their standard errors and the description length.

    ``sharpness`` is how far each constant can move alone before the residuals notice: a
    standard error with the other constants held. ``rms`` is in units of the noise model.
    ``is_loose`` says that some constants can be changed together without any effect, and
    ``snapped`` where constants came from that are exact now.
    """

    form: Form
    noise: Noise
    theta: Array
    errors: Array
    sharpness: Array
    rms: float
    score: float
    is_loose: bool = False
    snapped: Snapped | None = None


@np.errstate(all="ignore")
def polish(
    form: Form, columns: Mapping[str, Array], noise: Noise, leader: float = np.inf
) -> Fitted | None:
    """Fit the constants from the start values of ``form``; None if it cannot be fitted.

    A form that stays far behind the score ``leader`` is fitted only roughly.
    """
    theta = form.start
    if theta.size > most_constants(int(noise.rows)) or not np.isfinite(theta).all():
        return None

    def run(at: Array) -> tuple[Array, Array]:
        return noise.residuals(*form.run(columns, at))

    fitted = _assess(form, noise, len(columns), _minimise(run, theta, COARSE))
    if fitted is None or not theta.size or fitted.score > leader + MARGIN:
        return fitted
    return _assess(form, noise, len(columns), _minimise(run, fitted.theta, FINE))


@np.errstate(all="ignore")
def assess(form: Form, columns: Mapping[str, Array], noise: Noise) -> Fitted | None:
    """Score a form at the constants that it starts from; None where it is undefined."""
    residuals = noise.residuals(*form.run(columns, form.start))
    return _assess(form, noise, len(columns), (form.start, *residuals))


def most_constants(rows: int) -> int:
    """Return how many constants may be fitted: two to 3 rows, three to 5, then one for each 4."""
    return max(min(2, rows - 1), min(rows - 2, max(3, rows // 4)))


def _minimise(run: Run, theta: Array, tolerance: float) -> tuple[Array, Array, Array]:
    """Levenberg and Marquardt's method, by scipy; constants, residuals and derivatives.

    Stops when the sum of squares decreases by less than ``tolerance`` of itself.
    """
    residuals, jacobian = run(theta)
    if not theta.size or not np.isfinite(jacobian).all() or not jacobian.any():
        return theta, residuals, jacobian
    memory = _Memory(run)
    found = least_squares(
        memory.residuals,
        theta,
        memory.jacobian,
        method="lm",
        x_scale="jac",
        ftol=tolerance,
        xtol=FINE,
        gtol=FINE,
        max_nfev=STEPS,
    )
    return found.x, *run(found.x)


@dataclass(slots=True)
class _Memory:
    """Gives residuals and derivatives apart, though they are computed together."""

    run: Run
    at: bytes = b""
    last: tuple[Array, Array] | None = None

    def _look(self, theta: Array) -> tuple[Array, Array]:
        key = theta.tobytes()
        if self.last is None or key != self.at:
            self.at, self.last = key, self.run(theta)
        return self.last

    def residuals(self, theta: Array) -> Array:
        return self._look(theta)[0]

    def jacobian(self, theta: Array) -> Array:
        return np.nan_to_num(self._look(theta)[1], posinf=0.0, neginf=0.0)


def _assess(
    form: Form, noise: Noise, variables: int, found: tuple[Array, Array, Array]
) -> Fitted | None:
    """Score a fit; None where it is undefined or of the wrong sign in some row."""
    theta, residuals, jacobian = found
    norms = np.linalg.norm(jacobian, axis=0)
    finite = np.isfinite(theta).all() and np.isfinite(norms).all()
    if not finite or np.any(np.abs(residuals) >= FAR):
        return None
    score = data_cost(residuals, jacobian, theta, noise) + structure_cost(form.expr, variables)
    total = float(residuals @ residuals)
    variance = (total + noise.rows * noise.floor**2) / (noise.rows - theta.size)
    sharpness = np.sqrt(variance) / np.where(norms > 0, norms, np.inf)
    errors = standard_errors(jacobian, variance)
    rms = float(np.sqrt(total / noise.rows))
    return Fitted(form, noise, theta, errors, sharpness, rms, score, is_loose(jacobian))


def is_loose(jacobian: Array) -> bool:
    """Whether the data cannot tell the constants apart, as in a/(b + c*x)."""
    norms = np.linalg.norm(jacobian, axis=0)
    if norms.size < 2 or not norms.all():
        return False
    values = np.linalg.svd(jacobian / norms, compute_uv=False)
    return bool(values[-1] <= WELL_POSED * values[0])
