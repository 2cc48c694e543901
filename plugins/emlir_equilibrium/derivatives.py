"""Products with the Jacobian of a force, and the Jacobian itself, sample by sample.

Everything is exact differentiation; finite differences are never used.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from emlir_equilibrium.problem import EquilibriumProblem, Force
from emlir_equilibrium.threads import few_threads

MOST_DENSE = 1024
"""Components of a sample up to which the Jacobian is made."""

with warnings.catch_warnings():
    # torch loads its forward rules at the first product, and warns of its own compiler then.
    warnings.simplefilter("ignore", DeprecationWarning)
    torch.func.jvp(torch.sin, (torch.zeros(1),), (torch.ones(1),))


@contextmanager
def plain_kernels() -> Iterator[None]:
    """Compute attention by kernels that have forward and second derivatives; the fused have none.

    They differ by rounding only.
    """
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def directional(function: Force, z: Tensor, v: Tensor) -> Tensor:
    """The derivative of a function at z in a direction, by forward mode."""
    with plain_kernels():
        found: Tensor = torch.func.jvp(function, (z,), (v,))[1]
    return found


class Linearised:
    """The Jacobian J = dF/dz at a state, by its products; counts them.

    A vector has the shape of the state. Samples do not mix: a product holds that of each
    sample's own block.
    """

    def __init__(self, problem: EquilibriumProblem, z: Tensor) -> None:
        self.problem = problem
        self.z = z.detach()
        self.jvps = 0
        self.vjps = 0

    def jvp(self, v: Tensor) -> Tensor:
        """J v."""
        self.jvps += 1
        return directional(self.problem.force, self.z, v).detach()

    def vjp(self, v: Tensor) -> Tensor:
        """The transpose of J times v."""
        self.vjps += 1
        with plain_kernels():
            found: Tensor = torch.func.vjp(self.problem.force, self.z)[1](v)[0]
        return found.detach()

    def is_finite(self) -> bool:
        """Whether J of the sum of all directions is finite."""
        return bool(torch.isfinite(self.jvp(torch.ones_like(self.z))).all())

    def dense(self, chunk: int = 64) -> Tensor:
        """Return J of each sample, shape (batch, n, n), from n products at once for all samples.

        Raises ``ValueError`` for samples of more than :data:`MOST_DENSE` components.
        """
        n, batch = self.problem.size, self.problem.batch
        if n > MOST_DENSE:
            raise ValueError(f"a Jacobian of {n:,} by {n:,} is too large to be made")
        columns = []
        eye = torch.eye(n, dtype=self.z.dtype, device=self.z.device)
        for start in range(0, n, chunk):
            basis = eye[start : start + chunk]
            vectors = basis[:, None, :].expand(-1, batch, -1).reshape(len(basis), *self.z.shape)
            columns.append(self._products(vectors).reshape(len(basis), batch, n))
        self.jvps += n
        return torch.cat(columns).permute(1, 2, 0).contiguous()

    def _products(self, vectors: Tensor) -> Tensor:
        def product(v: Tensor) -> Tensor:
            return directional(self.problem.force, self.z, v)

        made: Tensor = torch.func.vmap(product)(vectors)
        return made.detach()


def along(function: Force, direction: Tensor) -> Force:
    """The derivative of a function in a direction; nested, of any order."""

    return lambda z: directional(function, z, direction)


def by_reverse(function: Force, z: Tensor, weights: Tensor, directions: Sequence[Tensor]) -> float:
    """Return <weights, the derivative of a function in some directions>, by reverse mode alone.

    What :func:`along` gives by forward mode, another way: torch (2.13 at least) differentiates
    LayerNorm and BatchNorm wrongly in forward mode over forward mode (pytorch issue 196700).
    """
    place = z.detach().requires_grad_()
    with plain_kernels():
        total = (weights * function(place)).sum()
    for direction in directions:
        if not total.requires_grad:
            return 0.0
        (slope,) = torch.autograd.grad(total, place, create_graph=True, allow_unused=True)
        if slope is None:
            return 0.0
        total = (slope * direction).sum()
    return float(total.detach())


@contextmanager
def at_work(problem: EquilibriumProblem) -> Iterator[None]:
    """Let no graph of the parameters grow inside, and no threads of torch wait for each other."""
    kept = {name: value.requires_grad for name, value in problem.parameters.items()}
    for value in problem.parameters.values():
        value.requires_grad_(False)
    try:
        with few_threads(problem):
            yield
    finally:
        for name, value in problem.parameters.items():
            value.requires_grad_(kept[name])
