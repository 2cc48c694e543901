"""The prover: cut the box until balls decide the claim everywhere, or it fails somewhere."""

import math
import time
from collections.abc import Iterable
from fractions import Fraction
from heapq import heappop, heappush

from emlir.plugin_api import (
    Cell,
    Claim,
    Enclosed,
    Interval,
    Limits,
    Progress,
    Reason,
    Refuted,
    Unknown,
    Verdict,
)
from emlir_arb import working_precision
from emlir_proof.boxes import Box, Point, cut, cut_place
from emlir_proof.goal import Goal
from emlir_proof.judge import Judgement, judge
from emlir_proof.points import HIGH, LOW, first_probes, judge_point, probes, refute

PRECISION = 96
"""Bits of the evaluations over boxes."""
MAX_BOXES = 100_000
SMALLEST = 2.0**-50
"""Boxes are not cut below this part of the width at the start..."""
FARTHEST = 2**40
"""... and half-lines not beyond this."""
REPORT_EVERY = 64

Ranked = tuple[float, int, Box, Judgement]


class Search:
    """One search: best first on the box where the claim may fail by the most."""

    def __init__(self, claim: Claim, limits: Limits) -> None:
        self.goal = Goal(claim)
        self.limits = limits
        self.deadline = time.monotonic() + limits.time_limit
        self.work = 0
        self.cells: list[Cell] = []
        self.waiting: list[Ranked] = []
        self.stuck: list[Ranked] = []

    def run(self) -> Verdict:
        """Decide the claim; every way out of here carries its evidence."""
        if not self.goal.free:
            return self._closed()
        start = self.goal.start()
        found = self._refuted_at(first_probes(start), HIGH)
        if found is not None:
            return found
        self._visit(start)
        while self.waiting:
            if self._is_over():
                return self._stopped()
            found = self._step()
            if found is not None:
                return found
        if self.stuck:
            return self._stuck_at()
        cells = sorted(self.cells, key=_place)
        return Enclosed(self.goal.claim, tuple(cells), self.work)

    def _step(self) -> Refuted | None:
        ranked = heappop(self.waiting)
        _, _, box, judgement = ranked
        found = self._refuted_at(probes(box, judgement, self.goal), LOW)
        if found is not None:
            return found
        name = self._side_to_cut(box, judgement)
        if name is None:
            self.stuck.append(ranked)
            return None
        for half in cut(box, name, cut_place(box[name])):
            self._visit(half)
        return None

    def _visit(self, box: Box) -> None:
        """Judge a box: it is decided, or waits with the amount by which it may fail."""
        with working_precision(PRECISION):
            judgement = judge(self.goal, box)
        self.work += 1
        if judgement.holds:
            self.cells.append(cell_of(self.goal, box, judgement))
        else:
            rank = -_shortfall(self.goal, judgement)
            heappush(self.waiting, (rank, self.work, box, judgement))
        if self.work % REPORT_EVERY == 0:
            sizes = len(self.cells), len(self.waiting), len(self.stuck)
            self.limits.progress(Progress(*sizes, self.work))

    def _refuted_at(self, points: Iterable[Point], bits: tuple[int, ...]) -> Refuted | None:
        for point in points:
            if self._is_over():
                break
            self.work += 1
            found = refute(self.goal, point, bits, self.work)
            if found is not None:
                return found
        return None

    def _closed(self) -> Verdict:
        """Decide a claim whose symbols, if it has any, are all at one point."""
        found = self._refuted_at([{}], HIGH)
        if found is not None:
            return found
        judgement, _ = judge_point(self.goal, {})
        if judgement.holds:
            cell = cell_of(self.goal, {}, judgement)
            return Enclosed(self.goal.claim, (cell,), self.work)
        detail = f"{HIGH[-1]} bits do not decide it: the two sides are equal, or very nearly"
        return Unknown(self.goal.claim, "zero margin", detail, self.goal.claim.box, self.work)

    def _is_over(self) -> bool:
        return time.monotonic() > self.deadline or len(self.cells) > MAX_BOXES

    def _stopped(self) -> Unknown:
        if len(self.cells) > MAX_BOXES:
            return self._unknown("box limit", f"more than {MAX_BOXES:,} boxes are needed")
        limit = f"the search was cut after {self.limits.time_limit:g} s and {self.work:,} steps"
        return self._unknown("time limit", limit)

    def _stuck_at(self) -> Unknown:
        _, _, box, judgement = min(self.stuck, key=lambda ranked: ranked[:2])
        if not all(side.is_bounded for side in box.values()):
            detail = "balls do not decide the claim far out"
            return self._unknown("unbounded", detail)
        if not all(reading.is_real for reading in judgement.readings):
            detail = "the claim reaches the edge of where it is defined"
            return self._unknown("edge of the domain", detail)
        detail = "the two sides are equal, or very nearly, in the worst box"
        return self._unknown("zero margin", detail)

    def _unknown(self, reason: Reason, detail: str) -> Unknown:
        everything = self.stuck + self.waiting
        _, _, box, _ = min(everything, key=lambda ranked: ranked[:2])
        whole = {**self.goal.claim.box, **box}
        return Unknown(self.goal.claim, reason, detail, whole, self.work)

    def _side_to_cut(self, box: Box, judgement: Judgement) -> str | None:
        """Return the side to cut: an endless one, else the one that matters most."""
        sides = [name for name in box if self._is_cuttable(name, box[name])]
        endless = [name for name in sides if not box[name].is_bounded]
        if endless or not sides:
            return endless[0] if endless else None
        return max(
            sides, key=lambda name: (_influence(name, box, judgement), self._part(name, box[name]))
        )

    def _is_cuttable(self, name: str, side: Interval) -> bool:
        if not side.is_bounded:
            return abs(cut_place(side)) <= FARTHEST
        return self._part(name, side) > SMALLEST

    def _part(self, name: str, side: Interval) -> float:
        """Return the width as a part of that at the start, or of the magnitude."""
        start = self.goal.claim.box[name]
        assert side.lo is not None
        assert side.hi is not None
        if start.lo is not None and start.hi is not None:
            return float((side.hi - side.lo) / (start.hi - start.lo))
        return float((side.hi - side.lo) / max(Fraction(1), abs(side.lo), abs(side.hi)))


