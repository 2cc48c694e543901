"""The fingerprint's spectrum: that of the diagonal token blocks at a corrected fixed point.

A causal block's J is block triangular in the tokens, so its spectrum is exactly the union of those
of its diagonal blocks, which cost one product a channel.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, at_work, directional
from emlir_equilibrium.gradients.adjoint import DENSE
from emlir_equilibrium.gradients.estimating import AT_REST
from emlir_equilibrium.gradients.krylov import gmres
from emlir_equilibrium.problem import EquilibriumProblem


@dataclass(frozen=True)
class Spectrum:
    """The largest |1 + epsilon mu| and Re mu over the batch, and the residual where taken."""

    rho: float
    re_mu: float
    residual: float


def spectrum_near(problem: EquilibriumProblem, z: Tensor, steps: int = 8) -> Spectrum | None:
    """Correct z by Newton's method, then take the spectrum; ``None`` where z stays off rest."""
    with at_work(problem):
        at = corrected(problem, z, steps)
        with torch.no_grad():
            residual = float(problem.residual_of(at).max())
        if not residual <= AT_REST:
            return None
        values = torch.linalg.eigvals(_blocks(problem, at))
    rho = float((1 + problem.epsilon * values).abs().max())
    return Spectrum(rho, float(values.real.max()), residual)


def corrected(problem: EquilibriumProblem, z: Tensor, steps: int = 8) -> Tensor:
    """Newton's method from z, at most ``steps`` steps."""
    at = z.detach()
    for _ in range(steps):
        with torch.no_grad():
            force = problem.force(at)
        if not bool(force.isfinite().all()) or float(force.norm() / at.norm()) <= 1e-12:
            break
        at = at - _solved(Linearised(problem, at), force)
    return at


def _solved(linear: Linearised, force: Tensor) -> Tensor:
    rows = force.reshape(linear.problem.batch, -1)
    if linear.problem.size <= DENSE:
        made: Tensor = torch.linalg.solve(linear.dense(), rows[..., None])
        return made.reshape(force.shape)
    solved = gmres(lambda v: linear.jvp(v.reshape(force.shape)).reshape(rows.shape), rows, 1e-8)
    return solved.reshape(force.shape)


def _blocks(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    """All diagonal token blocks, or J of each sample where there are none."""
    token_force = problem.token_force
    if token_force is None:
        return Linearised(problem, z).dense()
    width = z.shape[-1]

    def product(v: Tensor) -> Tensor:
        return directional(lambda s: token_force(s, z), z, v)

    basis = torch.eye(width, dtype=z.dtype, device=z.device)
    columns = [product(one.expand_as(z).contiguous()) for one in basis]
    return torch.stack(columns, dim=-1).detach()
