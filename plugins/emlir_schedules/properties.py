"""What is claimed of a schedule, and how each claim came out.

Claims are about all real steps from 0 to the end of training. Beside each stands what the rates
are that training really gets: the floats at all whole steps.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from emlir import DomainError, Expr, Interval, Proved, enclose, eq, ge, gt, le
from emlir.plugin_api import Certificate, number
from emlir_schedules.area import area
from emlir_schedules.core import STEP, Schedule
from emlir_schedules.parts import (
    Domain,
    Part,
    Settled,
    Verdict,
    defined,
    joined,
    may_jump,
    settle,
    settle_part,
)
from emlir_schedules.peak import Peak, peak_of, unique_peak
from emlir_schedules.pieces import Piece, TooManyPiecesError
from emlir_schedules.shape import Run, runs, short
from emlir_schedules.tidy import fill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDING = 4e-16
"""How far a float may be beyond a bound, relative to it, and still be called equal to it."""
NEAR = Fraction(1, 10**6)
"""How near a rate at the end that is no rational number is stated, relative to it."""


@dataclass(frozen=True)
class Property:
    """A claim about a schedule and its verdict.

    ``point`` is a step at which a refuted claim fails. ``first_bad_step`` is the first whole
    step at which the float that training gets is against the claim, ``None`` if there is none
    or the claim says nothing about single rates.
    """

    name: str
    statement: str
    verdict: Verdict
    point: Fraction | None = None
    first_bad_step: int | None = None
    proofs: tuple[Proved, ...] = ()
    detail: str = ""
    seconds: float = 0.0

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The certificates of the parts of the claim."""
        return tuple(one.certificate for one in self.proofs)

    def to_json(self) -> dict[str, Any]:
        """For machines; certificates by their digests."""
        return {
            "name": self.name,
            "statement": self.statement,
            "verdict": self.verdict,
            "point": None if self.point is None else str(self.point),
            "first_bad_step": self.first_bad_step,
            "certificates": [one.digest for one in self.certificates],
            "detail": self.detail,
            "seconds": self.seconds,
        }


class Study:
    """A schedule, and what several claims about it need."""

    def __init__(self, schedule: Schedule, steps: int | None = None) -> None:
        self.schedule = schedule
        self.steps = schedule.length_of(steps)
        self.domain = Domain(schedule, steps)

    @cached_property
    def runs(self) -> list[Run]:
        """Where the rate rises and falls."""
        return runs(self.domain)

    @cached_property
    def peak(self) -> Peak:
        """The highest rate."""
        return peak_of(self.domain, self.runs)

    @cached_property
    def trace(self) -> "NDArray[np.float64]":
        """The floats at all whole steps, the end of training included."""
        return self.schedule.trace(self.steps + 1)

    def first_bad(
        self, is_good: "Callable[[NDArray[np.float64]], NDArray[np.bool_]]"
    ) -> int | None:
        """Return the first step of training whose float is not good; NaN never is."""
        bad = ~is_good(self.trace[: self.steps])
        return int(bad.argmax()) if bad.any() else None


def prove_properties(schedule: Schedule, steps: int | None = None) -> list[Property]:
    """Prove or refute what people want to know of a schedule; see :data:`PROPERTIES`.

    ``steps`` is the length of training, by default the schedule's total. Raises
    ``ValueError`` if there is neither, or if the formula changes at too many steps.

    >>> from emlir_schedules import prove_properties, schedule
    >>> for one in prove_properties(schedule("eml_decay", total=10))[:2]:
    ...     print(one.name, one.verdict, one.point)
    nonnegative refuted 5
    positive refuted 5
    """
    study = Study(schedule, steps)
    return [prove_property(study, name) for name in PROPERTIES]


def prove_property(study: Study, name: str) -> Property:
    """Prove or refute one of :data:`PROPERTIES`."""
    began = time.perf_counter()
    found = PROPERTIES[name](study)
    return replace(found, name=name, seconds=time.perf_counter() - began)


def _property(statement: str, settled: Settled, first_bad_step: int | None = None) -> Property:
    return Property(
        "",
        statement,
        settled.verdict,
        settled.point,
        first_bad_step,
        settled.proofs,
        settled.detail,
    )


def _nonnegative(study: Study) -> Property:
    found = settle(study.domain.everywhere(lambda rate: ge(rate, number(0))))
    return _property("no rate is negative", found, study.first_bad(lambda rates: rates >= 0))


def _positive(study: Study) -> Property:
    found = settle(study.domain.everywhere(lambda rate: gt(rate, number(0)), until=False))
    return _property(
        "every rate before the end is above 0", found, study.first_bad(lambda rates: rates > 0)
    )


def _bounded(study: Study) -> Property:
    peak = study.peak.value
    if study.peak.size == -inf:
        return _property("the rates have a bound", _undefined(peak))
    found = settle(study.domain.everywhere(lambda rate: le(rate, peak)))
    most = enclose(peak, {})[1]
    limit = most + abs(most) * ROUNDING
    bad = study.first_bad(lambda rates: rates <= limit)
    return _property(f"no rate is above {_shown(peak)}", found, bad)


