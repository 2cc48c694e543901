"""The relaxation z <- z + damping * epsilon * F(z), and Anderson's acceleration of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from emlir_equilibrium.guards import by_sample, force_at, residuals
from emlir_equilibrium.problem import EquilibriumProblem

ESCAPED = 1e8
"""A state so many times as long as the first (or 1) has escaped."""
MEMORY = 6
RETURN = 0.2
"""A state came back if it is nearer than this part of how far it went."""


@dataclass(frozen=True)
class Run:
    """Where an iteration ended and |F| of each sample at each step, shape (steps + 1, batch)."""

    z: Tensor
    best: Tensor
    mean: Tensor
    forces: Tensor
    residual: Tensor
    gone: Tensor

    @property
    def escaped(self) -> bool:
        """Whether some sample's state grew without bound or its force is not finite."""
        return bool(self.gone.any())

    @property
    def steps(self) -> int:
        return len(self.forces) - 1


def picard(
    problem: EquilibriumProblem, z: Tensor, tol: float, max_steps: int, damping: float = 1.0
) -> Run:
    """Relax until the worst residual meets the tolerance, the state escapes or steps end."""
    rate = damping * problem.epsilon

    def states() -> Iterator[tuple[Tensor, Tensor]]:
        at = z.detach()
        while True:
            force = force_at(problem, at)
            yield at, force
            at = at + rate * force.reshape(at.shape)

    return _follow(problem, states(), tol, max_steps)


def anderson(problem: EquilibriumProblem, z: Tensor, tol: float, max_steps: int) -> Run:
    """Mix the last steps so that the linearised force is least, for each sample by itself.

    Source: Walker and Ni, SIAM J. Numer. Anal. 49 (2011).
    """

    def states() -> Iterator[tuple[Tensor, Tensor]]:
        at = by_sample(problem, z)
        seen: list[Tensor] = []
        forces: list[Tensor] = []
        while True:
            force = force_at(problem, at.reshape(z.shape))
            yield at.reshape(z.shape), force
            seen, forces = [*seen[-MEMORY:], at], [*forces[-MEMORY:], force]
            at = _mixed(seen, forces, problem.epsilon)

    return _follow(problem, states(), tol, max_steps)


def _mixed(seen: list[Tensor], forces: list[Tensor], epsilon: float) -> Tensor:
    at, force = seen[-1], forces[-1]
    step = epsilon * force
    if len(seen) == 1:
        return at + step
    moves = torch.stack([b - a for a, b in pairwise(seen)], dim=2)
    changes = torch.stack([b - a for a, b in pairwise(forces)], dim=2)
    if not bool(torch.isfinite(changes).all()):
        return at + step
    weights: Tensor = torch.linalg.pinv(changes, rtol=1e-12) @ force[..., None]
    found: Tensor = at + step - ((moves + epsilon * changes) @ weights)[..., 0]
    return found


def _follow(
    problem: EquilibriumProblem,
    states: Iterator[tuple[Tensor, Tensor]],
    tol: float,
    max_steps: int,
) -> Run:
    limit = ESCAPED * max(1.0, float(by_sample(problem, problem.z0).norm(dim=1).max()))
    factor = problem.epsilon if problem.residual == "step" else 1.0
    history: list[Tensor] = []
    total, counted = torch.zeros_like(problem.z0), 0
    z = best = problem.z0
    gone = torch.zeros(problem.batch, dtype=torch.bool, device=z.device)
    least = float("inf")
    for z, force in states:
        size = by_sample(problem, z).norm(dim=1)
        history.append(force.norm(dim=1))
        now = float((factor * history[-1] / size.clamp_min(1.0)).max())
        gone = ~(history[-1].isfinite() & (size < limit))
        if bool(gone.any()):
            break
        if now < least:
            least, best = now, z
        if 2 * len(history) > max_steps:
            total, counted = total + z, counted + 1
        if now <= tol or len(history) > max_steps:
            break
    mean = total / counted if counted else best
    return Run(z, best, mean, torch.stack(history), residuals(problem, best), gone)


def comes_back(problem: EquilibriumProblem, z: Tensor, steps: int, damping: float = 1.0) -> Tensor:
    """Return which samples, relaxing on from z, come back to it after they were farthest."""
    at, start = z.detach(), by_sample(problem, z)
    farthest = nearest = torch.zeros_like(start[:, 0])
    for _ in range(steps):
        force = force_at(problem, at)
        at = at + damping * problem.epsilon * force.reshape(at.shape)
        distance = (by_sample(problem, at) - start).norm(dim=1)
        nearest = torch.where(distance > farthest, distance, torch.minimum(nearest, distance))
        farthest = torch.maximum(farthest, distance)
    return nearest <= RETURN * farthest
