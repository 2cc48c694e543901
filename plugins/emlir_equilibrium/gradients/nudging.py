"""The nudged phases of equilibrium propagation.

A nudged state is at rest under

    F(z) - b dL/dz - (J - J^T)(z - z*) = 0,

whose linear part at z* is J^T, so that dz/db = J^-T dL/dz at b = 0 also where J is not symmetric
(AsymEP, arXiv 2602.03670). Without the correction (J - J^T) the estimate belongs to another
system. With N complex strengths b = r exp(2 pi i k/N) the derivative is read from a circle, with an
error of order r^N (arXiv 2209.00530); two phases are the difference of +r and -r.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.gradients.adjoint import loss_gradient
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.solvers.linear import DENSE

Correction = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Phase:
    """One nudge: its direction on the circle, and how many phases it stands for.

    A real force maps conjugate nudges to conjugate states, so the upper half circle is enough.
    """

    direction: complex
    weight: int

    @property
    def strength(self) -> complex:
        """The direction, a float where it is real, so that real states stay real."""
        return self.direction.real if self.real else self.direction

    @property
    def real(self) -> bool:
        return self.direction.imag == 0


def phases(number: int) -> list[Phase]:
    """Return the phases on and above the real axis; those above it count twice."""
    found = [Phase(1 + 0j, 1)]
    for k in range(1, number // 2 + 1):
        angle = 2 * math.pi * k / number
        if 2 * k == number:
            found.append(Phase(-1 + 0j, 1))
        else:
            found.append(Phase(complex(math.cos(angle), math.sin(angle)), 2))
    return found


class Asymmetry:
    """(J - J^T) at one state, on real and imaginary parts separately."""

    def __init__(self, linear: Linearised, dense: bool = True) -> None:
        self.linear = linear
        self.matrix: Tensor | None = None
        if dense and linear.problem.size <= DENSE:
            made = linear.dense()
            self.matrix = made - made.mT

    def __call__(self, v: Tensor) -> Tensor:
        if v.is_complex():
            return torch.complex(self._real(v.real), self._real(v.imag))
        return self._real(v)

    def _real(self, v: Tensor) -> Tensor:
        if self.matrix is None:
            return self.linear.jvp(v) - self.linear.vjp(v)
        rows = v.reshape(self.linear.problem.batch, -1, 1)
        return (self.matrix @ rows).reshape(v.shape)


def nudged(
    problem: EquilibriumProblem,
    z: Tensor,
    strengths: list[Phase],
    radius: float,
    steps: int,
    correction: Correction | None,
) -> list[Tensor]:
    """Relax each phase ``steps`` steps from z, with a correction that is frozen at z."""
    return [
        _one_phase(problem, z, phase.strength * radius, steps, correction) for phase in strengths
    ]


def tracked(
    problem: EquilibriumProblem,
    z: Tensor,
    strengths: list[Phase],
    radius: float,
    steps: int,
    linear_at: Callable[[Tensor], Linearised],
) -> tuple[list[Tensor], Tensor]:
    """Relax all phases together; the correction is linearised at their moving mean.

    The mean goes on to relax freely, so the estimate mends itself where z was not at rest yet.
    Returns the states and the last mean.
    """
    states = [z if phase.real else z.to(_complex(z.dtype)) for phase in strengths]
    mean = z
    for _ in range(steps):
        correction = Asymmetry(linear_at(mean), dense=False)
        states = [
            _moved(problem, state, phase.strength * radius, mean, correction)
            for phase, state in zip(strengths, states, strict=True)
        ]
        mean = _mean(strengths, states)
    return states, mean


def adjoint_from(strengths: list[Phase], states: list[Tensor], z: Tensor, radius: float) -> Tensor:
    """Return a = -Re sum_k conj(direction_k) (z_k - z) / (N radius)."""
    number = sum(phase.weight for phase in strengths)
    total = torch.zeros_like(z)
    for phase, state in zip(strengths, states, strict=True):
        turned = (state - z) * phase.strength.conjugate()
        total = total + phase.weight * (turned.real if turned.is_complex() else turned)
    return -total / (number * radius)


def _one_phase(
    problem: EquilibriumProblem,
    z: Tensor,
    strength: complex,
    steps: int,
    correction: Correction | None,
) -> Tensor:
    state = z if isinstance(strength, float) else z.to(_complex(z.dtype))
    for _ in range(steps):
        state = _moved(problem, state, strength, z, correction)
    return state


def _moved(
    problem: EquilibriumProblem,
    state: Tensor,
    strength: complex,
    centre: Tensor,
    correction: Correction | None,
) -> Tensor:
    """One step of a nudged state."""
    with torch.no_grad():
        force = problem.force(state)
    force = force - strength * loss_gradient(problem, state)
    if correction is not None:
        force = force - correction(state - centre)
    return state + problem.epsilon * force


def _mean(strengths: list[Phase], states: list[Tensor]) -> Tensor:
    """The mean over all phases, which is real."""
    total = sum(
        (
            phase.weight * (state.real if state.is_complex() else state)
            for phase, state in zip(strengths, states, strict=True)
        ),
        torch.zeros((), dtype=states[0].dtype.to_real(), device=states[0].device),
    )
    return total / sum(phase.weight for phase in strengths)


def _complex(dtype: torch.dtype) -> torch.dtype:
    return dtype.to_complex()
