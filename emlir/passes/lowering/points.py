"""Sample points of the assumed box: its corners, points inside, and all magnitudes.

A symbol without a bounded box is taken to be of moderate size.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from emlir.assumptions import Assumptions, Interval

MODERATE = 8.0
INSIDE = 16
MAGNITUDES = 24
MOST_CORNERS = 5
"""With more symbols than this only the two ends of the box are taken, not all corners."""
EDGES = (180.0, 357.0, 365.0, 380.0, 715.0, 740.0, 760.0)
"""Where exp(x), exp(2*x) or exp(4*x) is near the ends of float64."""
SMALL = 1e-3
"""Magnitudes are taken from here on, those below by zero."""

Point = tuple[float, ...]
Side = tuple[float, float]


def points(assumptions: Assumptions, names: Sequence[str]) -> list[Point]:
    """Return the sample points: the corners, some inside, and more where there is a box."""
    sides = [_side(assumptions.boxes.get(name)) for name in names]
    if len(sides) <= MOST_CORNERS:
        corners = list(product(*sides))
    else:
        corners = list(zip(*sides, strict=True))
    inside = (
        tuple(lo + (hi - lo) * _fraction(k, j) for j, (lo, hi) in enumerate(sides))
        for k in range(1, INSIDE + 1)
    )
    more = _of_all_magnitudes(sides) if has_box(assumptions, names) else ()
    return [*corners, *inside, *more]


def has_box(assumptions: Assumptions, names: Sequence[str]) -> bool:
    """Whether a symbol has a bounded box."""
    return any(name in assumptions.boxes and assumptions.boxes[name].is_bounded for name in names)


def contains(assumptions: Assumptions, names: Sequence[str], point: Point) -> bool:
    """Whether a point is in the boxes."""
    pairs = zip(names, point, strict=True)
    return all(
        math.isfinite(value)
        and (name not in assumptions.boxes or assumptions.boxes[name].contains(Fraction(value)))
        for name, value in pairs
    )


def _of_all_magnitudes(sides: list[Side]) -> Iterator[Point]:
    for small in ((0.0, 0.0), (1.0, 2.0), (-1.0, -2.0), (2.0, -1.0), (0.125, 0.25)):
        yield tuple(min(max(small[j % 2], lo), hi) for j, (lo, hi) in enumerate(sides))
    for step in (1e-9, 1e-6, 1e-3):
        yield tuple(lo + min((hi - lo) * step, step) for lo, hi in sides)
        yield tuple(hi - min((hi - lo) * step, step) for lo, hi in sides)
    for edge in (*EDGES, *(-edge for edge in EDGES)):
        yield tuple(min(max(edge, lo), hi) for lo, hi in sides)
    for k in range(1, MAGNITUDES + 1):
        yield tuple(_of_magnitude(side, _fraction(k, j)) for j, side in enumerate(sides))


def _of_magnitude(side: Side, fraction: float) -> float:
    """The point of a side, on a logarithmic scale, for 0 <= ``fraction`` < 1."""
    lo, hi = side
    if lo < 0 < hi:
        part = 2 * fraction - 1
        return _between(0.0, hi, part) if part >= 0 else -_between(0.0, -lo, -part)
    if hi <= 0:
        return -_between(-hi, -lo, fraction)
    return _between(lo, hi, fraction)


def _between(near: float, far: float, fraction: float) -> float:
    start = min(max(near, SMALL), far)
    if start <= 0 or not math.isfinite(far):
        return far
    span = math.log(far) - math.log(start)
    return min(max(start * math.exp(fraction * span), near), far)


def _fraction(k: int, j: int) -> float:
    """The k-th point of the j-th of many sequences that fill the unit interval evenly."""
    return (k * math.sqrt(j + 2)) % 1.0


def _side(interval: Interval | None) -> Side:
    if interval is None or (interval.lo is None and interval.hi is None):
        return -MODERATE, MODERATE
    if interval.lo is None:
        end = nearest(interval.hi or Fraction(0))
        return end - 2 * MODERATE, end
    lo = nearest(interval.lo)
    return lo, lo + 2 * MODERATE if interval.hi is None else nearest(interval.hi)


def nearest(value: Fraction) -> float:
    """Return the nearest float, an infinity for what is beyond."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
