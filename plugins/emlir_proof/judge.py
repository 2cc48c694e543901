"""Judging a claim on one box: plain balls, then derivatives where those do not decide."""

from dataclasses import dataclass

from emlir_arb import Evaluator, Value, box_values
from emlir_proof.bound import Gradient, bound
from emlir_proof.boxes import Box
from emlir_proof.goal import Atom, Goal
from emlir_proof.reading import Reading

HIGHEST_ORDER = {1: 4, 2: 2}
"""Derivatives used, by the number of symbols: the work grows with their power."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The truth of a claim over a box, with what was found about each relation."""

    truth: Value
    readings: tuple[Reading, ...]
    gradients: tuple[Gradient, ...]

    @property
    def is_settled(self) -> bool:
        """Whether the claim is true on the whole box, or false on all of it."""
        return self.truth.kind == "truth" and self.truth.lo is not None

    @property
    def holds(self) -> bool:
        """Whether the claim is true, hence defined, on the whole box."""
        return self.is_settled and self.truth.lo is True


def judge(goal: Goal, box: Box) -> Judgement:
    """Evaluate the claim over a box of its free symbols, at the working precision."""
    evaluator = Evaluator(box_values(box))
    for order in range(HIGHEST_ORDER.get(len(box), 1) + 1):
        if not any(atom.form.has_order(order) for atom in goal.atoms):
            break
        bounds = [_difference(atom, box, evaluator, order) for atom in goal.atoms]
        readings, gradients = zip(*bounds, strict=True) if bounds else ((), ())
        judgement = Judgement(truth_of(goal, readings), readings, gradients)
        if judgement.is_settled:
            break
    return judgement


def truth_of(goal: Goal, readings: tuple[Reading, ...]) -> Value:
    """Return the truth of the claim, given what is known about each difference."""
    pairs = zip(goal.atoms, readings, strict=True)
    return goal.truth(reading.relation(atom.kind) for atom, reading in pairs)


def _difference(atom: Atom, box: Box, evaluator: Evaluator, order: int) -> tuple[Reading, Gradient]:
    """Bound a difference: as written, for its domain, and by its form."""
    written = Reading(evaluator(atom.difference))
    if not written.is_real:
        return written, {}
    reading, gradient = bound(atom.form, box, evaluator, order)
    return written.meet(reading), gradient
