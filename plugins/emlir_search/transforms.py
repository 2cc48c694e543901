"""Outer transforms: y = g(sum) is looked for by matching the sum with the inverse of g at y."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transform:
    """``target`` maps y to what the sum must be, ``slope`` is |dy/dtarget| there, and
    ``outer`` builds y from the sum. ``log`` marks the one whose sum becomes a product."""

    name: str
    target: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    outer: Callable[[Expr], Expr]
    log: bool = False


IDENTITY = Transform("y", lambda y: y, np.ones_like, lambda s: s)
LOGARITHM = Transform("ln y", lambda y: np.log(np.abs(y)), np.abs, emlir.exp, log=True)
TRANSFORMS = (
    IDENTITY,
    LOGARITHM,
    Transform("1/y", lambda y: 1 / y, lambda y: y**2, lambda s: 1 / s),
    Transform("y^2", lambda y: np.where(y > 0, y, np.nan) ** 2, lambda y: 0.5 / y, emlir.sqrt),
    Transform("sqrt y", np.sqrt, lambda y: 2 * np.sqrt(y), lambda s: s**2),
    Transform("exp y", np.exp, lambda y: np.exp(-y), emlir.ln),
)


def usable(transform: Transform, y: Array) -> tuple[Array, Array] | None:
    """Return target and slope, or None where the transform does not apply to these y."""
    if transform.log and not ((y > 0).all() or (y < 0).all()):
        return None
    with np.errstate(all="ignore"):
        target, slope = transform.target(y), transform.slope(y)
    sizes = np.abs(np.concatenate([target, slope]))
    good = np.isfinite(sizes).all() and sizes.max() < 1e140 and slope.min() > 0
    return (target, slope) if good and np.ptp(target) > 0 else None
