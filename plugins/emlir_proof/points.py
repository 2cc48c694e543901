"""Points: where a claim is likely to fail, and what it is worth there."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import Literal

from emlir.plugin_api import Interval, Refuted, Sides, fold_closed
from emlir_arb import Evaluator, prepare, working_precision
from emlir_proof.bound import Gradient
from emlir_proof.boxes import Box, Point, contains_point, middle, simplest
from emlir_proof.form import at
from emlir_proof.goal import Goal
from emlir_proof.judge import Judgement, truth_of
from emlir_proof.reading import Reading

LOW, HIGH = (128,), (128, 512, 2048)
"""Working precisions in bits, for a glance at a point and for all that can be done."""
MAX_PROBES = 64


def judge_point(
    goal: Goal, point: Point, precisions: Sequence[int] = HIGH
) -> tuple[Judgement, int]:
    """Evaluate the claim at a point of its free symbols, with more bits until it is decided.

    Returns the judgement and the precision that gave it.
    """
    differences = [fold_closed(at(atom.difference, point), "real") for atom in goal.atoms]
    for bits in precisions:
        with working_precision(bits):
            readings = tuple(Reading(Evaluator({})(expr)) for expr in differences)
            judgement = Judgement(truth_of(goal, readings), readings, ({},) * len(readings))
        if judgement.is_settled or judgement.truth.kind == "undefined":
            break
    return judgement, bits


def refute(goal: Goal, point: Point, precisions: Sequence[int], work: int) -> Refuted | None:
    """Return the refutation if the claim certainly fails at a point of its box."""
    whole = {**goal.pins, **{name: point[name] for name in goal.free}}
    if not contains_point({name: goal.claim.box[name] for name in whole}, whole):
        return None
    judgement, bits = judge_point(goal, point, precisions)
    truth = judgement.truth
    if truth.kind != "undefined" and not (truth.kind == "truth" and truth.lo is False):
        return None
    reason: Literal["false", "undefined"] = "undefined" if truth.kind == "undefined" else "false"
    others = {name: _inside(side) for name, side in goal.claim.box.items() if name not in whole}
    with working_precision(bits):
        sides = tuple(
            _sides(goal, k, whole, reading) for k, reading in enumerate(judgement.readings)
        )
    at = {name: {**whole, **others}[name] for name in goal.claim.box}
    return Refuted(goal.claim, at, reason, sides, bits, work)


def _sides(goal: Goal, index: int, point: Mapping[str, Fraction], reading: Reading) -> Sides:
    relation = goal.atoms[index].relation
    left, right = (
        Reading(Evaluator({})(prepare(at(side, point), "real"))).bounds() for side in relation.args
    )
    return Sides(relation, left, right, reading.bounds())


def _inside(side: Interval) -> Fraction:
    """Return a point of an interval that the claim does not depend on."""
    return middle({"": side})[""]


def first_probes(box: Box) -> Iterator[Point]:
    """Yield corners, middles and simple points of a box, a limited number."""
    sides = [_candidates(side) for side in box.values()]
    for values in islice(product(*sides), MAX_PROBES):
        yield dict(zip(box, values, strict=True))


def _candidates(side: Interval) -> list[Fraction]:
    found = [middle({"": side})[""], side.lo, side.hi, simplest(side)]
    return list(dict.fromkeys(value for value in found if value is not None))


def probes(box: Box, judgement: Judgement, goal: Goal) -> Iterator[Point]:
    """Yield the middle, the simplest point, and the corners to which the gradients lead."""
    yield middle(box)
    yield {name: simplest(side) for name, side in box.items()}
    for atom, gradient in zip(goal.atoms, judgement.gradients, strict=True):
        if gradient:
            yield _downhill(box, gradient, atom.kind in ("gt", "ge"))


def _downhill(box: Box, gradient: Gradient, down: bool) -> Point:
    return {name: _toward(side, _rises(gradient[name]) != down) for name, side in box.items()}


def _rises(slope: Reading) -> bool:
    return slope.is_real and bool(slope.ball.lo + slope.ball.hi > 0)


def _toward(side: Interval, up: bool) -> Fraction:
    end = side.hi if up else side.lo
    return simplest(side) if end is None else end
