"""Search for a certificate: the box is cut until every part closes."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from emlir.plugin_api import Claim, Interval, Limits, Progress, Refuted
from emlir_arb import working_precision
from emlir_proof import boxes
from emlir_proof.boxes import Point, middle
from emlir_proof.certify.asked import Asked
from emlir_proof.certify.cuts import MOST_CORNERS, Cut, box_cut, corner_cuts, side_of
from emlir_proof.certify.derive import Deriver
from emlir_proof.certify.knots import BITS
from emlir_proof.certify.leaf import Leaf, Space
from emlir_proof.certify.nodes import box_of, nodes_of
from emlir_proof.certify.ranges import Ranges
from emlir_proof.certify.samples import Samples
from emlir_proof.checker.claims import Value, values_of
from emlir_proof.checker.cover import sides
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.polynomials import TooLargeError, number

PRECISION = 4
"""Bits of balls for each bit of the bounds that they give."""
MOST_LEAVES = 2_000
MOST_SUSPECTS = 3
MOST_ROUNDS = 4
COSTLY = 600
"""Work after which the halves of a part are tried in the quick ways only..."""
QUICK_CUTS = 3
"""... and their halves, so many times."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the box that waits: its sides, the cuts that made it, and how many are corners.

    ``light`` counts the cuts for which only the quick ways are tried.
    """

    box: Mapping[str, Interval]
    path: tuple[Fact, ...] = ()
    corners: int = 0
    light: int = 0


@dataclass(eq=False)
class Search:
    """One search, depth first, so that the cover is written as it grows."""

    claim: Claim
    limits: Limits
    refute: Callable[[list[Point]], Refuted | None] | None = None
    bits: int = BITS[0]
    leaves: list[Leaf] = field(default_factory=list)
    cover: list[tuple[Any, ...]] = field(default_factory=list)
    work: int = 0
    worst: Mapping[str, Interval] = field(default_factory=dict)
    reason: str = ""

    def __post_init__(self) -> None:
        self.space = Space(self.bits)
        self.nodes = nodes_of(self.claim.expr)
        self.box = box_of(self.claim)
        self.deadline = time.monotonic() + self.limits.time_limit

    def run(self) -> bool | Refuted:
        """Whether every part closes before the time is over; or a point where the claim fails."""
        with working_precision(PRECISION * self.bits):
            self.sides = sides(self.space.atoms, self.box)
            waiting = [Part(dict(sorted(self.claim.box.items())))]
            while waiting:
                part = waiting.pop()
                self.worst = part.box
                if time.monotonic() > self.deadline or len(self.leaves) > MOST_LEAVES:
                    self.reason = "time limit"
                    return False
                halves = self._visit(part)
                if halves is None or isinstance(halves, Refuted):
                    return halves or False
                waiting.extend(reversed(halves))
                self.limits.progress(Progress(len(self.leaves), len(waiting), 0, self.work))
        return True

    def _visit(self, part: Part) -> list[Part] | Refuted | None:
        """Close a part, or return its halves; None if it cannot be cut."""
        self.work += 1
        leaf = Leaf(self.space, [*self.sides, *part.path])
        samples = Samples(self.space.atoms, part.box, part.path, blind=self.refute is None)
        deriver = Deriver(leaf, samples, self.deadline, is_quick=part.light > 0)
        asked = Asked(deriver)
        try:
            values = self._values(asked)
        except TooLargeError as error:
            self.reason = str(error)
            return None
        if values[-1] is True:
            self.cover.append(("leaf", len(self.leaves)))
            self.leaves.append(leaf)
            return []
        if self.refute is not None:
            found = self.refute(list(self._suspects(asked, part.box)))
            if found is not None:
                return found
        light = part.light - 1 if part.light else QUICK_CUTS if deriver.work > COSTLY else 0
        return self._cut(replace(part, light=light), values, deriver.ranges)

    def _values(self, asked: Asked) -> list[Value]:
        """Ask until nothing more has to be shown for the answer.

        What was shown later may settle what was open when it was asked, such as a sign under
        abs; the claim is then about other polynomials.
        """
        facts = asked.leaf.facts.facts
        for _ in range(MOST_ROUNDS):
            before = len(facts)
            values = values_of(self.nodes, asked)
            if values[-1] is not True or len(facts) == before:
                return values
        return [None] * len(self.nodes)

    def _suspects(self, asked: Asked, box: Mapping[str, Interval]) -> Iterator[Point]:
        """Yield points at which something that was asked is likely to fail, and the middle."""
        for poly in asked.denied[:MOST_SUSPECTS]:
            samples = asked.deriver.samples
            for point in (samples.worst(poly), samples.downhill(poly)):
                if point is not None:
                    yield point
        yield middle(box)

    def _cut(self, part: Part, values: list[Value], ranges: Ranges) -> list[Part] | None:
        if part.corners < MOST_CORNERS:
            for cut in corner_cuts(self.nodes, values, ranges):
                return self._corner(part, cut)
        cut_at = box_cut(part.box, self.claim.box)
        if cut_at is None:
            self.reason = "zero margin"
            return None
        name, place = cut_at
        poly = self.space.atoms.var(name) - number(place)
        self.cover.append(("cut", poly, True))
        left, right = boxes.cut(part.box, name, place)
        return [
            replace(part, box=left, path=(*part.path, Fact(-poly, ">="))),
            replace(part, box=right, path=(*part.path, Fact(poly, ">="))),
        ]

    def _corner(self, part: Part, cut: Cut) -> list[Part]:
        self.cover.append(("cut", cut.poly, cut.closed))
        below = Fact(-cut.poly, ">=" if cut.closed else ">")
        facts = below, Fact(cut.poly, ">=")
        halves = self._halves(part.box, cut)
        return [
            replace(part, box=box, path=(*part.path, fact), corners=part.corners + 1)
            for box, fact in zip(halves, facts, strict=True)
        ]

    def _halves(self, box: Mapping[str, Interval], cut: Cut) -> tuple[Any, Any]:
        """Return the boxes of the two parts of a corner: the same, unless it cuts one side."""
        found = side_of(self.space.atoms, cut.poly)
        if found is None or not box[found[0]].contains(found[1]):
            return box, box
        name, place, rises = found
        left, right = boxes.cut(box, name, place)
        return (left, right) if rises else (right, left)
