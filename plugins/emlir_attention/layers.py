"""Bounds of larger parts: several heads, norms, residual connections, one part after another."""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

import numpy as np

import emlir
from emlir.plugin_api import Expr, number, symbol
from emlir_attention.lipschitz import RADIUS, LocalBound, radius_of
from emlir_attention.near import SLACK, UNIT, Near
from emlir_attention.short import above, below


def heads_bound(heads: Sequence[LocalBound], output: Any) -> LocalBound:
    """Bound heads side by side, followed by a matrix (heads * v, d) or (d, heads * v).

    Raises ``ValueError`` without heads, and if their balls differ.
    """
    if not heads or len({one.radius for one in heads}) > 1:
        raise ValueError("heads are at least one, over the same ball")
    total = reduce(add, (one.expression * one.expression for one in heads))
    return LocalBound(emlir.sqrt(total) * _norm(output), heads[0].radius)


def linear_bound(matrix: Any, radius: Any = 0) -> LocalBound:
    """Bound a linear map of each token by its spectral norm."""
    return LocalBound(_norm(matrix), radius_of(radius))


def layer_norm_bound(
    tokens: Any, weight: Any, eps: float, radius: Any = 0, *, centred: bool = True
) -> LocalBound:
    """Bound LayerNorm, or RMSNorm if not ``centred``, at each of the tokens (T, d).

    Its Jacobian is diag(weight) (C - z z'/d)/s with s^2 = variance + eps and a projection C:
    at most max |weight|/s. The root of the variance falls by at most r/sqrt(d). Raises
    ``ValueError`` for weights that are neither one number nor one for each of the width.
    """
    floats, reach = Near.of(tokens).floats, radius_of(radius)
    width, scales = floats.shape[1], np.abs(np.asarray(weight, dtype=np.float64))
    if scales.ndim and scales.shape != (width,):
        raise ValueError(
            f"the weights have the shape {scales.shape}, the tokens a width of {width}"
        )
    middle = floats.mean(axis=1, keepdims=True) if centred else 0.0
    spread = float(np.sqrt(((floats - middle) ** 2).mean(axis=1)).min())
    rounding = 4 * (width + 8) * UNIT * float(np.abs(floats).max())
    least = max(0.0, (spread - rounding) / SLACK)
    steepest, spared = above(float(scales.max())), below(least)
    left: Expr = spared - symbol(RADIUS) / emlir.sqrt(number(Fraction(width)))
    if spared.number**2 * width <= reach**2:  # below 0 at the radius, where its square grows again
        left = number(Fraction(0))
    return LocalBound(steepest / emlir.sqrt(left * left + below(eps)), reach)


def then(first: LocalBound, second: LocalBound) -> LocalBound:
    """Bound ``second`` after ``first``; :func:`image_radius` is the radius that the second needs.

    The first enters with its bound for the whole ball, a number, so that proofs stay short.
    Raises ``ValueError`` if the second's ball is too small.
    """
    stretch = above(first.value)
    spare = second.radius - stretch.number * first.radius
    if spare < 0:
        raise ValueError("the second part's ball is too small for what the first part makes of its")
    moved = stretch * symbol(RADIUS) + number(spare)
    return LocalBound(second.expression.subs({RADIUS: moved}) * stretch, first.radius)


def residual(inner: LocalBound) -> LocalBound:
    """Bound x + inner(x)."""
    return LocalBound(number(Fraction(1)) + inner.expression, inner.radius)


def image_radius(bound: LocalBound, center: Any) -> Fraction:
    """Return the radius of a ball about ``center`` that holds the image of the ball of ``bound``.

    ``center`` is the image of the tokens in floats, right to a part in 2^40.
    """
    off = above(Near.of(center).frobenius * 2.0**-40).number
    return above(bound.value).number * bound.radius + off


def _norm(matrix: Any) -> Expr:
    return above(Near.of(matrix).norm)
