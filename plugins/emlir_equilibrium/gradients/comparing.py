"""How two gradients agree: cosine, ratio of norms, and 1 - cos without cancellation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_equilibrium.gradients.estimating import GradientEstimate
from emlir_equilibrium.problem import EquilibriumProblem

WHOLE = "all"
"""The name of the group of all parameters."""


@dataclass(frozen=True)
class Agreement:
    """Two gradients on one group of parameters.

    ``ratio`` is k = |estimate|/|reference|; ``gap`` is 1 - cos, exact also where it is 1e-16.
    """

    method: str
    group: str
    cosine: float
    ratio: float
    gap: float


def compare(
    problem: EquilibriumProblem, first: GradientEstimate, reference: GradientEstimate
) -> list[Agreement]:
    """Compare two estimates on all parameters and by group, leaving out groups that have none.

    Raises ``ValueError`` for estimates of different points: cosines mean something only for
    the gradient of one loss on one batch at one state.
    """
    if first.point != reference.point:
        raise ValueError("the two gradients belong to different states or losses")
    return agreements(problem, label(first), first.gradients, reference.gradients)


def agreements(
    problem: EquilibriumProblem,
    method: str,
    first: Mapping[str, Tensor],
    reference: Mapping[str, Tensor],
) -> list[Agreement]:
    """Compare gradients on all parameters and by group."""
    groups = {WHOLE: tuple(problem.parameters)} | {
        group: tuple(names) for group, names in problem.parameter_groups().items()
    }
    found = []
    for group, names in groups.items():
        made = agreement(method, group, flat(first, names), flat(reference, names))
        if made is not None:
            found.append(made)
    return found


def agreement(method: str, group: str, first: Tensor, reference: Tensor) -> Agreement | None:
    """Compare two vectors; ``None`` where both are 0.

    Where only one is 0 the cosine counts as 0, and where one is not finite nothing is known and
    the gap is infinite: a missing gradient is no agreement.
    """
    one, other = float(first.norm()), float(reference.norm())
    if one == other == 0:
        return None
    if not (one < math.inf and other < math.inf):
        return Agreement(method, group, math.nan, math.nan, math.inf)
    if one == 0 or other == 0:
        return Agreement(method, group, 0.0, one / other if other else math.inf, 1.0)
    gap = 0.5 * float((first / one - reference / other).square().sum())
    return Agreement(method, group, 1 - gap, one / other, gap)


def cosine(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> float | None:
    """Return the cosine of all parameters' gradients; ``None`` where one is 0 or not finite."""
    names = tuple(first)
    found = agreement("", WHOLE, flat(first, names), flat(second, names))
    return found.cosine if found is not None and 0 < found.ratio < math.inf else None


def flat(gradients: Mapping[str, Tensor], names: tuple[str, ...]) -> Tensor:
    """Return the gradients of some parameters as one vector."""
    return torch.cat([gradients[name].reshape(-1) for name in names])


def label(one: GradientEstimate) -> str:
    """The method, with the horizon of an unroll."""
    unrolled = one.estimator in ("bptt", "phantom")
    return f"{one.estimator}@{one.horizon}" if unrolled else one.estimator
