"""Claims about a schedule over all real steps, put together from claims about its pieces."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from emlir import Expr, Interval, eq, prove
from emlir.plugin_api import Certificate, number
from emlir_schedules.core import STEP, Schedule
from emlir_schedules.pieces import Piece, pieces
from emlir_schedules.tidy import fill

Verdict = Literal["proved", "enclosed", "refuted", "unknown"]
Relation = Callable[[Expr], Expr]


@dataclass(frozen=True)
class Part:
    """A claim about the steps in an interval."""

    claim: Expr
    where: Interval


@dataclass
class Settled:
    """What came out for all parts together, and the step at which the claim fails."""

    verdict: Verdict
    point: Fraction | None = None
    certificates: list[Certificate] = field(default_factory=list)
    detail: str = ""


class Domain:
    """The real steps from 0 to the end of training, cut where the formula changes."""

    def __init__(self, schedule: Schedule, steps: int | None = None) -> None:
        self.expression = schedule.expression
        self.end = Fraction(schedule.length_of(steps))
        self.pieces = pieces(self.expression, Fraction(0), self.end)

    @property
    def joints(self) -> list[Fraction]:
        """The steps where one piece ends and the next begins."""
        return [piece.hi for piece in self.pieces[:-1]]

    def at(self, step: Fraction) -> Expr:
        """The rate at a step, as a closed expression."""
        return fill(self.expression, {STEP: step})

    def holds(self, piece: Piece, step: Fraction) -> bool:
        """Whether a piece visibly gives the rate at one of its ends, too."""
        return fill(piece.expression, {STEP: step}) is self.at(step)

    def everywhere(self, relation: Relation, until: bool = True) -> list[Part]:
        """Return the parts of a claim about the rate; ``until`` says whether the end counts."""
        parts = []
        for piece in self.pieces:
            closed_hi = (until or piece.hi < self.end) and self.holds(piece, piece.hi)
            closed_lo = self.holds(piece, piece.lo)
            inside = Interval(piece.lo, piece.hi, not closed_lo, not closed_hi)
            parts.append(Part(relation(piece.expression), inside))
        points = {piece.lo for piece in self.pieces} | ({self.end} if until else set())
        covered = {end for part in parts for end in _ends(part.where)}
        return parts + [
            Part(relation(self.at(step)), Interval(step, step)) for step in sorted(points - covered)
        ]


def settle(parts: Iterable[Part], seconds: float = 5.0) -> Settled:
    """Prove all parts, or find a step at which one of them fails."""
    result = Settled("proved")
    for part in parts:
        if part.claim.op.name == "eq" and part.claim.args[0] is part.claim.args[1] and not part.claim.symbols:
            continue
        verdict = prove(part.claim, {STEP: part.where}, time_limit=seconds)
        if verdict.verdict == "refuted":
            return Settled("refuted", verdict.point.get(STEP, part.where.lo), [], str(part.claim))
        if verdict.verdict == "unknown":
            result = Settled("unknown", None, [], f"{part.claim} for {STEP} in {part.where}: {verdict.reason}")
        elif verdict.verdict == "enclosed" and result.verdict == "proved":
            result.verdict = "enclosed"
        elif verdict.verdict == "proved":
            result.certificates.append(verdict.certificate)
    return result


def defined(body: Expr) -> Expr:
    """Equal to itself: true exactly where it is defined."""
    return eq(body, body)


def constant_in_step(body: Expr) -> bool:
    """Whether the step does not occur."""
    return STEP not in body.symbols


def as_expr(value: Fraction) -> Expr:
    """A number as an expression."""
    return number(value)


def _ends(where: Interval) -> list[Fraction]:
    return [
        end
        for end, is_open in ((where.lo, where.lo_open), (where.hi, where.hi_open))
        if isinstance(end, Fraction) and not is_open
    ]
