"""Small equilibrium problems with known gradients, for the tests of gradients and penalties."""

import torch

from emlir_equilibrium.block import BlockConfig, EPBlock
from emlir_equilibrium.problem import EquilibriumProblem


def matrix(n, seed, asymmetry=1.0):
    """A stable matrix: -2 + a random one of norm about 1, its skew part scaled."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(n, n, generator=generator, dtype=torch.float64) / n**0.5
    symmetric, skew = (drawn + drawn.T) / 2, (drawn - drawn.T) / 2
    return -2 * torch.eye(n, dtype=torch.float64) + 0.5 * symmetric + asymmetry * skew


def linear(n=5, batch=3, asymmetry=1.0, seed=0):
    """F(z) = A z + b, L = |z - t|^2/(2 batch): the gradients are known in closed form."""
    generator = torch.Generator().manual_seed(seed + 1)
    a = matrix(n, seed, asymmetry).requires_grad_()
    b = torch.randn(n, generator=generator, dtype=torch.float64).requires_grad_()
    aim = torch.randn(batch, n, generator=generator, dtype=torch.float64)
    start = torch.randn(batch, n, generator=generator, dtype=torch.float64)
    return EquilibriumProblem(
        lambda z: z @ a.T.to(z.dtype) + b,
        start,
        epsilon=0.2,
        parameters={"a": a, "b": b},
        loss=lambda z: ((z - aim) ** 2).sum() / (2 * batch),
        holomorphic=True,
    ), aim


def rest(problem):
    """The fixed point of a linear problem."""
    a, b = problem.parameters["a"].detach(), problem.parameters["b"].detach()
    return -torch.linalg.solve(a, b).expand(problem.batch, -1).contiguous()


def closed_form(problem, aim):
    """The gradients of a linear problem's loss."""
    a, z = problem.parameters["a"].detach(), rest(problem)
    adjoint = -torch.linalg.solve(a.T, ((z - aim) / problem.batch).T).T
    return {"a": adjoint.T @ z, "b": adjoint.sum(0)}


def block(scale=1.0, seed=0, **options):
    """ept's block in toy size, and a batch."""
    made = EPBlock(BlockConfig(27, epsilon=0.2, branch_scale=scale, **options), seed)
    generator = torch.Generator().manual_seed(1)
    indices = torch.randint(0, 27, (4, 8), generator=generator)
    targets = torch.randint(0, 27, (4, 8), generator=generator)
    return made, indices, targets


def directional(function, parameter, direction, step=1e-6):
    """The central difference of a function of a parameter, which is put back."""
    kept = parameter.detach().clone()
    values = []
    for sign in (1, -1):
        with torch.no_grad():
            parameter.copy_(kept + sign * step * direction)
        values.append(float(function()))
    with torch.no_grad():
        parameter.copy_(kept)
    return (values[0] - values[1]) / (2 * step)
