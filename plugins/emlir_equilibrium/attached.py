"""A fixed point as a differentiable function of the parameters.

F(z(p), p) = 0 gives dz = -J^-1 dF. A derivative through :func:`attached` holds the shift of the
fixed point; one at the bare state does not.
"""

from typing import Any

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.gradients.adjoint import solve_transposed
from emlir_equilibrium.problem import EquilibriumProblem


def attached(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    """Return the fixed point z such that derivatives by the parameters hold its shift."""
    found: Tensor = _Attached.apply(problem.force(z.detach()), z.detach(), problem)  # type: ignore[no-untyped-call]
    return found


class _Attached(torch.autograd.Function):
    """Forward z, whatever F is there; backward -J^-T times what comes."""

    @staticmethod
    def forward(ctx: Any, force: Tensor, z: Tensor, problem: EquilibriumProblem) -> Tensor:
        ctx.problem = problem
        ctx.z = z
        return z.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        solved = solve_transposed(Linearised(ctx.problem, ctx.z), grads[0])
        return -solved, None, None
