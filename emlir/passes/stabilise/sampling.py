"""Points at which accuracy is measured: a box seen in two ways.

Half of the points are uniform over the box, half have uniform magnitudes (and either sign),
so that both the bulk of a box and its neighbourhood of 0 are seen. Symbols without a box get
magnitudes from all floats, most of them moderate.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.assumptions import Assumptions, Interval

Columns = dict[str, NDArray[np.float64]]
Random = np.random.Generator

SMALLEST = 100
"""An interval that holds 0 is sampled down to 2^-100 of its larger end."""
MODERATE, LARGEST = 40, 1_000
"""Powers of two up to which numbers are moderate, and up to which they are tried at all."""


def sample(names: Iterable[str], assumptions: Assumptions, count: int, seed: int) -> Columns:
    """Return ``count`` points of the box, the same ones for the same seed.

    Facts beyond the box are not looked at. An empty expression, without symbols, has one
    point, given by no columns.
    """
    random = np.random.default_rng(seed)
    half = count // 2
    return {
        name: np.concatenate(
            [_uniform(interval, half, random), _magnitudes(interval, count - half, random)]
        )
        for name, interval in assumptions.box(sorted(names)).items()
    }


def _uniform(interval: Interval, count: int, random: Random) -> NDArray[np.float64]:
    if not interval.is_bounded:
        return _magnitudes(interval, count, random)
    lo, hi = _ends(interval)
    share = random.random(count)
    return _inside(lo * (1 - share) + hi * share, interval)


def _magnitudes(interval: Interval, count: int, random: Random) -> NDArray[np.float64]:
    lo, hi = _ends(interval)
    if lo > 0 or hi < 0:
        near, far = sorted((abs(lo), abs(hi)))
        return _inside(np.sign(lo) * _between(np.log2(near), np.log2(far), count, random), interval)
    sides = _sides(interval, lo, hi)
    chosen = random.integers(len(sides), size=count)
    values = np.array([side(count) for side in (_side(end, random) for end in sides)])
    return _inside(values[chosen, np.arange(count)], interval)


def _sides(interval: Interval, lo: float, hi: float) -> list[float]:
    ends = [end for end in (lo, hi) if end != 0]
    return ends or [0.0]


def _side(end: float, random: Random) -> Callable[[int], NDArray[np.float64]]:
    """Return a sampler of magnitudes from 0 to ``end``, which may be infinite."""

    def draw(count: int) -> NDArray[np.float64]:
        if end == 0:
            return np.zeros(count)
        if np.isinf(end):
            exponent = np.where(
                random.random(count) < 0.5,
                random.uniform(-MODERATE, MODERATE, count),
                random.uniform(-LARGEST, LARGEST, count),
            )
            values: NDArray[np.float64] = np.sign(end) * np.exp2(exponent)
            return values
        top = np.log2(abs(end))
        return np.asarray(np.sign(end) * _between(top - SMALLEST, top, count, random))

    return draw


def _between(low: float, high: float, count: int, random: Random) -> NDArray[np.float64]:
    high = min(high, float(LARGEST)) if np.isinf(high) else high
    values: NDArray[np.float64] = np.exp2(random.uniform(low, high, count))
    return values


def _ends(interval: Interval) -> tuple[float, float]:
    lo = -np.inf if interval.lo is None else _to_float(interval.lo)
    hi = np.inf if interval.hi is None else _to_float(interval.hi)
    return lo, hi


def _to_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float(np.finfo(np.float64).max) * (1 if value > 0 else -1)


def _inside(values: NDArray[np.float64], interval: Interval) -> NDArray[np.float64]:
    """Move what rounding put on or beyond an end inside."""
    lo, hi = _ends(interval)
    if interval.lo is not None:
        rounded_up = lo >= interval.lo and not (interval.lo_open and lo == interval.lo)
        values = np.maximum(values, lo if rounded_up else np.nextafter(lo, np.inf))
    if interval.hi is not None:
        rounded_down = hi <= interval.hi and not (interval.hi_open and hi == interval.hi)
        values = np.minimum(values, hi if rounded_down else np.nextafter(hi, -np.inf))
    return values + 0.0
