"""The eigenvalue of the map that is largest in size, with both its vectors, for each sample.

Dense for small samples, otherwise Arnoldi for all samples at once, which starts again from what
it found and carries a Ritz residual. (Power iteration would give a wrong answer on a complex
pair.)
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, at_work
from emlir_equilibrium.draws import normal, seeded
from emlir_equilibrium.krylov import arnoldi
from emlir_equilibrium.solvers.linear import DENSE


@dataclass(frozen=True)
class Pairs:
    """By sample: mu of J with |1 + epsilon mu| largest, J x = mu x, y^H J = mu y^H.

    ``vectors`` have shape (batch, n). ``residual`` is epsilon times the larger of
    |J x - mu x| and |J^T y - conj(mu) y| for unit vectors; ``condition`` is 1/|y^H x|. To first
    order their product bounds the error of 1 + epsilon mu.
    """

    values: Tensor
    right: Tensor
    left: Tensor
    residual: Tensor
    condition: Tensor

    def sizes(self, epsilon: float) -> Tensor:
        """|1 + epsilon mu|, by sample."""
        return (1 + epsilon * self.values).abs()


def leading_pairs(
    linear: Linearised, start: Pairs | None = None, depth: int = 20, restarts: int = 3
) -> Pairs:
    """Find the pairs; ``start`` are those of an earlier call on a similar problem."""
    problem = linear.problem
    with at_work(problem):
        if problem.size <= DENSE:
            return _measured(linear, *_dense(linear.dense(), problem.epsilon))
        return _measured(linear, *_iterated(linear, start, min(depth, problem.size), restarts))


def apply_complex(product: Callable[[Tensor], Tensor], v: Tensor) -> Tensor:
    """A real linear map on the parts of a complex vector."""
    return torch.complex(product(v.real), product(v.imag))


def _dense(matrix: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """All eigenvalues, then inverse iteration for the vectors of one."""
    values = torch.linalg.eigvals(matrix)
    best = (1 + epsilon * values).abs().argmax(dim=1, keepdim=True)
    chosen = values.gather(1, best)[:, 0]
    return chosen, _inverse(matrix, chosen), _inverse(matrix.mT, chosen.conj())


def _inverse(matrix: Tensor, values: Tensor) -> Tensor:
    """Inverse iteration with a shift close beside each eigenvalue, off both axes.

    Where the factors are singular all the same, the vector is not finite, and not trusted.
    """
    n = matrix.shape[-1]
    eps = 64 * torch.finfo(matrix.dtype).eps
    scale = (eps * matrix.norm(dim=(1, 2))).clamp_min(eps) * (0.6 + 0.7j)
    eye = torch.eye(n, dtype=values.dtype, device=values.device)
    shift = (values + scale)[:, None, None] * eye
    start = normal((n, 1), seeded(0), values)
    vectors = start.expand(len(values), n, 1)
    factors, pivots, _ = torch.linalg.lu_factor_ex(matrix - shift)
    for _ in range(3):
        vectors = torch.linalg.lu_solve(factors, pivots, vectors)
        vectors = vectors / vectors.norm(dim=1, keepdim=True)
    return vectors[..., 0]


def _chosen(matrix: Tensor, merit: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
    """The eigenvalue of the highest merit of each matrix, and its vector."""
    values, vectors = torch.linalg.eig(matrix)
    best = merit(values).argmax(dim=1)
    rows = torch.arange(len(best), device=best.device)
    return values[rows, best], vectors[rows, :, best]


def _iterated(
    linear: Linearised, start: Pairs | None, depth: int, restarts: int
) -> tuple[Tensor, Tensor, Tensor]:
    batch, n = linear.problem.batch, linear.problem.size
    epsilon = linear.problem.epsilon
    first = _first(linear, None if start is None else start.right)

    def flat(product: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda v: product(v.reshape(linear.z.shape)).reshape(batch, n)

    values, right = _ritz(
        flat(linear.jvp), first, depth, restarts, lambda mu: (1 + epsilon * mu).abs()
    )
    again = _first(linear, None if start is None else start.left)
    aim = values.conj()
    _, left = _ritz(flat(linear.vjp), again, depth, restarts, lambda mu: -(mu - aim[:, None]).abs())
    return values, right, left


def _first(linear: Linearised, known: Tensor | None) -> Tensor:
    """A start: the parts of a known vector, or the same random one each time."""
    if known is not None:
        return known.real + known.imag
    return normal((linear.problem.batch, linear.problem.size), seeded(0), linear.z)


def _ritz(
    product: Callable[[Tensor], Tensor],
    start: Tensor,
    depth: int,
    restarts: int,
    merit: Callable[[Tensor], Tensor],
) -> tuple[Tensor, Tensor]:
    for _ in range(restarts):
        basis, matrix = arnoldi(product, start, depth)
        values, weights = _chosen(matrix[:, :depth], merit)
        vectors = torch.einsum("bkn,bk->bn", basis[:, :depth].to(weights.dtype), weights)
        start = vectors.real + vectors.imag
    return values, vectors


def _measured(linear: Linearised, values: Tensor, right: Tensor, left: Tensor) -> Pairs:
    """Unit vectors, residuals and condition numbers."""
    right = right / right.norm(dim=1, keepdim=True)
    left = left / left.norm(dim=1, keepdim=True)
    shape = linear.z.shape
    image = apply_complex(linear.jvp, right.reshape(shape)).reshape(right.shape)
    coimage = apply_complex(linear.vjp, left.reshape(shape)).reshape(left.shape)
    rest = torch.maximum(
        (image - values[:, None] * right).norm(dim=1),
        (coimage - values.conj()[:, None] * left).norm(dim=1),
    )
    overlap = (left.conj() * right).sum(dim=1).abs()
    tiny = torch.finfo(rest.dtype).tiny
    return Pairs(
        values,
        right,
        left,
        linear.problem.epsilon * rest,
        1 / overlap.clamp_min(tiny),
    )
