"""Linear systems with the Jacobian, all samples in step: dense where small, else GMRES."""

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.guards import by_sample
from emlir_equilibrium.krylov import gmres

DENSE = 256
"""Components of a sample up to which the Jacobian is made and factored."""


def newton_direction(
    linear: Linearised, force: Tensor, tol: float = 1e-10, cycles: int = 6
) -> Tensor:
    """Return d with J d = -F, one row a sample; not finite where J is singular.

    ``tol`` and ``cycles`` are those of :func:`~emlir_equilibrium.krylov.gmres`, for large
    samples.
    """
    if linear.problem.size <= DENSE:
        found: Tensor = torch.linalg.solve_ex(linear.dense(), -force[..., None])[0]
        return found[..., 0]

    def product(rows: Tensor) -> Tensor:
        return by_sample(linear.problem, linear.jvp(rows.reshape(linear.z.shape)))

    return gmres(product, -force, tol, cycles=cycles)
