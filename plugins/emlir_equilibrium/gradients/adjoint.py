"""From a state's adjoint to gradients of the parameters, and the exact adjoint.

With J = dF/dz at a fixed point and g = dL/dz, the adjoint a solves J^T a = -g, and

    dL/dp = (dL/dp at fixed z) + <a, dF/dp>.
"""

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, at_work
from emlir_equilibrium.krylov import gmres
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.solvers.linear import DENSE

Gradients = dict[str, Tensor]


def loss_of(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    """Return the loss of a problem; raises ``ValueError`` if it has none."""
    if problem.loss is None:
        raise ValueError("the problem has no loss; give it one: loss(z) is a scalar tensor")
    found = problem.loss(z)
    if found.numel() != 1:
        raise ValueError(f"the loss is a scalar, not of shape {tuple(found.shape)}")
    return found


def loss_gradient(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    """Return dL/dz, on complex states the complex derivative of an analytic loss."""
    with torch.enable_grad():
        state = z.detach().requires_grad_()
        loss = loss_of(problem, state)
        if not loss.requires_grad:
            return torch.zeros_like(z)
        total = loss.real if loss.is_complex() else loss
        (found,) = torch.autograd.grad(total, state, allow_unused=True)
    if found is None:
        return torch.zeros_like(z)
    return found.conj() if found.is_complex() else found


def parameter_gradients(problem: EquilibriumProblem, z: Tensor, adjoint: Tensor) -> Gradients:
    """Return the derivative of L + <a, F> by each parameter at fixed z; zeros where it has none."""
    with torch.enable_grad():
        total = loss_of(problem, z.detach()) + (adjoint.detach() * problem.force(z.detach())).sum()
        return gradients_of(total, problem)


def gradients_of(total: Tensor, problem: EquilibriumProblem) -> Gradients:
    """Return the derivative of a scalar by each parameter; zeros for those that are frozen."""
    made = {name: torch.zeros_like(leaf) for name, leaf in problem.parameters.items()}
    free = {name: leaf for name, leaf in problem.parameters.items() if leaf.requires_grad}
    if not total.requires_grad or not free:
        return made
    found = torch.autograd.grad(total, list(free.values()), allow_unused=True)
    known = {name: one.detach() for name, one in zip(free, found, strict=True) if one is not None}
    return made | known


def solve_transposed(linear: Linearised, right: Tensor, tol: float = 1e-13) -> Tensor:
    """Solve J^T a = ``right`` sample by sample: directly if small, by GMRES otherwise."""
    problem = linear.problem
    rows = right.reshape(problem.batch, -1)
    with at_work(problem):
        if problem.size <= DENSE:
            solved: Tensor = torch.linalg.solve(linear.dense().mT, rows[..., None])[..., 0]
        else:
            solved = gmres(
                lambda v: linear.vjp(v.reshape(right.shape)).reshape(rows.shape), rows, tol
            )
    return solved.reshape(right.shape)


def adjoint_residual(linear: Linearised, adjoint: Tensor, gradient: Tensor) -> float:
    """|J^T a + g|/|g|; 0 for g = a = 0."""
    with at_work(linear.problem):
        rest = float((linear.vjp(adjoint) + gradient).norm())
    scale = float(gradient.norm())
    return rest / scale if scale > 0 else rest
