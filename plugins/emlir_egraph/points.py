"""Points that the assumptions allow, as closed expressions: corners and random ones."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from random import Random

from emlir.plugin_api import (
    Context,
    Expr,
    Interval,
    PointEvaluator,
    PointValue,
    find_operator,
    number,
)

Point = dict[str, PointValue]
CORNERS = (0, 1, -1, 2, Fraction(1, 2), -3, 700)
ATTEMPTS = 20
"""For each point that is wanted so many are tried against the facts."""


def points(
    names: tuple[str, ...], context: Context, evaluate: PointEvaluator, count: int, seed: int = 0
) -> Iterator[Point]:
    """Yield up to ``count`` points at which the boxes and facts of the context hold."""
    return islice(_allowed(names, context, evaluate, count * ATTEMPTS, seed), count)


def _allowed(
    names: tuple[str, ...], context: Context, evaluate: PointEvaluator, attempts: int, seed: int
) -> Iterator[Point]:
    random = Random(seed)
    facts = [f for f in context.assumptions.beyond_boxes() if set(f.symbols) <= set(names)]
    for _ in range(attempts if names else 1):
        point = {name: evaluate(coordinate(name, context, random), {}) for name in names}
        if all(evaluate(fact, point).truth is True for fact in facts):
            yield point


def coordinate(name: str, context: Context, random: Random) -> Expr:
    """A value for a symbol: inside its box, or any of the semantics."""
    interval = context.assumptions.boxes.get(name)
    if interval is not None:
        return number(in_interval(interval, random))
    kind = random.random()
    if context.reals or context.semantics == "real" or kind < 0.6:
        return number(in_interval(Interval(None, None), random))
    if kind < 0.7:
        return random.choice((_INF, -_INF))
    if context.semantics == "extended":
        return number(random.choice(CORNERS))
    return number(_part(random)) + number(_part(random)) * _I


def in_interval(interval: Interval, random: Random) -> Fraction:
    """A number in an interval: sometimes a corner, else random of any magnitude."""
    corner = Fraction(random.choice((*CORNERS, interval.lo or 0, interval.hi or 0)))
    if random.random() < 0.3 and _contains(interval, corner):
        return corner
    share = Fraction(random.randint(1, 2**20 - 1), 2**20)
    lo, hi = interval.lo, interval.hi
    if lo is not None and hi is not None:
        return lo + (hi - lo) * share
    size = share * Fraction(2) ** random.randint(-6, 6)
    if lo is None and hi is None:
        return size if random.random() < 0.5 else -size
    return lo + size if lo is not None else (hi or Fraction(0)) - size


def _contains(interval: Interval, value: Fraction) -> bool:
    above = (
        interval.lo is None
        or value > interval.lo
        or (value == interval.lo and not interval.lo_open)
    )
    below = (
        interval.hi is None
        or value < interval.hi
        or (value == interval.hi and not interval.hi_open)
    )
    return above and below


def _part(random: Random) -> Fraction:
    """A part of a complex number: a corner, or up to 12 so that 2 pi i is passed."""
    corner = random.random() < 0.3
    return (
        Fraction(random.choice(CORNERS[:6])) if corner else Fraction(random.randint(-192, 192), 16)
    )


_INF: Expr = find_operator("inf")()
_I: Expr = find_operator("i")()
