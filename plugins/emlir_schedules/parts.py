"""Claims about a schedule over all real steps, put together from claims about its pieces."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from emlir import Expr, Interval, Proved, eq, prove
from emlir.plugin_api import postorder
from emlir_schedules.core import STEP, Schedule
from emlir_schedules.pieces import Piece, pieces
from emlir_schedules.tidy import fill

Verdict = Literal["proved", "enclosed", "refuted", "unknown"]
Relation = Callable[[Expr], Expr]

SECONDS = 5.0
"""The time limit of each claim."""


@dataclass(frozen=True)
class Part:
    """A claim about the steps in an interval."""

    claim: Expr
    where: Interval


@dataclass
class Settled:
    """What came out for all parts together, and the step at which the claim fails.

    ``is_undefined`` says that it fails there because something in it has no value.
    """

    verdict: Verdict
    point: Fraction | None = None
    proofs: tuple[Proved, ...] = ()
    detail: str = ""
    is_undefined: bool = False

    @property
    def holds(self) -> bool:
        """Whether it was shown."""
        return self.verdict in ("proved", "enclosed")


class Domain:
    """The real steps from 0 to the end of training, cut where the formula changes."""

    def __init__(self, schedule: Schedule, steps: int | None = None) -> None:
        self.expression = schedule.expression
        self.end = Fraction(schedule.length_of(steps))
        self.pieces = pieces(self.expression, Fraction(0), self.end)

    def at(self, step: Fraction) -> Expr:
        """The rate at a step, as a closed expression."""
        return fill(self.expression, {STEP: step})

    def reaches(self, piece: Piece, step: Fraction) -> bool:
        """Whether a piece visibly gives the rate at one of its ends, too."""
        return fill(piece.expression, {STEP: step}) is self.at(step)

    def meets(self, piece: Piece, step: Fraction) -> bool:
        """Whether the rate at one end of a piece is shown to be what the piece comes near to."""
        if may_jump(piece.expression):
            return False
        if self.reaches(piece, step):
            return True
        limit = fill(piece.expression, {STEP: step})
        return settle_part(Part(eq(limit, self.at(step)), Interval(step, step))).holds

    def everywhere(self, relation: Relation, until: bool = True) -> list[Part]:
        """Return the parts of a claim about the rate; ``until`` says whether the end counts."""
        parts, covered = [], set()
        for piece in self.pieces:
            has_lo = self.reaches(piece, piece.lo)
            has_hi = (until or piece.hi < self.end) and self.reaches(piece, piece.hi)
            covered.update([piece.lo] * has_lo + [piece.hi] * has_hi)
            inside = Interval(piece.lo, piece.hi, not has_lo, not has_hi)
            parts.append(Part(relation(piece.expression), inside))
        ends = {piece.lo for piece in self.pieces} | ({self.end} if until else set())
        alone = [Part(relation(self.at(end)), Interval(end, end)) for end in ends - covered]
        return sorted(parts + alone, key=lambda part: part.where.lo or 0)


def may_jump(body: Expr) -> bool:
    """Whether an expression has a choice, floor or remainder left, at places that are not known."""
    return any(node.op.name in _JUMPING for node in postorder((body,)))


_JUMPING = frozenset({"where", "floor", "mod"})


def settle(parts: Iterable[Part], seconds: float = SECONDS) -> Settled:
    """Prove all parts, or find a step at which one of them fails."""
    total = Settled("proved")
    for part in parts:
        found = settle_part(part, seconds)
        if found.verdict == "refuted":
            return found
        total = joined(total, found)
    return total


def settle_part(part: Part, seconds: float = SECONDS) -> Settled:
    """Prove or refute one part."""
    verdict = prove(part.claim, {STEP: part.where}, time_limit=seconds)
    if verdict.verdict == "refuted":
        point = verdict.point.get(STEP, part.where.lo)
        return Settled("refuted", point, (), str(part.claim), verdict.reason == "undefined")
    if verdict.verdict == "unknown":
        return Settled("unknown", None, (), f"{verdict.claim}: {verdict.reason}")
    if verdict.verdict == "enclosed":
        return Settled("enclosed")
    return Settled("proved", None, (verdict,))


def defined(piece: Piece) -> Settled:
    """Whether a piece has a value at all steps inside it."""
    body, lo, hi = piece.expression, piece.lo, piece.hi
    whole = settle_part(Part(eq(body, body), Interval(lo, hi)))
    return whole if whole.holds else settle_part(Part(eq(body, body), Interval(lo, hi, True, True)))


def joined(one: Settled, two: Settled) -> Settled:
    """Both are claimed: as sure as the less sure one."""
    worse = one if _ORDER.index(one.verdict) <= _ORDER.index(two.verdict) else two
    if worse.verdict in ("refuted", "unknown"):
        return worse
    return Settled(worse.verdict, None, one.proofs + two.proofs)


_ORDER: list[Verdict] = ["refuted", "unknown", "enclosed", "proved"]
