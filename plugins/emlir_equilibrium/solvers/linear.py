"""Linear systems with the Jacobian, all samples in step: dense where small, else GMRES."""

from collections.abc import Callable

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.guards import by_sample

DENSE = 256
"""Components of a sample up to which the Jacobian is made and factored."""


def newton_direction(
    linear: Linearised, force: Tensor, tol: float = 1e-10, cycles: int = 6
) -> Tensor:
    """Return d with J d = -F, one row a sample; not finite where J is singular.

    ``tol`` and ``cycles`` are those of :func:`gmres`, for large samples.
    """
    if linear.problem.size <= DENSE:
        found: Tensor = torch.linalg.solve_ex(linear.dense(), -force[..., None])[0]
        return found[..., 0]

    def product(rows: Tensor) -> Tensor:
        return by_sample(linear.problem, linear.jvp(rows.reshape(linear.z.shape)))

    return gmres(product, -force, tol, cycles=cycles)


def gmres(
    product: Callable[[Tensor], Tensor],
    right: Tensor,
    tol: float = 1e-10,
    basis: int = 60,
    cycles: int = 6,
) -> Tensor:
    """Solve ``product(x) = right`` for each row by restarted GMRES.

    Source: Saad and Schultz, SIAM J. Sci. Stat. Comput. 7 (1986).
    """
    x = torch.zeros_like(right)
    goal = tol * right.norm(dim=1)
    for _ in range(cycles):
        rest = right - product(x)
        if bool((rest.norm(dim=1) <= goal).all()):
            break
        x = x + _cycle(product, rest, goal, min(basis, right.shape[1]))
    return x


def _cycle(product: Callable[[Tensor], Tensor], rest: Tensor, goal: Tensor, basis: int) -> Tensor:
    batch, tiny = len(rest), torch.finfo(rest.dtype).tiny
    start = rest.norm(dim=1)
    vectors = [rest / start.clamp_min(tiny)[:, None]]
    table = rest.new_zeros(batch, basis + 1, basis)
    for j in range(basis):
        w = product(vectors[j])
        stack = torch.stack(vectors, dim=1)
        for _ in range(2):  # once more, or the basis drifts
            part = torch.einsum("bin,bn->bi", stack, w)
            w = w - torch.einsum("bin,bi->bn", stack, part)
            table[:, : j + 1, j] += part
        table[:, j + 1, j] = w.norm(dim=1)
        vectors.append(w / table[:, j + 1, j].clamp_min(tiny)[:, None])
        if j + 1 == basis or (j % 5 == 4):
            weights, left = _least(table[:, : j + 2, : j + 1], start)
            if bool((left <= goal).all()):
                break
    return torch.einsum("bin,bi->bn", torch.stack(vectors[: j + 1], dim=1), weights)


def _least(table: Tensor, start: Tensor) -> tuple[Tensor, Tensor]:
    """The weights with the least residual, and that residual."""
    right = table.new_zeros(table.shape[:2])
    right[:, 0] = start
    weights: Tensor = (torch.linalg.pinv(table) @ right[..., None])[..., 0]
    left: Tensor = (torch.einsum("bij,bj->bi", table, weights) - right).norm(dim=1)
    return weights, left
