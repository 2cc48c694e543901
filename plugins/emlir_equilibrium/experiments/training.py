"""Experiments that train: BPTT with the controller, warm-up against gate, weights of penalties."""

from collections.abc import Sequence
from dataclasses import replace

from emlir_equilibrium.experiments.reporting import (
    Cell,
    ExperimentReport,
    bare,
    made,
    outcome,
    run,
    trainer_of,
)
from emlir_equilibrium.trainer.config import Penalty, TrainerConfig


def controller(steps: int = 80, seed: int = 0, lr: float = 1e-2) -> ExperimentReport:
    """Train with the controller and swap the gradient alone: EP, implicit, BPTT, uncorrected EP."""
    base = TrainerConfig(lr=lr)
    arms = {
        "ep": base,
        "implicit": replace(base, method="implicit"),
        "bptt": replace(base, method="bptt"),
        "vf": replace(base, estimator="vf"),
        "bptt, no controller": bare(method="bptt", lr=lr),
    }
    rows = [_arm(name, config, steps, seed) for name, config in arms.items()]
    return made(
        "controller",
        "is the controller or the gradient what limits training?",
        rows,
        f"{steps} steps of Adam at {lr:g}, the same batches",
    )


def warm_up(steps: int = 80, seed: int = 0, first: int = 20) -> ExperimentReport:
    """Start where sequences do not settle: gate the nudge, warm up on penalties, or neither."""
    base = TrainerConfig(weight=1.0)
    arms = {
        "gate": base,
        "warm-up": replace(base, gate=None, warm_up=first),
        "neither": replace(base, gate=None),
    }
    rows = [_arm(name, one, steps, seed, branch_scale=1.0) for name, one in arms.items()]
    return made(
        "warm-up",
        "does a gate or a warm-up bring training to where the nudge means something?",
        rows,
        f"{steps} steps of Adam; the branches start at full scale; warm-up of {first} steps",
    )


def penalties(
    steps: int = 60,
    seed: int = 0,
    lr: float = 1e-2,
    weights: Sequence[float] = (0.0, 0.03, 0.1, 0.3, 1.0, 3.0),
) -> ExperimentReport:
    """Train with fixed weights of each penalty: what they cost, and what residual they keep."""
    rows = []
    kinds: tuple[Penalty, ...] = ("jacreg", "resreg")
    for penalty in kinds:
        for weight in weights:
            config = bare(penalty=penalty, weight=weight, controlled=False, lr=lr)
            rows.append(_arm(f"{penalty} {weight:g}", config, steps, seed))
    return made(
        "penalties",
        "which weight of a penalty keeps the residual small at the least loss?",
        rows,
        f"AsymEP, {steps} steps of Adam at {lr:g}, the same batches",
    )


def _arm(
    name: str, config: TrainerConfig, steps: int, seed: int, branch_scale: float = 0.5
) -> dict[str, Cell]:
    """Train once; return its row."""
    trainer = trainer_of(replace(config, cosine_every=5), seed, branch_scale=branch_scale)
    rows = run(trainer, steps, seed)
    cosines = [one.cos for one in rows if one.cos is not None]
    return {
        "arm": name,
        **outcome(trainer, rows),
        "first_cos": cosines[0] if cosines else None,
        "last_cos": cosines[-1] if cosines else None,
    }
