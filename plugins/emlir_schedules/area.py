"""The sum of the rates over the steps of training, with rigorous bounds.

Inside a piece the sum over many steps is that of Taylor polynomials in the middles of blocks of
steps, with the range of a derivative over the block as the rest; so a million steps
take no longer than a thousand. Few steps are added one by one, and lines are summed exactly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isfinite
from typing import Any

from flint import arb, fmpq

from emlir import Expr, Interval, enclose
from emlir.plugin_api import postorder
from emlir_arb import (
    Evaluator,
    box_values,
    float_above,
    float_below,
    prepare,
    taylor,
    working_precision,
)
from emlir_schedules.core import STEP, Schedule
from emlir_schedules.parts import Domain
from emlir_schedules.pieces import Piece, linear
from emlir_schedules.powers import power_sum
from emlir_schedules.tidy import fill

FEW = 16
"""Steps that are added one by one."""
EXACT = 256
"""Rational rates of a piece that are added exactly."""
ORDER = 12
"""The derivative that bounds what a Taylor polynomial leaves out: even, as are its powers."""
PRECISION = 128
"""Bits of the balls."""
WIDTH = 1e-17
"""How wide that may be, relative to the size of the rates of the block."""


@dataclass(frozen=True)
class Area:
    """Bounds on the sum of the rates at steps 0, ..., steps - 1; equal where it is exact."""

    steps: int
    lo: Fraction
    hi: Fraction

    @property
    def is_exact(self) -> bool:
        """Whether the bounds are the sum itself."""
        return self.lo == self.hi

    @property
    def mean(self) -> float:
        """The mean rate, to the accuracy of a float."""
        return float((self.lo + self.hi) / 2 / self.steps)

    def __str__(self) -> str:
        if self.is_exact and self.lo.denominator.bit_length() < SHORT:
            return f"{self.lo}"
        return f"{float(self.lo):.12g} (within {float(self.hi - self.lo):.1g})"


SHORT = 64
"""Bits of a denominator that is shown."""

Bounds = tuple[Fraction, Fraction]


def area(schedule: Schedule, steps: int | None = None) -> Area:
    """Return the sum of the rates over training.

    Exact where the pieces are lines; else within about 1e-14 of the sum of the sizes. Raises
    ``emlir.DomainError`` if a rate is undefined.
    """
    domain = Domain(schedule, steps)
    count = schedule.length_of(steps)
    ends = {piece.lo for piece in domain.pieces}
    found = [_bounds(domain.at(end)) for end in ends if end.denominator == 1 and end < count]
    for piece in domain.pieces:
        found += _sums(piece)
    lo, hi = (sum(side, Fraction(0)) for side in zip(*found, strict=True))
    return Area(count, lo, hi)


def _sums(piece: Piece) -> Iterator[Bounds]:
    """Yield bounds that add up to the rates at the whole steps inside a piece."""
    first, count = floor(piece.lo) + 1, ceil(piece.hi) - floor(piece.lo) - 1
    line = linear(piece.expression)
    if line is not None:
        slope, constant = line
        exact = count * constant + slope * count * (2 * first + count - 1) / 2
        yield exact, exact
    elif count <= EXACT and _is_rational(piece.expression):
        for step in range(first, first + count):
            yield _bounds(fill(piece.expression, {STEP: Fraction(step)}))
    else:
        yield from _Blocks(piece.expression).sums(first, count)


class _Blocks:
    """A smooth expression, summed block by block."""

    def __init__(self, body: Expr) -> None:
        self.body = prepare(body, "real")

    def sums(self, first: int, count: int) -> Iterator[Bounds]:
        """Yield bounds that add up to the rates at ``count`` steps from ``first`` on."""
        waiting, done = [(first, count)], 0.0
        while waiting:
            first, count = waiting.pop()
            found = None if count <= FEW else self._smooth(first, count, WIDTH * abs(done))
            if found is not None:
                done += float(found[0])
                yield found
            elif count <= FEW:
                for single in map(self._single, range(first, first + count)):
                    done += float(single[0])
                    yield single
            else:
                half = count // 2
                waiting += [(first + half, count - half), (first, half)]

    def _single(self, step: int) -> Bounds:
        """Return bounds on the rate at one step."""
        with working_precision(PRECISION):
            ball = _at(Fraction(step), Fraction(step))(self.body)
            found = _ends(ball.lo, ball.hi) if ball.kind == "real" else None
        return found or _bounds(fill(self.body, {STEP: Fraction(step)}))

    def _smooth(self, first: int, count: int, width: float) -> Bounds | None:
        """Return bounds by a Taylor polynomial, if they are narrow.

        ``width`` is how wide they may be at least, as the sum before them is not known better.
        """
        middle = first + Fraction(count - 1, 2)
        with working_precision(PRECISION):
            block = taylor(self.body, Fraction(first), Fraction(first + count - 1), ORDER)
            point = taylor(self.body, middle, middle, ORDER)
            if block is None or point is None:
                return None
            *weights, last = (_ball(power_sum(count, k)) for k in range(0, ORDER + 1, 2))
            total = block[ORDER] * last
            alike = count * block[0]
            if 2 * alike.rad() <= width:
                return _ends(alike.lower(), alike.upper())
            if not 2 * total.rad() <= max(WIDTH * count * abs(block[0]).upper(), width):
                return None
            for k, weight in enumerate(weights):
                total = total + point[2 * k] * weight
            return _ends(total.lower(), total.upper())


def _at(lo: Fraction, hi: Fraction) -> Evaluator:
    return Evaluator(box_values({STEP: Interval(lo, hi)}))


def _ball(value: Fraction) -> Any:
    return arb(fmpq(value.numerator, value.denominator))


def _ends(low: Any, high: Any) -> Bounds | None:
    lo, hi = float_below(low), float_above(high)
    return (Fraction(lo), Fraction(hi)) if isfinite(lo) and isfinite(hi) else None


def _is_rational(body: Expr) -> bool:
    """Whether rational steps give rational rates, visibly."""
    return all(
        node.is_number or node.is_symbol or node.op.name in _RATIONAL for node in postorder((body,))
    )


_RATIONAL = frozenset({"add", "sub", "mul", "div", "neg"})


def _bounds(closed: Expr) -> Bounds:
    if closed.is_number:
        return closed.number, closed.number
    lo, hi = enclose(closed, {})
    return Fraction(lo), Fraction(hi)
