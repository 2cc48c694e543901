"""Judging a claim on one box: plain balls, then derivatives where those do not decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from flint import arb

from emlir.plugin_api import Interval, fold_closed
from emlir_arb import Ball, Evaluator, Value, arithmetic, box_values
from emlir_proof.boxes import Box, middle, shifted
from emlir_proof.goal import Atom, Goal, at
from emlir_proof.reading import Reading

Gradient = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The truth of a claim over a box, with what was found about each relation."""

    truth: Value
    readings: tuple[Reading, ...]
    gradients: tuple[Gradient, ...]

    @property
    def holds(self) -> bool:
        """Whether the claim is true, hence defined, on the whole box."""
        return self.truth.kind == "truth" and self.truth.lo is True


def judge(goal: Goal, box: Box) -> Judgement:
    """Evaluate the claim over a box of its free symbols, at the working precision."""
    evaluator = Evaluator(box_values(box))
    readings = tuple(_plain(atom, evaluator) for atom in goal.atoms)
    first = Judgement(_truth(goal, readings), readings, ({},) * len(readings))
    if first.truth.kind == "truth" and first.truth.lo is not None:
        return first
    gradients = tuple(_gradient(atom, evaluator) for atom in goal.atoms)
    tight = tuple(
        _tighten(atom, reading, gradient, box)
        for atom, reading, gradient in zip(goal.atoms, readings, gradients, strict=True)
    )
    return Judgement(_truth(goal, tight), tight, gradients)


def _truth(goal: Goal, readings: tuple[Reading, ...]) -> Value:
    pairs = zip(goal.atoms, readings, strict=True)
    return goal.truth(reading.relation(atom.kind) for atom, reading in pairs)


def _plain(atom: Atom, evaluator: Evaluator) -> Reading:
    """Evaluate the difference as written, for its domain, then with equal terms cancelled."""
    reading = Reading(evaluator(atom.difference))
    if not reading.is_real:
        return reading
    reading = reading.meet(Reading(evaluator(atom.collected)))
    return reading.meet(_from_sign(atom.sign, reading.ball)) if atom.sign else reading


def _from_sign(sign: int, ball: Value) -> Reading:
    zero = arithmetic().real(0, 0).lo
    if sign > 0:
        return Reading(arithmetic().real(zero, ball.hi), lo_open=True)
    return Reading(arithmetic().real(ball.lo, zero), hi_open=True)


def _gradient(atom: Atom, evaluator: Evaluator) -> Gradient:
    if atom.gradient is None:
        return {}
    return {name: evaluator(partial) for name, partial in atom.gradient.items()}


def _tighten(atom: Atom, reading: Reading, gradient: Gradient, box: Box) -> Reading:
    if not (reading.is_real and gradient):
        return reading
    for lowest in (True, False):
        reading = reading.meet(_at_face(atom, gradient, box, lowest))
    return reading.meet(_mean_value(atom, gradient, box))


def _at_face(atom: Atom, gradient: Gradient, box: Box, lowest: bool) -> Reading:
    """Bound the difference from below (or above) by its values where it is lowest.

    Symbols in which it is monotone over the box go to the end where that is. If such an
    end is open and the derivative is never 0, the bound is not reached.
    """
    ends, is_open = _ends(gradient, box, lowest)
    rest = {name: interval for name, interval in box.items() if name not in ends}
    ball = Evaluator(box_values(rest))(fold_closed(at(atom.collected, ends), "real"))
    if ball.kind != "real":
        return Reading(ball)
    if lowest:
        return Reading(arithmetic().real(ball.lo, arb.pos_inf()), lo_open=is_open)
    return Reading(arithmetic().real(arb.neg_inf(), ball.hi), hi_open=is_open)


def _ends(gradient: Gradient, box: Box, lowest: bool) -> tuple[dict[str, Fraction], bool]:
    ends: dict[str, Fraction] = {}
    is_open = False
    for name, slope in gradient.items():
        if slope.kind != "real" or not (slope.lo >= 0 or slope.hi <= 0):
            continue
        side = box[name]
        at_lo = (slope.lo >= 0) == lowest
        end, end_open = (side.lo, side.lo_open) if at_lo else (side.hi, side.hi_open)
        if end is not None:
            ends[name] = end
            is_open |= end_open and bool(slope.lo > 0 or slope.hi < 0)
    return ends, is_open


def _mean_value(atom: Atom, gradient: Gradient, box: Box) -> Reading:
    """f(box) lies in f(c) + sum of f_i(box) (x_i - c_i): the mean value theorem."""
    bounded = all(side.is_bounded for side in box.values())
    if not bounded or any(slope.kind != "real" for slope in gradient.values()):
        return Reading(arithmetic().undecided())
    center = middle(box)
    at_center = {name: Interval(value, value) for name, value in center.items()}
    offsets = {name: shifted(side, -center[name]) for name, side in box.items()}
    total = cast(Ball, Evaluator(box_values(at_center))(atom.collected))
    for name, offset in box_values(offsets).items():
        total = total + cast(Ball, gradient[name]) * cast(Ball, offset)
    return Reading(total)
