"""Where a schedule rises and falls, found numerically and then proved piece by piece."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from emlir import Expr, Interval, evaluate, ge, gt, le, lt
from emlir.plugin_api import number
from emlir_schedules.core import STEP
from emlir_schedules.parts import Domain, Part, Settled, settle
from emlir_schedules.pieces import Piece
from emlir_schedules.tidy import fill

GRID = 128
"""Places inside a piece where the sign of the slope is looked at."""

Kind = Literal["rises", "falls", "stays", "turns"]


@dataclass(frozen=True)
class Run:
    """Between two steps the rate rises, falls or stays.

    It ``turns`` where the place of an extremum is only known to be between the two: there its
    slope is strictly monotone, so there is exactly one.
    """

    lo: Fraction
    hi: Fraction
    kind: Kind
    settled: Settled
    is_strict: bool

    def __str__(self) -> str:
        return f"{self.kind} on [{_short(self.lo)}, {_short(self.hi)}]"


def runs(domain: Domain) -> list[Run]:
    """Return how the rate goes, from step 0 to the end; jumps may be between runs."""
    return [run for piece in domain.pieces for run in _of(piece)]


def _of(piece: Piece) -> Iterator[Run]:
    slope = fill(piece.expression.diff(STEP), {})
    signs = _signs(slope, piece)
    if signs is None:
        yield Run(piece.lo, piece.hi, "turns", Settled("unknown", detail=f"slope {slope}"), False)
        return
    places = [piece.lo]
    kinds = [signs[0][1]]
    for (left, before), (right, after) in pairwise(signs):
        if before != after:
            places.append(_between(slope, left, right))
            kinds.append(after)
    places.append(piece.hi)
    for k, sign in enumerate(kinds):
        yield from _run(slope, places[k], places[k + 1], sign, k < len(kinds) - 1)


def _run(slope: Expr, lo: Fraction, hi: Fraction, sign: int, turns: bool) -> Iterator[Run]:
    """One run, and what is around the extremum at its end if that is not exact."""
    kind: Kind = "rises" if sign > 0 else "falls" if sign < 0 else "stays"
    settled, is_strict = _goes(slope, lo, hi, sign)
    yield Run(lo, hi, kind, settled, is_strict)


def _goes(slope: Expr, lo: Fraction, hi: Fraction, sign: int) -> tuple[Settled, bool]:
    """Prove the sign of the slope between two steps, strict if that is possible."""
    inside = Interval(lo, hi, lo_open=True, hi_open=True)
    zero = number(0)
    if not sign:
        from emlir import eq

        return settle([Part(eq(slope, zero), inside)]), False
    strict: Callable[[Expr, Expr], Expr] = gt if sign > 0 else lt
    found = settle([Part(strict(slope, zero), inside)])
    if found.verdict in ("proved", "enclosed"):
        return found, True
    weak: Callable[[Expr, Expr], Expr] = ge if sign > 0 else le
    return settle([Part(weak(slope, zero), inside)]), False
