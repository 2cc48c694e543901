"""What several analyses guard: precision (G8), and how small a force counts as none (G4)."""

import warnings

import torch
from torch import Tensor

from emlir_equilibrium.problem import EquilibriumProblem

LOW_PRECISION = (torch.float32, torch.float16, torch.bfloat16)


class PrecisionWarning(UserWarning):
    """The figures are less sure than in float64."""


def precision_notes(problem: EquilibriumProblem) -> tuple[str, ...]:
    """Return the notes that figures of this problem need, if any, and warn of them (G8).

    All warnings come from one line, so that Python's usual filter shows each once.
    """
    dtype = problem.z0.dtype
    notes = []
    if dtype in LOW_PRECISION:
        notes.append(
            f"the state is {str(dtype).removeprefix('torch.')}: intervals are wide; use float64"
        )
    if problem.z0.is_cuda and dtype == torch.float32 and torch.backends.cuda.matmul.allow_tf32:
        notes.append("TF32 is on: products keep 10 bits; set torch.backends.cuda.matmul.allow_tf32")
    for note in notes:
        warnings.warn(note, PrecisionWarning, stacklevel=1)
    return tuple(notes)


def roundoff(problem: EquilibriumProblem) -> float:
    """The relative spacing of the numbers that the force is computed in."""
    if problem.z0.is_cuda and problem.z0.dtype == torch.float32:
        return 2.0**-11 if torch.backends.cuda.matmul.allow_tf32 else 2.0**-23
    return float(torch.finfo(problem.z0.dtype).eps)


def by_sample(problem: EquilibriumProblem, value: Tensor) -> Tensor:
    """Return a state as one row a sample."""
    return value.detach().reshape(problem.batch, -1)


def force_at(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    """F(z), one row a sample, without a graph."""
    return by_sample(problem, problem.force(z.detach()))


def residuals(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    """|F(z)| / max(|z|, 1) of each sample, times epsilon if the problem counts steps.

    Unlike :meth:`EquilibriumProblem.residual_of` this can reach 0 where the state vanishes.
    """
    scale = by_sample(problem, z).norm(dim=1).clamp_min(1.0)
    factor = problem.epsilon if problem.residual == "step" else 1.0
    found: Tensor = factor * force_at(problem, z).norm(dim=1) / scale
    return found


def worst(values: Tensor) -> float:
    """The largest of the samples' figures, NaN counted as infinite."""
    return float(values.nan_to_num(nan=float("inf"), posinf=float("inf")).max())
