"""Noise models: what the distance between a formula and the data means.

Additive noise has one standard deviation for all rows; multiplicative noise one standard
deviation of ln y. Residuals are scaled so that nothing overflows. They count for nothing
below what the digits of the data resolve: a closer match is no better.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import NoiseName, effective_rows

Array = NDArray[np.float64]

RELATIVE_FLOOR = 1e-12
"""Rounding in the evaluation of a formula and of its fitted constants, with a margin."""
SINGLE = 2.0**-24
"""The rounding of single precision, relative to the value."""
COUNTS = 2.0**53
"""Integers below this are exact; larger ones are rounded as other numbers are."""
FAR = 30.0
"""Stands for the residual where a formula is undefined or has the wrong sign."""


@dataclass(frozen=True, eq=False)
class Noise:
    """A noise model on given data.

    ``scale`` divides additive residuals, ``floor`` is the resolution in scaled units, and
    ``units`` is what the description length of y in its own units adds. The data count as so
    many ``rows``. ``roots`` are the square roots of the weights of the rows, by which residuals
    are multiplied; the weights add up to ``rows``.
    """

    name: NoiseName
    y: Array
    scale: float
    floor: float
    units: float
    rows: float
    roots: Array | float = 1.0

    @property
    def signal(self) -> float:
        """The length of what is to be explained, in the units of the residuals."""
        if self.name == "additive":
            return float(np.linalg.norm(self.y / self.scale * self.roots))
        return float(np.sqrt(self.rows))

    @property
    def spread(self) -> float:
        """The standard deviation of what is to be explained, in the units of the residuals."""
        seen = self.y / self.scale if self.name == "additive" else np.log(np.abs(self.y))
        return float(np.std(seen))

    def residuals(self, values: Array, slopes: Array) -> tuple[Array, Array]:
        """Return the scaled residuals (n,) and their derivatives (n, parameters)."""
        if self.name == "additive":
            raw, jacobian = values / self.scale - self.y / self.scale, slopes / self.scale
        else:
            raw, jacobian = np.log(values / self.y), slopes / values[:, None]
        raw, jacobian = raw * self.roots, jacobian * np.reshape(self.roots, (-1, 1))
        bad = ~np.isfinite(raw)
        if bad.any():
            raw[bad] = FAR
            jacobian[bad] = 0.0
        jacobian[~np.isfinite(jacobian)] = 0.0
        return raw, jacobian

    def weights(self) -> Array:
        """Return what turns small errors of y into scaled residuals."""
        if self.name == "additive":
            return np.full(self.y.shape, 1.0 / self.scale) * self.roots
        return np.asarray(self.roots / np.abs(self.y))

    def part(self, rows: NDArray[np.int64]) -> "Noise":
        """Return the noise model for a part of the rows."""
        if isinstance(self.roots, float):
            return replace(self, y=self.y[rows], rows=float(rows.size))
        roots = self.roots[rows]
        return replace(self, y=self.y[rows], rows=effective_rows(roots**2), roots=roots)


def make_noise(
    name: NoiseName, y: Array, weights: Array | None = None, rounding: float = 0.0
) -> Noise:
    """Return the noise model ``name`` for the measured values ``y``, with weights of rows.

    ``rounding`` is a step to which y was rounded, if that is more than its digits say.
    """
    largest = float(np.max(np.abs(y)))
    steps = np.maximum(_steps(y), rounding)
    rows, roots = _rows(y, weights)
    if name == "additive":
        scale = largest
        floor = float(np.min(steps)) / largest
        units = rows * float(np.log(scale))
    else:
        scale = 1.0
        floor = float(np.min(steps / np.abs(y)))
        units = float(np.sum(np.square(roots) * np.log(np.abs(y))))
    finest = SINGLE if _is_single(y, steps) else RELATIVE_FLOOR
    # a value rounded to steps of one size is off by step / sqrt(12), root mean square
    return Noise(name, y, scale, max(floor / np.sqrt(12.0), finest), units, rows, roots)


def _rows(y: Array, weights: Array | None) -> tuple[float, Array | float]:
    """Return as how many rows the data count, and the square roots of weights of that sum."""
    if weights is None:
        return float(y.size), 1.0
    rows = effective_rows(weights)
    return rows, np.sqrt(weights * (rows / weights.sum()))


def _is_single(y: Array, steps: Array) -> bool:
    """Whether all values are numbers of single precision, and no short decimals."""
    with np.errstate(over="ignore"):
        same = y.astype(np.float32) == y
    has_many_digits = (steps > 0) & (steps < SINGLE * np.abs(y))
    return bool(same.all() and np.mean(has_many_digits) > 0.5)


def _steps(y: Array) -> Array:
    """Return for each value the size of its last decimal digit; 0 where it may be a count."""
    return np.array([_last_digit(float(value)) for value in y])


def _last_digit(value: float) -> float:
    exponent = int(Decimal(repr(value)).normalize().as_tuple().exponent)
    is_count = exponent >= 0 and abs(value) < COUNTS
    return 0.0 if is_count else float(f"1e{exponent}")
