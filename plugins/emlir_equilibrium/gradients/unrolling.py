"""Back-propagation through steps of the relaxation."""

import torch
from torch import Tensor

from emlir_equilibrium.gradients.adjoint import Gradients, gradients_of, loss_of
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.threads import few_threads


def unrolled(problem: EquilibriumProblem, start: Tensor, steps: int) -> tuple[Gradients, Tensor]:
    """Return the gradients of the loss after ``steps`` steps from a constant start, and the end.

    From ``z0`` this is BPTT; from a fixed point with few steps the phantom gradient
    (arXiv 2111.05177).
    """
    with torch.enable_grad(), few_threads(problem):
        state = start.detach()
        for _ in range(steps):
            state = problem.step(state)
        return gradients_of(loss_of(problem, state), problem), state.detach()