def _continuous(study: Study) -> Property:
    domain = study.domain
    found = Settled("proved")
    for piece in domain.pieces:
        if may_jump(piece.expression):
            found = joined(found, Settled("unknown", detail=f"{piece.expression} may jump"))
        found = joined(found, defined(piece))
        for end in (piece.lo, piece.hi):
            found = joined(found, _meets(domain, piece, end))
    return _property("the rate has no jumps", found)


def _meets(domain: Domain, piece: Piece, step: Fraction) -> Settled:
    """Whether the rate at an end of a piece is what the piece comes near to."""
    value, limit = domain.at(step), fill(piece.expression, {STEP: step})
    at = Interval(step, step)
    if limit is value:
        return settle_part(Part(eq(value, value), at))
    found = settle_part(Part(eq(limit, value), at))
    if found.verdict != "refuted" or settle_part(Part(eq(value, value), at)).is_undefined:
        return found
    if found.is_undefined or may_jump(piece.expression):
        return Settled("unknown", detail=f"what the rate comes near to at step {step}")
    return found


def _monotone(study: Study) -> Property:
    found = reduce(joined, (run.settled for run in study.runs), Settled("proved"))
    return _property(", ".join(str(run) for run in merged(study.runs)), found)


def merged(parts: list[Run]) -> list[Run]:
    """Join neighbours that go the same way without a jump between them."""
    found: list[Run] = []
    for run in parts:
        before = found[-1] if found else None
        goes_on = before and before.kind == run.kind != "turns" and before.last is run.first
        if before and goes_on and run.lo not in (*before.jumps_at, *run.jumps_at):
            strict, jumps = before.is_strict and run.is_strict, before.jumps_at + run.jumps_at
            found[-1] = replace(run, lo=before.lo, is_strict=strict, jumps_at=jumps)
        else:
            found.append(run)
    return found


def _end_value(study: Study) -> Property:
    domain = study.domain
    value = domain.at(domain.end)
    at = Interval(domain.end, domain.end)
    if value.is_number:
        found = settle_part(Part(eq(domain.expression, value), at))
        return _property(f"the rate at the end is {_shown(value)}", found)
    if settle_part(Part(eq(value, value), at)).is_undefined:
        return _property("there is a rate at the end", _undefined(value, domain.end))
    least, most = enclose(value, {})
    if not isfinite(most - least):
        unknown = Settled("unknown", detail="it is beyond the range of floats")
        return _property("the rate at the end is a float", unknown)
    lo, hi = Fraction(least), Fraction(most)
    said = f"the rate at the end is between {least:.10g} and {most:.10g}"
    near = (lo + hi) / 2
    if hi - lo <= NEAR * abs(near):
        lo, hi = near - NEAR * abs(near), near + NEAR * abs(near)
        said = f"the rate at the end is {float(near):.10g}, within a part of a million"
    claim = ge(domain.expression, number(lo)) & le(domain.expression, number(hi))
    return _property(said, settle_part(Part(claim, at)))


def _undefined(value: Expr, step: Fraction = Fraction(0)) -> Settled:
    return Settled("refuted", step, (), f"{value} is undefined")


def _unique(study: Study) -> Property:
    peak = study.peak
    found = unique_peak(study.domain, study.runs, peak)
    where = "" if peak.step is None else f", at step {short(peak.step)}"
    return _property(f"the highest rate is taken once only{where}", found)


def _sum(study: Study) -> Property:
    try:
        total = area(study.schedule, study.steps)
    except DomainError as error:
        bad = study.first_bad(lambda rates: rates == rates)
        step = None if bad is None else Fraction(bad)
        return _property("the rates have a sum", Settled("refuted", step, (), str(error)), bad)
    except OverflowError:
        unknown = Settled("unknown", detail="a rate is beyond the range of floats")
        return _property("the rates have a sum", unknown)
    return _property(f"the rates sum up to {total}", Settled("enclosed"))


def _shown(value: Expr) -> str:
    text = str(value)
    if len(text) <= 12:
        return text
    if value.is_number:
        return f"{Decimal(value.number.numerator) / value.number.denominator:.12g}"
    near = sum(enclose(value, {})) / 2
    return f"{near:.12g}" if near and isfinite(near) else text


PROPERTIES: dict[str, Callable[[Study], Property]] = {
    "nonnegative": _nonnegative,
    "positive": _positive,
    "bounded": _bounded,
    "continuous": _continuous,
    "monotone": _monotone,
    "end": _end_value,
    "unique_peak": _unique,
    "area": _sum,
}
"""The claims by name, in the order in which they are made."""

__all__ = ["PROPERTIES", "Property", "Study", "TooManyPiecesError", "prove_properties"]
