"""Penalties on a relaxed state: scalars that are differentiable by the parameters.

- ``resreg``: |F(z)|^2/|z|^2, the mean over samples
- ``jacreg``: |J_nc|_F^2/n by Hutchinson's estimate, J_nc = J + leak (arXiv 2106.14342)
- ``eigreg``: relu(rho - margin)^2, rho = |1 + epsilon mu| largest, by left and right vectors

All are taken at a given z. Their gradients hold the shift of the fixed point with the parameters
only if z is :func:`~emlir_equilibrium.attached.attached`. At a bare z the gradient of ``eigreg``
is not that of the margin of the trained system, which can differ several times over.

Products with J are those of its transpose by double backward, <J^T y, x>: the forward derivative
of some layers of torch (LayerNorm, BatchNorm) is right, but not what autograd makes of it
(pytorch issues 196699 and 196700).
"""

import warnings
from collections.abc import Callable

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, plain_kernels
from emlir_equilibrium.draws import seeded, signs
from emlir_equilibrium.eigenpairs import Pairs, leading_pairs
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.structure import check_samples

MARGIN = 0.995
"""ept's published margin of rho."""

TRUSTED = 1e-4
"""The bound on the error of rho up to which an eigenpair counts."""


class UntrustedWarning(UserWarning):
    """A penalty lacks samples whose eigenpairs are not accurate enough."""


def resreg(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    """|F(z)|^2/|z|^2, the mean over samples."""
    force = problem.force(z).reshape(problem.batch, -1)
    size = z.reshape(problem.batch, -1).square().sum(1)
    return (force.square().sum(1) / size.clamp_min(torch.finfo(size.dtype).tiny)).mean()


def jacreg(
    problem: EquilibriumProblem, z: Tensor, *, leak: float = 0.0, probes: int = 1, seed: int = 0
) -> Tensor:
    """Estimate |J + leak|_F^2/n, the mean over samples, from ``probes`` random signs.

    ``leak`` takes off the linear part of a force: with -(1 + c) z in it, J_nc = J + (1 + c).
    """
    if probes < 1:
        raise ValueError("at least one probe")
    generator = seeded(seed)
    total = torch.zeros((), dtype=z.dtype, device=z.device)
    transposed = _transposed(problem, z)
    for _ in range(probes):
        v = signs(z.shape, generator, z)
        total = total + (transposed(v) + leak * v).square().mean()
    return total / probes


def eigreg(
    problem: EquilibriumProblem,
    z: Tensor,
    *,
    margin: float = MARGIN,
    pairs: Pairs | None = None,
) -> Tensor:
    """relu(rho - margin)^2, the mean over samples; without gradient where none exceeds it.

    The derivative of a simple eigenvalue is d mu = y^H dJ x/(y^H x). (The Rayleigh quotient
    of the right vector alone is wrong where J is not normal.) A sample counts only if its pair's
    residual times its condition number, a bound on rho's error, is at most 1e-4; of others that
    seem to exceed the margin an :class:`UntrustedWarning` tells. ``pairs`` are known ones at z.
    """
    if pairs is None:
        linear = Linearised(problem, z)
        check_samples(linear)
        pairs = leading_pairs(linear)
    over = torch.relu(largest_sizes(problem, z, pairs) - margin)
    known = trusted(pairs)
    missing = int((~known & ~(over <= 0)).sum())
    if missing:
        text = f"eigreg leaves out {missing} of {len(known)} samples: no accurate eigenpair"
        warnings.warn(text, UntrustedWarning, stacklevel=2)
    return torch.where(known, over, 0 * over).square().mean()


def trusted(pairs: Pairs) -> Tensor:
    """Which samples' pairs are accurate enough."""
    return pairs.residual * pairs.condition <= TRUSTED


def largest_sizes(problem: EquilibriumProblem, z: Tensor, pairs: Pairs) -> Tensor:
    """|1 + epsilon mu| of each sample, differentiable through the left-right formula."""
    changed = eigenvalues(problem, z, pairs)
    return (1 + problem.epsilon * changed).abs()


def eigenvalues(problem: EquilibriumProblem, z: Tensor, pairs: Pairs) -> Tensor:
    """mu of each sample, differentiable: y^H J x/(y^H x), whose vectors stay fixed."""
    transposed = _transposed(problem, z)
    left = pairs.left.conj()
    parts = [transposed(part.reshape(z.shape).contiguous()) for part in (left.real, left.imag)]
    image = torch.complex(*parts).reshape(left.shape)
    return (image * pairs.right).sum(1) / (left * pairs.right).sum(1)


def _transposed(problem: EquilibriumProblem, z: Tensor) -> Callable[[Tensor], Tensor]:
    """v -> J^T v, with its graph."""
    state = z if z.requires_grad else z.detach().requires_grad_()
    with torch.enable_grad(), plain_kernels():
        force = problem.force(state)

    def product(v: Tensor) -> Tensor:
        (found,) = torch.autograd.grad(force, state, v, create_graph=True)
        return found

    return product
