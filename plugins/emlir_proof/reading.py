"""Reading: what is known about a difference over a box, and what it says about a relation."""

import math
from dataclasses import dataclass

from emlir.plugin_api import Bounds
from emlir_arb import Value, arithmetic, float_above, float_below


@dataclass(frozen=True, slots=True)
class Reading:
    """An enclosure, and whether the ends of it are certainly not reached."""

    ball: Value
    lo_open: bool = False
    hi_open: bool = False

    @property
    def is_real(self) -> bool:
        """Whether the difference is a real number on the whole box."""
        return self.ball.kind == "real"

    def meet(self, other: "Reading") -> "Reading":
        """Return the intersection of two enclosures of the same values."""
        if not other.is_real:
            return self
        a, b = self.ball, other.ball
        lo, hi = (b.lo if b.lo > a.lo else a.lo), (b.hi if b.hi < a.hi else a.hi)
        lo_open = (self.lo_open and a.lo == lo) or (other.lo_open and b.lo == lo)
        hi_open = (self.hi_open and a.hi == hi) or (other.hi_open and b.hi == hi)
        return Reading(arithmetic().real(lo, hi), lo_open, hi_open)

    def relation(self, kind: str) -> Value:
        """Return the truth value of ``difference kind 0``, or the ball if it is not real."""
        if not self.is_real:
            return self.ball
        result: Value = arithmetic().truth(self._holds(kind))
        return result

    def _holds(self, kind: str) -> bool | None:
        lo, hi = self.ball.lo, self.ball.hi
        above, below = lo > 0 or (lo == 0 and self.lo_open), hi < 0 or (hi == 0 and self.hi_open)
        if kind in ("eq", "ne"):
            equal = True if lo == 0 == hi else False if above or below else None
            return equal if equal is None or kind == "eq" else not equal
        if kind in ("lt", "ge"):
            below_zero = True if below else False if lo >= 0 else None
            return below_zero if below_zero is None or kind == "lt" else not below_zero
        above_zero = True if above else False if hi <= 0 else None
        return above_zero if above_zero is None or kind == "gt" else not above_zero

    def shortfall(self, kind: str) -> float:
        """Return how far the relation may fail on the box; at most 0 if it cannot."""
        if not self.is_real:
            return math.inf
        lo, hi = float(self.ball.lo), float(self.ball.hi)
        if kind in ("lt", "le"):
            return hi
        if kind in ("gt", "ge"):
            return -lo
        return max(abs(lo), abs(hi)) if kind == "eq" else 0.0

    def bounds(self) -> Bounds | None:
        """Return outward rounded ends, ``None`` where the value is not a real number."""
        if not self.is_real:
            return None
        return float_below(self.ball.lo), float_above(self.ball.hi)
