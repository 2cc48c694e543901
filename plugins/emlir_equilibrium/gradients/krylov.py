"""GMRES for all samples at once: a product holds one product of each sample's own block.

Saad and Schultz, SIAM J. Sci. Stat. Comput. 7 (1986), with restarts; the basis is made
orthogonal twice, which keeps it so to rounding.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]


def arnoldi(product: Product, start: Tensor, depth: int) -> tuple[Tensor, Tensor]:
    """Return the basis V (batch, depth + 1, n) and the matrix H (batch, depth + 1, depth).

    A V[:depth] = V H for each sample. ``start`` has shape (batch, n); where the space ends early
    the rest of V is 0.
    """
    batch, n = start.shape
    basis = start.new_zeros(batch, depth + 1, n)
    matrix = start.new_zeros(batch, depth + 1, depth)
    basis[:, 0] = _unit(start, start.norm(dim=1))
    for column in range(depth):
        made = product(basis[:, column])
        length = made.norm(dim=1)
        known = basis[:, : column + 1]
        for _ in range(2):
            part = torch.einsum("bkn,bn->bk", known, made)
            made = made - torch.einsum("bk,bkn->bn", part, known)
            matrix[:, : column + 1, column] += part
        rest = made.norm(dim=1)
        rest = torch.where(rest > 4 * torch.finfo(rest.dtype).eps * length, rest, 0 * rest)
        matrix[:, column + 1, column] = rest
        basis[:, column + 1] = _unit(made, rest)
    return basis, matrix


def gmres(
    product: Product, right: Tensor, tol: float = 1e-12, depth: int = 40, restarts: int = 25
) -> Tensor:
    """Solve A x = ``right`` for each sample, shape (batch, n).

    Stops where |A x - right| <= ``tol`` |right| for all samples, or after ``restarts`` cycles of
    ``depth`` products; whoever calls looks at the residual.
    """
    depth = min(depth, right.shape[1])
    found = torch.zeros_like(right)
    rest, goal = right, tol * right.norm(dim=1)
    for _ in range(restarts):
        length = rest.norm(dim=1)
        if bool((length <= goal).all()) or not bool(length.isfinite().all()):
            break
        basis, matrix = arnoldi(product, rest, depth)
        target = torch.zeros_like(matrix[:, :, 0])
        target[:, 0] = length
        weights = torch.linalg.pinv(matrix) @ target[:, :, None]
        found = found + torch.einsum("bk,bkn->bn", weights[..., 0], basis[:, :depth])
        rest = right - product(found)
    return found


def _unit(vector: Tensor, length: Tensor) -> Tensor:
    """The vectors over their lengths; 0 where the length is 0."""
    safe = torch.where(length > 0, length, torch.ones_like(length))
    return torch.where(length[:, None] > 0, vector / safe[:, None], 0 * vector)
