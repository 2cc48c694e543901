"""The free phase: z <- z + epsilon F(z)."""

import torch
from torch import Tensor

from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.threads import few_threads


def relax(
    problem: EquilibriumProblem, z: Tensor | None = None, steps: int = 1000, tol: float = 0.0
) -> tuple[Tensor, int]:
    """Take ``steps`` steps from z, by default from ``z0``; return the state and the steps taken.

    Stops where each sample's residual is at most ``tol`` or a component is not finite; looks
    every tenth step.
    """
    now = (problem.z0 if z is None else z).detach()
    with torch.no_grad(), few_threads(problem):
        for taken in range(steps):
            if taken % 10 == 0 and _over(problem, now, tol):
                return now, taken
            now = problem.step(now)
    return now, steps


def _over(problem: EquilibriumProblem, z: Tensor, tol: float) -> bool:
    return not bool(z.isfinite().all()) or bool((problem.residual_of(z) <= tol).all())
