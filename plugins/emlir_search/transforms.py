"""Outer transforms: y = g(sum) is looked for by matching the sum with the inverse of g at y."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr

Array = NDArray[np.float64]

LARGEST, SMALLEST = 1e140, 1e-140
"""Squares of larger targets overflow; those of targets that are all smaller are 0."""
ROUNDING = 1e-14
"""Values that differ by less than this part of them differ by rounding."""
STRAY = 0.01
"""The part of the sum of |y| that may have the wrong sign for a logarithm."""


@dataclass(frozen=True, slots=True)
class Transform:
    """``target`` maps y to what the sum must be, ``slope`` is |dy/dtarget| there, and
    ``outer`` builds y from the sum. ``log`` marks the one whose sum becomes a product.
    ``sides`` says what it does with y below 0: what it does above, something else, or nothing.
    """

    name: str
    target: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    outer: Callable[[Expr], Expr]
    log: bool = False
    sides: Literal["same", "other", "none"] = "same"


IDENTITY = Transform("y", lambda y: y, np.ones_like, lambda s: s)
LOGARITHM = Transform("ln y", lambda y: np.log(np.abs(y)), np.abs, emlir.exp, log=True)
SQUARE = Transform(
    "y^2",
    lambda y: np.where(y > 0, y, np.nan) ** 2,
    lambda y: 0.5 / y,
    emlir.sqrt,
    sides="none",
)
RECIPROCAL = Transform("1/y", lambda y: 1 / y, lambda y: y**2, lambda s: 1 / s)
ARCS = (
    Transform(
        "sin y",
        lambda y: np.where(np.abs(y) < np.pi / 2, np.sin(y), np.nan),
        lambda y: 1 / np.cos(y),
        emlir.asin,
    ),
    Transform(
        "cos y",
        lambda y: np.where((y > 0) & (y < np.pi), np.cos(y), np.nan),
        lambda y: 1 / np.sin(y),
        emlir.acos,
        sides="none",
    ),
    Transform(
        "tan y",
        lambda y: np.where(np.abs(y) < np.pi / 2, np.tan(y), np.nan),
        lambda y: np.cos(y) ** 2,
        emlir.atan,
    ),
)
TRANSFORMS = (
    IDENTITY,
    LOGARITHM,
    RECIPROCAL,
    SQUARE,
    Transform("sqrt y", np.sqrt, lambda y: 2 * np.sqrt(y), lambda s: s**2, sides="none"),
    Transform("exp y", np.exp, lambda y: np.exp(-y), emlir.ln, sides="other"),
    *ARCS,
)
"""What sums are looked for in."""
OF_PRODUCTS = (
    IDENTITY,
    *ARCS,
    Transform("y - 1", lambda y: y - 1, np.ones_like, lambda s: 1 + s, sides="other"),
    Transform("1/y - 1", lambda y: 1 / y - 1, lambda y: y**2, lambda s: 1 / (1 + s), sides="other"),
)
"""What products are looked for in; powers of a product are products."""


def facing(transforms: Sequence[Transform], y: Array) -> Iterator[Transform]:
    """Yield the transforms, for y that are below 0 as they are for -y too."""
    is_below = main_sign(y) < 0
    for transform in transforms:
        if not is_below or transform.sides != "none":
            yield transform
        if is_below and transform.sides != "same":
            yield _mirrored(transform)


def _mirrored(transform: Transform) -> Transform:
    return replace(
        transform,
        name=f"{transform.name} of -y",
        target=lambda y: transform.target(-y),
        slope=lambda y: transform.slope(-y),
        outer=lambda s: -transform.outer(s),
    )


def usable(transform: Transform, y: Array) -> tuple[Array, Array] | None:
    """Return target and slope, or None where the transform does not apply to these y.

    Where a few small values have the wrong sign, as noise around zero has, the logarithm
    leaves them out by the slope 0; they count again when the constants are fitted.
    """
    with np.errstate(all="ignore"):
        target, slope = transform.target(y), transform.slope(y)
    if transform.log:
        wrong = y * main_sign(y) <= 0
        if float(np.sum(np.abs(y[wrong]))) > STRAY * float(np.sum(np.abs(y))):
            return None
        target, slope = np.where(wrong, 0.0, target), np.where(wrong, 0.0, slope)
    elif not slope.min() > 0:
        return None
    sizes = np.abs(np.concatenate([target, slope]))
    good = np.isfinite(sizes).all() and sizes.max() < LARGEST and np.abs(target).max() > SMALLEST
    return (target, slope) if good and varies(target) else None


def varies(values: Array) -> bool:
    """Whether values differ by more than rounding, as 1 + y does not for very small y."""
    return float(np.ptp(values)) > ROUNDING * float(np.max(np.abs(values)))


def main_sign(y: Array) -> float:
    """Return the sign of most of y."""
    return 1.0 if float(np.sum(np.sign(y))) >= 0 else -1.0
