"""The highest rate of a schedule: what it is, where it is, and whether only there."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import inf

from emlir import DomainError, Expr, Interval, enclose, eq, le, lt
from emlir.plugin_api import number
from emlir_schedules.core import STEP
from emlir_schedules.parts import Domain, Part, Settled, joined, settle_part
from emlir_schedules.shape import Run

SURE = 1e-12
"""A limit is called higher than a rate that is taken if it is so by this part of it."""


@dataclass(frozen=True)
class Peak:
    """The least upper bound of the rates, ``None`` as step where it is not taken.

    Of a maximum without an exact place, ``value`` is a rational number a little above it, and
    ``step`` is near. All this is looked for in floats; what is said of it is proved.
    """

    value: Expr
    step: Fraction | None
    is_exact: bool = True
    size: float = 0.0


@dataclass(frozen=True)
class _Place:
    """A rate that is taken at a step."""

    step: Fraction
    value: Expr
    size: float


def peak_of(domain: Domain, parts: list[Run]) -> Peak:
    """Return the highest of the rates at the ends of runs, from inside and outside."""
    top = max(_places(domain, parts), key=lambda place: place.size)
    limit = max((end for run in parts for end in (run.first, run.last)), key=_size)
    turns = [(_bound(run), run) for run in parts if run.kind == "turns" and run.sign > 0]
    bound, turn = max(turns, key=lambda pair: pair[0], default=(-inf, None))
    if turn is not None and inf > bound >= max(top.size, _size(limit)):
        middle = (turn.lo + turn.hi) / 2
        return Peak(number(Fraction(bound)), middle, is_exact=False, size=bound)
    if limit is not top.value and _size(limit) > top.size + SURE * abs(top.size):
        return Peak(limit, None, size=_size(limit))
    return Peak(top.value, top.step, size=top.size)


def _bound(run: Run) -> float:
    """Return what the rates are at most where they turn; -infinity if one is undefined."""
    try:
        return enclose(run.expression, {STEP: (run.lo, run.hi)})[1]
    except DomainError:
        return -inf


def unique_peak(domain: Domain, parts: list[Run], peak: Peak) -> Settled:
    """Show that the highest rate is taken at one step only, or find a second one."""
    if any(not run.settled.holds for run in parts):
        return Settled("unknown", detail="where the rate rises and falls is not proved")
    value = domain.at(peak.step) if peak.step is not None and not peak.is_exact else peak.value
    around = _turning(peak, parts)
    lower = {end for run in around for end in (run.first, run.last)}
    places = [one for one in _places(domain, parts) if one.step != peak.step]
    others = [
        *(_less(place.value, value, place.step) for place in places if place.value not in lower),
        *(_below(run, value, lower) for run in parts if run not in around),
    ]
    unsure = next((found for found in others if found.verdict == "unknown"), None)
    second = next((found for found in others if found.verdict == "refuted"), None)
    if unsure is not None:
        return unsure
    if second is not None and not (peak.is_exact and peak.step is not None):
        return Settled("unknown", detail=second.detail)
    if peak.step is None:
        return Settled("refuted", None, (), "the highest rate is not taken: it is only a limit")
    return second or reduce(joined, others, Settled("proved"))


def _places(domain: Domain, parts: list[Run]) -> Iterator[_Place]:
    for step in sorted({run.lo for run in parts} | {domain.end}):
        value = domain.at(step)
        yield _Place(step, value, _size(value))


def _below(run: Run, value: Expr, lower: set[Expr]) -> Settled:
    """Show that the rates inside a run are below ``value``, as those in ``lower`` are."""
    if run.kind == "turns" and run.sign < 0:
        return run.settled
    if run.kind == "turns":
        found = settle_part(Part(lt(run.expression, value), Interval(run.lo, run.hi)))
        return found if found.holds else Settled("unknown", detail=f"{run}: is it lower?")
    highest = run.first if run.kind == "falls" else run.last
    if highest in lower:
        return run.settled
    if run.kind == "stays":
        return _less(run.first, value, (run.lo + run.hi) / 2)
    if run.is_strict:
        return joined(run.settled, _at_most(highest, value))
    found = Settled("unknown") if highest is value else _closed(lt(highest, value))
    if found.holds:
        return joined(run.settled, found)
    return Settled("unknown", detail=f"{run}: not strictly, as far as is known")


def _turning(peak: Peak, parts: list[Run]) -> list[Run]:
    """The run in which the peak turns, if its place is not exact; its ends are lower."""
    if peak.is_exact or peak.step is None:
        return []
    step = peak.step
    return [run for run in parts if run.kind == "turns" and run.lo < step < run.hi]


def _less(one: Expr, other: Expr, step: Fraction) -> Settled:
    if one is other:
        return Settled("refuted", step, (), f"the rate is {one} there, too")
    found = _closed(lt(one, other))
    if found.verdict != "refuted":
        return found
    if _closed(eq(one, other)).holds:
        return Settled("refuted", step, (), f"the rate is {other} there, too")
    return Settled("unknown", detail=f"which is higher, {one} or {other}?")


def _at_most(one: Expr, other: Expr) -> Settled:
    if one is other:
        return Settled("proved")
    found = _closed(le(one, other))
    return found if found.holds else Settled("unknown", detail=f"is {one} at most {other}?")


def _closed(claim: Expr) -> Settled:
    return settle_part(Part(claim, Interval(Fraction(0), Fraction(0))))


def _size(closed: Expr) -> float:
    """The value of a closed expression, as near as floats go; -infinity if it is undefined."""
    try:
        return float(closed.number) if closed.is_number else sum(enclose(closed, {})) / 2
    except DomainError:
        return -inf
    except OverflowError:
        return inf if closed.number > 0 else -inf
