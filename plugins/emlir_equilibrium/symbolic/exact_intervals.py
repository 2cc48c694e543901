"""Intervals with rational ends: sums and products are exact, so nothing has to be rounded."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from emlir import Expr, Interval
from emlir_arb import (
    Evaluator,
    Value,
    box_values,
    float_above,
    float_below,
    prepare,
    working_precision,
)

PRECISION = 96
"""Bits of the balls."""


@dataclass(frozen=True, slots=True)
class Exact:
    """The reals from ``lo`` to ``hi``."""

    lo: Fraction
    hi: Fraction

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError(f"no interval from {self.lo} to {self.hi}")

    @property
    def middle(self) -> Fraction:
        return (self.lo + self.hi) / 2

    @property
    def width(self) -> Fraction:
        return self.hi - self.lo

    def __add__(self, other: "Exact") -> "Exact":
        return Exact(self.lo + other.lo, self.hi + other.hi)

    def __sub__(self, other: "Exact") -> "Exact":
        return Exact(self.lo - other.hi, self.hi - other.lo)

    def __mul__(self, other: "Exact") -> "Exact":
        ends = [a * b for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return Exact(min(ends), max(ends))

    def scaled(self, factor: Fraction) -> "Exact":
        ends = self.lo * factor, self.hi * factor
        return Exact(min(ends), max(ends))

    def contains(self, value: Fraction) -> bool:
        return self.lo <= value <= self.hi

    def is_inside(self, other: "Exact") -> bool:
        """Whether this is in the interior of the other."""
        return other.lo < self.lo and self.hi < other.hi

    def covers(self, other: "Exact") -> bool:
        """Whether the other is in this one."""
        return self.lo <= other.lo and other.hi <= self.hi

    def around(self, factor: Fraction) -> "Exact":
        """Return the interval with the same middle and a multiple of the width."""
        half = self.width * factor / 2
        return Exact(self.middle - half, self.middle + half)

    def meet(self, other: "Exact") -> "Exact | None":
        """Return the intersection, ``None`` if it is empty."""
        lo, hi = max(self.lo, other.lo), min(self.hi, other.hi)
        return Exact(lo, hi) if lo <= hi else None

    @property
    def magnitude(self) -> Fraction:
        """The largest absolute value."""
        return max(abs(self.lo), abs(self.hi))


Sides = Mapping[str, Exact]
ZERO = Exact(Fraction(0), Fraction(0))


def point(value: Fraction) -> Exact:
    """Return the interval that holds one number."""
    return Exact(value, value)


class Enclosures:
    """Expressions of which enclosures over many boxes are wanted, by balls."""

    def __init__(self, exprs: Iterable[Expr]) -> None:
        self.prepared = [prepare(expr, "real") for expr in exprs]

    def over(self, sides: Sides) -> list[Exact | None]:
        """Return an enclosure of each, rounded outward to floats.

        ``None`` where an expression is not shown to be defined all over the box, or has no
        finite bounds.
        """
        intervals = {name: Interval(side.lo, side.hi) for name, side in sides.items()}
        with working_precision(PRECISION):
            evaluator = Evaluator(box_values(intervals))
            return [_exact(evaluator(expr)) for expr in self.prepared]


def _exact(value: Value) -> Exact | None:
    if value.kind != "real":
        return None
    lo, hi = float_below(value.lo), float_above(value.hi)
    if not (math.isfinite(lo) and math.isfinite(hi)):
        return None
    return Exact(Fraction(lo), Fraction(hi))


def near(value: Fraction) -> float:
    """Return the nearest float, or an infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def above(value: Fraction) -> float:
    """Return the least float that is not below, or infinity."""
    found = near(value)
    return math.nextafter(found, math.inf) if found < value else found


def outward(side: Exact) -> Exact:
    """Round the ends to floats, away from each other; they stay where there is no such float."""
    low, high = -above(-side.lo), above(side.hi)
    if math.isinf(low) or math.isinf(high):
        return side
    return Exact(Fraction(low), Fraction(high))


def dot(left: Sequence[Exact], right: Sequence[Exact]) -> Exact:
    """Return the sum of the products."""
    total = ZERO
    for a, b in zip(left, right, strict=True):
        total = total + a * b
    return total


def halves(side: Exact) -> tuple[Exact, Exact]:
    """Cut in the middle; the cut belongs to both."""
    return Exact(side.lo, side.middle), Exact(side.middle, side.hi)
