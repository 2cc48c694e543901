"""Replaying a verdict: every box is evaluated again, and the cover is checked exactly."""

from emlir.plugin_api import Bounds, Cell, Enclosed
from emlir_arb import working_precision
from emlir_proof.boxes import is_covered
from emlir_proof.goal import Goal
from emlir_proof.judge import Judgement, judge
from emlir_proof.points import judge_point
from emlir_proof.prover import PRECISION


def recheck(enclosed: Enclosed) -> None:
    """Evaluate every box of a verdict again and check that the boxes cover the claim's box.

    Raises ``ValueError`` with the first thing that is wrong.
    """
    goal = Goal(enclosed.claim)
    if not is_covered(enclosed.claim.box, [cell.box for cell in enclosed.boxes]):
        raise ValueError("the boxes do not cover the box of the claim")
    for number, cell in enumerate(enclosed.boxes):
        judgement = _judge_again(goal, cell)
        if not judgement.holds:
            raise ValueError(f"box {number} does not decide the claim")
        found = [reading.bounds() for reading in judgement.readings]
        recorded = list(cell.differences)
        if len(found) != len(recorded) or not all(map(_is_inside, found, recorded)):
            raise ValueError(f"box {number} has other bounds than those recorded")


def _judge_again(goal: Goal, cell: Cell) -> Judgement:
    if not goal.free:
        return judge_point(goal, {})[0]
    with working_precision(PRECISION):
        return judge(goal, {name: cell.box[name] for name in goal.free})


def _is_inside(found: Bounds | None, recorded: Bounds) -> bool:
    if found is None:
        return recorded == (float("-inf"), float("inf"))
    return recorded[0] <= found[0] and found[1] <= recorded[1]
