"""Experiments on gradients: triangulation over checkpoints, one-step sweep, choice of T2."""

from collections.abc import Sequence
from pathlib import Path

from emlir_equilibrium.experiments.reporting import (
    Cell,
    ExperimentReport,
    held_out,
    held_out_parts,
    made,
    run,
    trainer_of,
)
from emlir_equilibrium.gradients import estimate, grad_triangulate, relax
from emlir_equilibrium.gradients.batches import batch_self_cos
from emlir_equilibrium.gradients.comparing import WHOLE, compare
from emlir_equilibrium.gradients.sweeping import RATES, lr_sweep as sweep
from emlir_equilibrium.trainer.checkpoints import load_checkpoint
from emlir_equilibrium.trainer.config import TrainerConfig
from emlir_equilibrium.trainer.training import EPTrainer

HORIZONS = (150, 400)
METHODS = ("vf", "asymep", "holomorphic", "tracking")


def triangulation(
    steps: int = 60,
    seed: int = 0,
    checkpoints: int = 3,
    paths: Sequence[str | Path] = (),
    free_steps: int | None = None,
    methods: Sequence[str] = METHODS,
) -> ExperimentReport:
    """Compare estimators by group of parameters at several times of a training run.

    With ``paths`` at those checkpoints instead. States are those of the free phase of training, or
    of ``free_steps`` steps. ``self_cos`` is the mean cosine between the gradients of four batches.
    """
    rows: list[dict[str, Cell]] = []
    trainer = None
    if paths:
        for path in paths:
            rows += _triangulated(load_checkpoint(path), free_steps, methods)
    else:
        trainer = trainer_of(TrainerConfig(), seed)
        rows += _triangulated(trainer, free_steps, methods)
        for part in range(checkpoints - 1):
            run(trainer, max(steps // max(checkpoints - 1, 1), 1), seed + part)
            rows += _triangulated(trainer, free_steps, methods)
    return made(
        "triangulation",
        "do the estimators agree with the exact gradient, by group and over training?",
        rows,
        "nudged phases and BPTT against implicit differentiation, penalties off",
        trained=trainer,
    )


def _triangulated(
    trainer: EPTrainer, free_steps: int | None, methods: Sequence[str]
) -> list[dict[str, Cell]]:
    free_steps = free_steps or trainer.config.free_steps
    problem = held_out(trainer)
    z, _ = relax(problem, None, free_steps)
    report = grad_triangulate(problem, z, methods, HORIZONS)
    own = _self_cosines(trainer, free_steps, methods)
    return [
        {
            "step": trainer.steps,
            "res": report.residual,
            "method": one.method,
            "group": one.group,
            "cos": one.cosine,
            "1-cos": one.gap,
            "k": one.ratio,
            "self_cos": own.get(one.method) if one.group == WHOLE else None,
            "adjoint_res": report.adjoint_residuals[one.method],
        }
        for one in report.agreements
    ]


def _self_cosines(
    trainer: EPTrainer, free_steps: int, methods: Sequence[str]
) -> dict[str, float | None]:
    """The mean cosine between the gradients of batches, by method; empty for one batch."""
    problems = held_out_parts(trainer)
    if len(problems) < 2:
        return {}
    horizons = {f"bptt@{steps}": ("bptt", steps) for steps in HORIZONS}
    asked = {one: (one, None) for one in methods} | horizons
    found = {
        name: batch_self_cos(problems, method, free_steps=free_steps, steps=steps)
        for name, (method, steps) in asked.items()
    }
    return {name: None if one.status == "refused" else one.self_cos for name, one in found.items()}


def lr_sweep(steps: int = 40, seed: int = 0) -> ExperimentReport:
    """Take one step at each of several rates from a trained block, along each gradient."""
    trainer = trainer_of(TrainerConfig(), seed)
    run(trainer, steps, seed)
    report = sweep(
        held_out(trainer),
        ("asymep", "vf", "implicit", "bptt"),
        (*RATES, 0.1, 0.3, 1.0),
        free_steps=trainer.config.free_steps,
    )
    rows: list[dict[str, Cell]] = [
        {"method": one.method, "rate": one.rate, "change": one.change, "res": one.residual}
        for one in report.moves
    ]
    return made(
        "lr-sweep",
        "how far down does one step along each gradient go?",
        rows,
        report.method,
        report.notes,
        trainer,
    )


def t2(
    steps: int = 40, seed: int = 0, horizons: Sequence[int] = (5, 10, 20, 40, 80, 160)
) -> ExperimentReport:
    """Sweep the steps of the nudged phase: which T2 is enough?"""
    trainer = trainer_of(TrainerConfig(), seed)
    run(trainer, steps, seed)
    problem = held_out(trainer)
    z, _ = relax(problem, None, 1000, 1e-14)
    exact = estimate(problem, z, "implicit")
    rows: list[dict[str, Cell]] = []
    for horizon in horizons:
        for method in ("asymep", "holomorphic"):
            one = estimate(problem, z, method, steps=horizon)
            whole = compare(problem, one, exact)[0]
            rows.append(
                {
                    "method": method,
                    "T2": horizon,
                    "cos": whole.cosine,
                    "1-cos": whole.gap,
                    "k": whole.ratio,
                    "adjoint_res": one.adjoint_residual,
                    "ms": 1000 * one.cost.seconds,
                }
            )
    return made(
        "t2",
        "how many nudged steps does the adjoint need?",
        rows,
        "at one fixed point",
        trained=trainer,
    )
