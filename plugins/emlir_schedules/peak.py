"""The highest rate of a schedule: what it is, where it is, and whether only there."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from emlir import Expr, Interval, enclose, eq, le, lt
from emlir.plugin_api import number
from emlir_schedules.core import STEP
from emlir_schedules.parts import Domain, Part, Settled, joined, settle_part
from emlir_schedules.shape import Run


@dataclass(frozen=True)
class Peak:
    """The least upper bound of the rates, ``None`` as step where it is not taken.

    Of a maximum without an exact place, ``value`` is a rational number a little above it, and
    ``step`` is near.
    """

    value: Expr
    step: Fraction | None
    is_exact: bool = True


@dataclass(frozen=True)
class _Place:
    """A rate that is taken at a step."""

    step: Fraction
    value: Expr
    size: float


def peak_of(domain: Domain, parts: list[Run]) -> Peak:
    """Return the highest of the rates at the ends of runs, from inside and outside."""
    top = max(_places(domain, parts), key=lambda place: place.size)
    limits = [end for run in parts for end in (run.first, run.last)]
    limit = max(limits, key=_size)
    turns = [run for run in parts if run.kind == "turns" and run.sign > 0]
    for run in turns:
        bound = enclose(run.expression, {STEP: (run.lo, run.hi)})[1]
        if bound >= max(top.size, _size(limit)):
            return Peak(number(Fraction(bound)), (run.lo + run.hi) / 2, is_exact=False)
    if limit is not top.value and _size(limit) > top.size:
        return Peak(limit, None)
    return Peak(top.value, top.step)


def unique_peak(domain: Domain, parts: list[Run], peak: Peak) -> Settled:
    """Show that the highest rate is taken at one step only, or find a second one."""
    if peak.step is None:
        return Settled("refuted", None, (), "the highest rate is not taken: it is only a limit")
    if any(not run.settled.holds for run in parts):
        return Settled("unknown", detail="where the rate rises and falls is not proved")
    value = peak.value if peak.is_exact else domain.at(peak.step)
    others = [
        *(_apart(place, peak, parts, value) for place in _places(domain, parts)),
        *(_below(run, peak, value) for run in parts),
    ]
    worst = next((found for found in others if found.verdict == "refuted"), None)
    return worst or reduce(joined, others, Settled("proved"))


def _places(domain: Domain, parts: list[Run]) -> Iterator[_Place]:
    for step in sorted({run.lo for run in parts} | {domain.end}):
        value = domain.at(step)
        yield _Place(step, value, _size(value))


def _apart(place: _Place, peak: Peak, parts: list[Run], value: Expr) -> Settled:
    """Show that the rate at another end of a run is lower than the peak."""
    if place.step == peak.step or _is_beside(place.step, peak, parts):
        return Settled("proved")
    return _less(place.value, value, place.step)


def _below(run: Run, peak: Peak, value: Expr) -> Settled:
    """Show that the rates inside a run are lower than the peak."""
    if run.kind == "turns" or _is_beside(run.lo, peak, [run]) or _is_beside(run.hi, peak, [run]):
        return run.settled
    middle = (run.lo + run.hi) / 2
    if run.kind == "stays":
        return _less(run.first, value, middle)
    highest = run.last if run.kind == "rises" else run.first
    if run.is_strict:
        return joined(run.settled, _at_most(highest, value))
    found = Settled("unknown") if highest is value else _closed(lt(highest, value))
    if found.holds:
        return joined(run.settled, found)
    return Settled("unknown", detail=f"{run}: not strictly, as far as is known")


def _is_beside(step: Fraction, peak: Peak, parts: list[Run]) -> bool:
    """Whether a step is an end of the run in which the peak turns."""
    return not peak.is_exact and any(
        run.kind == "turns" and step in (run.lo, run.hi) and run.lo < (peak.step or 0) < run.hi
        for run in parts
    )


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
    """The value of a closed expression, as near as floats go."""
    return float(closed.number) if closed.is_number else sum(enclose(closed, {})) / 2
