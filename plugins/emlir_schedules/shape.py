"""Where a schedule rises and falls: found numerically, then proved piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from emlir import Expr, Interval, eq, ge, gt, le, lt
from emlir.plugin_api import number
from emlir_codegen.functions import function
from emlir_schedules.core import STEP
from emlir_schedules.parts import Domain, Part, Settled, defined, may_jump, settle, settle_part
from emlir_schedules.pieces import Piece
from emlir_schedules.tidy import fill

GRID = 256
"""Places inside a piece where the sign of the slope is looked at."""
NEAR = Fraction(1, 10**6)
"""How far from an extremum without an exact place the runs beside it end, in pieces."""

Kind = Literal["rises", "falls", "stays", "turns"]
_NAMES: dict[int, Kind] = {1: "rises", -1: "falls", 0: "stays"}
_ZERO = number(0)


@dataclass(frozen=True)
class Run:
    """Between two steps the rate rises, falls or stays.

    It ``turns`` where the place of an extremum is only known to lie between the two: there its
    slope is strictly monotone and changes its sign, so that there is exactly one; ``sign`` is 1
    for a maximum. The rate at an end is that of the formula, or it ``jumps_at`` that step.
    """

    lo: Fraction
    hi: Fraction
    kind: Kind
    is_strict: bool
    settled: Settled
    expression: Expr
    sign: int = 0
    jumps_at: tuple[Fraction, ...] = ()

    @property
    def first(self) -> Expr:
        """The rate where the run begins, coming from inside it."""
        return fill(self.expression, {STEP: self.lo})

    @property
    def last(self) -> Expr:
        """The rate where the run ends, coming from inside it."""
        return fill(self.expression, {STEP: self.hi})

    def __str__(self) -> str:
        if self.kind == "turns":
            top = "maximum" if self.sign > 0 else "minimum"
            return f"{top} between {short(self.lo)} and {short(self.hi)}"
        left, right = (
            "(" if self.lo in self.jumps_at else "[",
            ")" if self.hi in self.jumps_at else "]",
        )
        return f"{self.kind} on {left}{short(self.lo)}, {short(self.hi)}{right}"


def runs(domain: Domain) -> list[Run]:
    """Return how the rate goes from step 0 to the end; between pieces it may jump."""
    return [run for piece in domain.pieces for run in _joined_to(domain, piece)]


def _joined_to(domain: Domain, piece: Piece) -> Iterator[Run]:
    """The runs of a piece, and whether the rates at its ends belong to them."""
    jumps = tuple(end for end in (piece.lo, piece.hi) if not domain.meets(piece, end))
    is_defined = defined(piece).holds
    for run in _runs_of(piece):
        unknown = Settled("unknown", detail=f"{piece.expression} may be undefined")
        settled = run.settled if is_defined else unknown
        yield replace(run, jumps_at=jumps, settled=settled)


def _runs_of(piece: Piece) -> Iterator[Run]:
    slope = fill(piece.expression.diff(STEP), {})
    begin = piece.lo
    for sign, (left, right), after in _changes(slope, piece):
        place = _exact_place(slope, left, right)
        if place is None:
            step = NEAR * (piece.hi - piece.lo)
            low, high = max(begin, Fraction(left) - step), min(piece.hi, Fraction(right) + step)
            if begin < low:
                yield _run(piece.expression, slope, begin, low, sign)
            yield _turn(piece.expression, slope, low, high, sign or -after)
            begin = high
        else:
            yield _run(piece.expression, slope, begin, place, sign)
            begin = place
    if begin < piece.hi:
        yield _run(piece.expression, slope, begin, piece.hi, _signs(slope, piece)[-1][1])


def _changes(slope: Expr, piece: Piece) -> list[tuple[int, tuple[float, float], int]]:
    """Return each change of the slope's sign: before, between which steps, after."""
    signs = _signs(slope, piece)
    found = []
    for (left, before), (right, after) in pairwise(signs):
        if before != after:
            found.append((before, _narrowed(slope, left, right, before), after))
    return found


def _signs(slope: Expr, piece: Piece) -> list[tuple[float, int]]:
    """Return places where the slope is not 0 with its sign there; all, if it is 0 everywhere."""
    rate = function(slope, "python", arguments=(STEP,))
    lo, hi = float(piece.lo), float(piece.hi)
    places = [lo + (hi - lo) * (k + 0.5) / GRID for k in range(GRID)]
    signs = [(place, _sign(rate(place))) for place in places]
    return [pair for pair in signs if pair[1]] or signs[:1]


def _narrowed(slope: Expr, left: float, right: float, before: int) -> tuple[float, float]:
    """Halve an interval in which the slope changes its sign, as far as floats go."""
    rate = function(slope, "python", arguments=(STEP,))
    for _ in range(80):
        middle = (left + right) / 2
        if middle in (left, right):
            break
        if _sign(rate(middle)) == before:
            left = middle
        else:
            right = middle
    return left, right


def _exact_place(slope: Expr, left: float, right: float) -> Fraction | None:
    """Return the simplest rational number very near, if the slope is exactly 0 there."""
    middle = Fraction(left + right) / 2
    for most in (1, 10, 1000, 10**6):
        place = middle.limit_denominator(most)
        if abs(place - middle) <= Fraction(1, 10**9) * (1 + abs(middle)):
            there = fill(slope, {STEP: place})
            at = Interval(place, place)
            return place if settle_part(Part(eq(there, _ZERO), at)).holds else None
    return None


def _run(body: Expr, slope: Expr, lo: Fraction, hi: Fraction, sign: int) -> Run:
    """Prove that the slope has a sign inside, strictly if that is possible."""
    inside = Interval(lo, hi, lo_open=True, hi_open=True)
    if may_jump(body):
        return Run(lo, hi, _NAMES[sign], False, Settled("unknown", detail=f"{body} may jump"), body)
    if not sign:
        return Run(lo, hi, "stays", False, _shown(eq(slope, _ZERO), inside), body)
    found = settle_part(Part((gt if sign > 0 else lt)(slope, _ZERO), inside))
    if found.holds:
        return Run(lo, hi, _NAMES[sign], True, found, body)
    weak = _shown((ge if sign > 0 else le)(slope, _ZERO), inside)
    return Run(lo, hi, _NAMES[sign], False, weak, body)


def _shown(claim: Expr, where: Interval) -> Settled:
    """Prove a claim about the slope; where there is no slope, nothing is known."""
    found = settle_part(Part(claim, where))
    if found.is_undefined:
        return Settled("unknown", detail=f"there is no slope at step {found.point}")
    return found


def _turn(body: Expr, slope: Expr, lo: Fraction, hi: Fraction, sign: int) -> Run:
    """Prove that the slope is strictly monotone where it changes its sign, and that it does."""
    bend = fill(slope.diff(STEP), {})
    down, up = (lt, gt) if sign > 0 else (gt, lt)
    claims = [
        Part(down(bend, _ZERO), Interval(lo, hi)),
        Part(up(slope, _ZERO), Interval(lo, lo)),
        Part(down(slope, _ZERO), Interval(hi, hi)),
    ]
    found = settle(claims)
    if may_jump(body) or not found.holds:
        found = Settled("unknown", detail=f"how the rate turns near step {short(lo)}")
    return Run(lo, hi, "turns", True, found, body, sign)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def short(value: Fraction) -> str:
    """A number for people: exact if that is short."""
    text = str(value)
    return text if len(text) <= 12 else f"{float(value):.6g}"
