"""Experiments on a trained block: knocked-out branches, context length, and a step's profile."""

import time
from collections.abc import Callable, Sequence
from statistics import median

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, at_work
from emlir_equilibrium.eigenpairs import leading_pairs
from emlir_equilibrium.experiments.reporting import (
    BATCH,
    Cell,
    ExperimentReport,
    made,
    run,
    trainer_of,
)
from emlir_equilibrium.gradients import estimate, relax
from emlir_equilibrium.gradients.adjoint import gradients_of
from emlir_equilibrium.penalties import eigreg, jacreg, resreg
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.trainer.config import TrainerConfig
from emlir_equilibrium.trainer.training import EPTrainer

GAINS = ((1.0, 1.0), (0.5, 1.0), (0.0, 1.0), (1.0, 0.5), (1.0, 0.0), (0.0, 0.0))


def knock_out(steps: int = 80, seed: int = 0) -> ExperimentReport:
    """Weaken and remove the branches of a trained block, and see loss, rest and mixing.

    ``mixing`` is the part of |J|_F that couples different places.
    """
    trainer = _trained(steps, seed)
    assert trainer.validation is not None
    rows: list[dict[str, Cell]] = []
    for attention, feed_forward in GAINS:
        block = trainer.block.with_gains(attention, feed_forward)
        problem = block.problem(*trainer.validation)
        z, _ = relax(problem, None, 400, 1e-12)
        loss, residual = trainer.measured(problem, z)
        rows.append(
            {
                "attention": attention,
                "feed_forward": feed_forward,
                "val": loss,
                "res": residual,
                "mixing": _mixing(problem, z),
            }
        )
    return made(
        "knock-out",
        "what does each branch contribute, and how much do places mix?",
        rows,
        "the trained block, relaxed anew with other gains",
        trained=trainer,
    )


def context(
    steps: int = 80, seed: int = 0, lengths: Sequence[int] = (1, 2, 4, 8, 16)
) -> ExperimentReport:
    """Cut the context: loss at the last place, and how omega departs from alpha.

    omega is the largest eigenvalue of (J + J^T)/2. It grows with the context where alpha, the
    largest Re mu, need not; it is no verdict on stability.
    """
    trainer = _trained(steps, seed, max(lengths))
    assert trainer.validation is not None
    indices, targets = trainer.validation
    full: float | None = None
    rows: list[dict[str, Cell]] = []
    for length in sorted(lengths, reverse=True):
        problem = trainer.block.problem(indices[:, -length:], targets[:, -length:])
        z, _ = relax(problem, None, 600, 1e-12)
        loss = float(trainer.block.loss(z[:, -1:], targets[:, -1:]).detach())
        full = loss if full is None else full
        alpha, omega = _bounds(trainer.block.problem(indices[:4, -length:]), z[:4])
        rows.append(
            {
                "context": length,
                "last_loss": loss,
                "gap": loss - full,
                "res": trainer.measured(problem, z)[1],
                "alpha": alpha,
                "omega": omega,
                "omega-alpha": omega - alpha,
            }
        )
    return made(
        "context",
        "what does more context give, and what does it do to J?",
        rows[::-1],
        "the last places of the validation sequences, by themselves",
        ("omega is no verdict on stability",),
        trainer,
    )


def profile(steps: int = 5, seed: int = 0) -> ExperimentReport:
    """Time the parts of a training step; ``steps`` repetitions, the median."""
    trainer = trainer_of(TrainerConfig(), seed)
    assert trainer.validation is not None
    indices, targets = (one[:BATCH] for one in trainer.validation)
    problem = trainer.block.problem(indices, targets)
    config = trainer.config
    z, _ = relax(problem, None, config.free_steps)
    parts: dict[str, Callable[[], object]] = {
        "free phase": lambda: relax(problem, None, config.free_steps),
        "asymep": lambda: estimate(problem, z, "asymep", steps=config.nudged_steps),
        "holomorphic": lambda: estimate(problem, z, "holomorphic", steps=config.nudged_steps),
        "implicit": lambda: estimate(problem, z, "implicit"),
        "bptt": lambda: estimate(problem, z, "bptt", steps=config.free_steps),
        "jacreg": lambda: gradients_of(jacreg(problem, z, leak=2.0), problem),
        "resreg": lambda: gradients_of(resreg(problem, z), problem),
        "eigenpairs": lambda: leading_pairs(Linearised(problem, z)),
        "eigreg": lambda: gradients_of(eigreg(problem, z, margin=0.5), problem),
    }
    rows: list[dict[str, Cell]] = [
        {"part": name, "ms": _milliseconds(part, steps)} for name, part in parts.items()
    ]
    return made(
        "profile",
        "where does the time of a step go?",
        rows,
        f"median of {steps}, {torch.get_num_threads()} threads, batch {BATCH}, size {problem.size}",
    )


def _trained(steps: int, seed: int, places: int = 8) -> EPTrainer:
    trainer = trainer_of(TrainerConfig(lr=1e-2), seed, context=places)
    run(trainer, steps, seed)
    return trainer


def _milliseconds(part: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(max(repeats, 1)):
        began = time.perf_counter()
        part()
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken)


def _jacobian(problem: EquilibriumProblem, z: Tensor) -> Tensor:
    with at_work(problem):
        return Linearised(problem, z).dense()


def _mixing(problem: EquilibriumProblem, z: Tensor) -> float:
    """The part of |J|_F outside the diagonal token blocks."""
    matrix = _jacobian(problem, z)
    places, width = z.shape[-2:]
    blocks = matrix.reshape(len(matrix), places, width, places, width)
    own = blocks.diagonal(dim1=1, dim2=3).square().sum()
    return float(((matrix.square().sum() - own).clamp_min(0) / matrix.square().sum()).sqrt())


def _bounds(problem: EquilibriumProblem, z: Tensor) -> tuple[float, float]:
    """The largest Re mu and the largest eigenvalue of (J + J^T)/2 over the batch."""
    matrix = _jacobian(problem, z)
    alpha = float(torch.linalg.eigvals(matrix).real.max())
    return alpha, float(torch.linalg.eigvalsh((matrix + matrix.mT) / 2).max())
