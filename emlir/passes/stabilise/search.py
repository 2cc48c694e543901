"""The search: a beam of equal expressions, led by measured accuracy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from emlir.expr.core import Expr
from emlir.expr.traverse import dag_size
from emlir.passes.stabilise.candidates import Candidates, places_in
from emlir.passes.stabilise.measure import Bits, Measure
from emlir.passes.stabilise.tidy import Written

ROUNDS = 7
BEAM = 12
WIDE = 40
"""The size of the beam after a round that won nothing."""
COVER = 6
"""Members of the beam that are there because they are the best at some points."""
ENOUGH = 52.4
"""A mean of so many bits is not worth improving."""
PRICE_PER_NODE = 0.02
PROGRESS = 0.5
"""A round that raises the best mean by less has won nothing."""
MAX_TRIED = 2_500
GROWTH = 24
"""A candidate has at most so many nodes more than 1.5 times the original."""
IN_VAIN = 3
"""So many rounds in a row may win nothing."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its bits at the points, their mean, and its size."""

    written: Written
    bits: Bits = field(repr=False)
    mean: float
    size: int

    @property
    def expr(self) -> Expr:
        """The expression."""
        return self.written.expr

    @property
    def price(self) -> float:
        """What its size counts, in bits."""
        return PRICE_PER_NODE * self.size

    @property
    def worth(self) -> float:
        """The mean less the price."""
        return self.mean - self.price


def search(expr: Expr, candidates: Candidates, points: Measure) -> list[Scored]:
    """Return the original first, then the best candidates found, all equal to it."""
    explorer = _Explorer(points, 3 * dag_size(expr) // 2 + GROWTH)
    original = explorer.scored(Written(expr))
    beam = [original, *explorer.new(candidates.start(expr))]
    expanded: set[Expr] = set()
    in_vain = 0
    for _ in range(ROUNDS):
        open_ones = [member for member in beam if member.expr not in expanded]
        before = max(member.mean for member in beam)
        if not open_ones or before >= ENOUGH or in_vain == IN_VAIN:
            break
        found: list[Scored] = []
        for member in open_ones:
            expanded.add(member.expr)
            found += explorer.new(candidates.neighbours(member.written, places_in(member.expr)))
        stuck = all(member.mean < before + PROGRESS for member in found)
        in_vain = in_vain + 1 if stuck else 0
        beam = _selected([*beam, *found], points, stuck)
    return [original, *(member for member in beam if member.expr is not expr)]


class _Explorer:
    """Measures candidates, each once."""

    def __init__(self, points: Measure, largest: int) -> None:
        self._points = points
        self._largest = largest
        self._seen: set[Expr] = set()

    def scored(self, written: Written) -> Scored:
        self._seen.add(written.expr)
        bits = self._points.bits(written.expr)
        return Scored(written, bits, self._points.mean(bits), dag_size(written.expr))

    def new(self, found: Iterable[Written]) -> list[Scored]:
        scored = []
        for written in found:
            if len(self._seen) >= MAX_TRIED:
                break
            if written.expr not in self._seen and dag_size(written.expr) <= self._largest:
                scored.append(self.scored(written))
        return scored


def _selected(pool: Sequence[Scored], points: Measure, stuck: bool) -> list[Scored]:
    """Choose the next beam: what is best somewhere, then the best of what behaves alike.

    If the search is stuck, more is kept, also of what behaves alike.
    """
    chosen = cover(pool, points, COVER)
    more = sorted(pool, key=_rank) if stuck else _representatives(pool)
    for member in more:
        if len(chosen) >= (WIDE if stuck else BEAM):
            break
        if member not in chosen:
            chosen.append(member)
    return chosen


def cover(pool: Sequence[Scored], points: Measure, count: int) -> list[Scored]:
    """Return the best member, then those that add most where the others are bad."""
    ordered = sorted(pool, key=_rank)
    chosen = ordered[:1]
    best = chosen[0].bits
    while len(chosen) < count:
        gains = [points.mean(np.maximum(best, member.bits)) for member in ordered]
        place = int(np.argmax(gains))
        if gains[place] < points.mean(best) + 0.1:
            break
        chosen.append(ordered[place])
        best = np.maximum(best, ordered[place].bits)
    return chosen


def _rank(member: Scored) -> tuple[float, int]:
    """Order by accuracy, with a price for every node."""
    return round(-member.worth, 1), member.size


def _representatives(pool: Sequence[Scored]) -> list[Scored]:
    """Return, best first, the smallest of the members that have about the same bits."""
    groups: dict[bytes, Scored] = {}
    for member in sorted(pool, key=lambda member: member.size):
        key = np.round(member.bits[:: max(1, len(member.bits) // 24)] / 4).tobytes()
        groups.setdefault(key, member)
    return sorted(groups.values(), key=_rank)
