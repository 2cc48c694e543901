"""Arnoldi's basis and GMRES for all samples at once: a product holds that of each sample's block.

Saad and Schultz, SIAM J. Sci. Stat. Comput. 7 (1986), with restarts; the basis is made
orthogonal twice, which keeps it so to rounding.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]
LOOK = 5
"""Columns between two looks at the residual."""


class Basis:
    """V (batch, depth + 1, n) and H (batch, depth + 1, depth) with A V[:k] = V H for each sample.

    Where the space of a sample ends early, the rest of its V is 0.
    """

    def __init__(self, product: Product, start: Tensor, depth: int) -> None:
        batch, n = start.shape
        self._product = product
        self.vectors = start.new_zeros(batch, depth + 1, n)
        self.matrix = start.new_zeros(batch, depth + 1, depth)
        self.vectors[:, 0] = _unit(start, start.norm(dim=1))
        self.size = 0

    def grow(self) -> None:
        """Take one more product."""
        column = self.size
        made = self._product(self.vectors[:, column])
        length = made.norm(dim=1)
        known = self.vectors[:, : column + 1]
        for _ in range(2):
            part = torch.einsum("bkn,bn->bk", known, made)
            made = made - torch.einsum("bk,bkn->bn", part, known)
            self.matrix[:, : column + 1, column] += part
        rest = made.norm(dim=1)
        rest = torch.where(rest > 4 * torch.finfo(rest.dtype).eps * length, rest, 0 * rest)
        self.matrix[:, column + 1, column] = rest
        self.vectors[:, column + 1] = _unit(made, rest)
        self.size += 1


def arnoldi(product: Product, start: Tensor, depth: int) -> tuple[Tensor, Tensor]:
    """Return a :class:`Basis`'s V and H after ``depth`` products; ``start`` is (batch, n)."""
    basis = Basis(product, start, depth)
    for _ in range(depth):
        basis.grow()
    return basis.vectors, basis.matrix


def gmres(
    product: Product, right: Tensor, tol: float = 1e-12, depth: int = 60, cycles: int = 25
) -> Tensor:
    """Solve A x = ``right`` for each sample, shape (batch, n).

    Stops where |A x - right| <= ``tol`` |right| for all samples, or after ``cycles`` of up to
    ``depth`` products; whoever calls looks at the residual.
    """
    found = torch.zeros_like(right)
    rest, goal = right, tol * right.norm(dim=1)
    for _ in range(cycles):
        length = rest.norm(dim=1)
        if bool((length <= goal).all()) or not bool(length.isfinite().all()):
            break
        found = found + _cycle(product, rest, goal, min(depth, right.shape[1]))
        rest = right - product(found)
    return found


def _cycle(product: Product, right: Tensor, goal: Tensor, depth: int) -> Tensor:
    """Return the best of a space of up to ``depth`` dimensions."""
    basis = Basis(product, right, depth)
    while True:
        basis.grow()
        k = basis.size
        if k < depth and k % LOOK:
            continue
        weights, left = _least(basis.matrix[:, : k + 1, :k], right.norm(dim=1))
        if k == depth or bool((left <= goal).all()):
            return torch.einsum("bk,bkn->bn", weights, basis.vectors[:, :k])


def _least(matrix: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """The weights with the least residual, and that residual."""
    right = torch.zeros_like(matrix[:, :, 0])
    right[:, 0] = length
    weights: Tensor = (torch.linalg.pinv(matrix) @ right[..., None])[..., 0]
    left: Tensor = (torch.einsum("bij,bj->bi", matrix, weights) - right).norm(dim=1)
    return weights, left


def _unit(vector: Tensor, length: Tensor) -> Tensor:
    """The vectors over their lengths; 0 where the length is 0."""
    safe = torch.where(length > 0, length, torch.ones_like(length))
    return torch.where(length[:, None] > 0, vector / safe[:, None], 0 * vector)
