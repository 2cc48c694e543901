"""Values of EML trees that keep their logarithm: what table.h, real.h and plane.h do, in NumPy.

A tree is a pair (v, ln v): where exp(a) overflows, ln(exp(a) - ln(b)) is still known. Infinities
follow ``extended``: ln 0 = -inf, exp(-inf) = 0; in the plane they have imaginary part 0, and
logarithms are principal ones. Arrays have any shape; all functions are elementwise.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""float64, or complex128 in the plane."""

EXP_LIMIT, BIG_LIMIT, LONE, VALUE_LIMIT = 35.0, 1e9, 46.0, 1e15
TINY, ROUNDING, TURN = 1e-11, 2e-14, 1e-13
SMALLEST_LOG = -25.4
EPSILON = 2.0**-53


def exponential(value: Numbers) -> Numbers:
    """exp; parts that are rounding beside the size are 0."""
    if not np.iscomplexobj(value):
        return np.exp(value)
    size, angle = np.exp(value.real), value.imag
    re, im = np.where(angle == 0, size, size * np.cos(angle)), size * np.sin(angle)
    return _plane(_snapped(re, size), _snapped(im, size))


def logarithm(value: Numbers) -> Numbers:
    """ln, NaN where it has no value; on the cut the upper one."""
    if not np.iscomplexobj(value):
        return np.log(np.where(value < 0, np.nan, value))
    re, im = value.real, value.imag
    angle = np.where(im == 0, np.where((re < 0) & ~np.isinf(re), np.pi, 0.0), np.arctan2(im, re))
    return _plane(np.where(re == -np.inf, np.nan, np.log(np.hypot(re, im))), angle)


def difference(exp_a: Numbers, ln_b: Numbers, one: Any) -> Numbers:
    """exp(a) - ln(b); what is rounding beside its terms is 0, unless b is 1 itself."""
    size = np.abs(exp_a) + np.abs(ln_b)
    gap = exp_a - ln_b
    if not np.iscomplexobj(gap):
        zero = ~one & (np.abs(gap) < np.maximum(TINY, ROUNDING * size))
        return np.where(zero, 0.0, gap)
    re, im = exp_a.real - ln_b.real, exp_a.imag - ln_b.imag
    zero = ~one & (np.hypot(re, im) < np.maximum(TINY, ROUNDING * size))
    infinite = np.isinf(re)
    far = np.where(infinite & (im != 0), np.nan, re)
    re = np.where(infinite, far, np.where(zero, 0.0, _snapped(re, size)))
    return _plane(re, np.where(infinite | zero, 0.0, _snapped(im, size)))


def big_logarithm(a: Numbers, ln_b: Numbers) -> Numbers:
    """ln(exp(a) - ln(b)) where exp(a) may overflow."""
    large = a.real > EXP_LIMIT
    near = logarithm(difference(exponential(np.where(large, 0.0, a)), ln_b, np.bool_(False)))
    if not np.iscomplexobj(a):
        return np.where(large, a + np.log1p(-ln_b * np.exp(-np.abs(a))), near)
    turned = -ln_b * np.exp(-np.abs(a.real)) * _plane(np.cos(a.imag), -np.sin(a.imag))
    re, im = turned.real, turned.imag
    size = a.real + 0.5 * np.log1p(2 * re + re * re + im * im)
    far = _plane(size, principal(a.imag + np.arctan2(im, 1 + re)))
    return np.where(large, far, near)


def own_logarithm(a: Numbers) -> Numbers:
    """ln(exp(a)): a itself, with its imaginary part turned back into (-pi, pi]."""
    return _plane(a.real, principal(a.imag)) if np.iscomplexobj(a) else a


def principal(angle: Numbers) -> Numbers:
    """An angle in (-pi, pi]; what is -pi but for rounding is pi."""
    turned = angle - 2 * np.pi * np.rint(angle / (2 * np.pi))
    turned = np.where(turned < -np.pi + 1e-12, np.pi, np.minimum(turned, np.pi))
    return np.where(np.abs(angle) <= np.pi - 1e-12, angle, turned)


def absorbs(a: Numbers, ln_b: Numbers) -> NDArray[np.bool_]:
    """Whether in a row (the last axis) one term vanishes beside the other wherever both are there.

    exp(-inf) and ln 1 are 0 exactly. Nothing in the numbers tells then that the term exists.
    """
    first, second = np.exp(a.real), np.abs(ln_b)
    lost = (first < EPSILON * second) | (second < EPSILON * first)
    exact = (second == 0) | np.isinf(ln_b.real) | (a.real == -np.inf)
    return np.asarray((lost | exact).all(axis=-1) & (lost & ~exact).any(axis=-1))


def _snapped(part: Numbers, size: Numbers) -> Numbers:
    return np.where(np.abs(part) < TURN * size, 0.0, part)


def _plane(re: Numbers, im: Numbers) -> Numbers:
    out = np.empty(np.broadcast_shapes(re.shape, im.shape), np.complex128)
    out.real, out.imag = re, im
    return out