def cell_of(goal: Goal, box: Box, judgement: Judgement) -> Cell:
    """Return the evidence for a box: all its sides, and the bounds that decide the claim."""
    nowhere = (-math.inf, math.inf)
    bounds = tuple(reading.bounds() or nowhere for reading in judgement.readings)
    return Cell({**goal.claim.box, **box}, bounds)


def _place(cell: Cell) -> list[tuple[bool, Fraction]]:
    """Order boxes by their lower ends."""
    ends = [side.lo for side in cell.box.values()]
    return [(end is not None, Fraction(0) if end is None else end) for end in ends]


def _shortfall(goal: Goal, judgement: Judgement) -> float:
    """Return by how much an undecided relation may fail at most; infinite if undefined."""
    open_ones = [
        reading.shortfall(atom.kind)
        for atom, reading in zip(goal.atoms, judgement.readings, strict=True)
        if reading.relation(atom.kind).lo is not True
    ]
    return max(open_ones, default=0.0)


def _influence(name: str, box: Box, judgement: Judgement) -> float:
    """Return the change of the differences along a side, 0 where it is not known."""
    side = box[name]
    assert side.lo is not None
    assert side.hi is not None
    slopes = [gradient[name] for gradient in judgement.gradients if gradient]
    if not all(slope.is_real for slope in slopes):
        return 0.0
    steepest = sum(max(-float(slope.ball.lo), float(slope.ball.hi)) for slope in slopes)
    return steepest * float(side.hi - side.lo)


class EnclosureProver:
    """The prover called ``enclosure``."""

    name = "enclosure"

    def prove(self, claim: Claim, limits: Limits) -> Verdict:
        """Search for a refutation and for a cover of boxes on which the claim holds."""
        return Search(claim, limits).run()


PROVER = EnclosureProver()
