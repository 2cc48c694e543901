"""The fingerprint of a checkpoint: five numbers that tell how a run of EP is doing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from emlir_equilibrium.gradients.comparing import cosine
from emlir_equilibrium.gradients.relaxing import relax
from emlir_equilibrium.places import find
from emlir_equilibrium.plateaus import RES_INVALID
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Report, Status

SAMPLES = 4
UNSETTLED = (
    "the free phase does not settle: the cosine is taken where gradients mean little, and the "
    "spectrum at an equilibrium that the relaxation may not approach"
)
SAME_POINT = "task gradients with penalties off, of one batch at one state"


@dataclass(frozen=True, kw_only=True)
class FingerprintReport(Report):
    """Residual, cosine, rho, Re mu and validation loss at the validation batch.

    - ``residual``: |F|/|z| where the free phase ends, the largest of the samples
    - ``cosine``: the trainer's task gradient against that of implicit differentiation
    - ``rho``, ``re_mu``: the largest |1 + epsilon mu| and Re mu at the corrected fixed point
    - ``val_loss``: the loss where the free phase ends, over the whole validation batch

    ``None`` is what could not be measured; the notes say why. ``flow`` and ``map`` are the verdicts
    on the spectrum, with its intervals. ``ok`` needs a free phase that settles.
    """

    step: int
    residual: float | None
    cosine: float | None
    rho: float | None
    re_mu: float | None
    val_loss: float | None
    flow: str = "inconclusive"
    map: str = "inconclusive"


def fingerprint(checkpoint: Any, samples: int = SAMPLES) -> FingerprintReport:
    """Return the fingerprint of a checkpoint of ``EPTrainer``.

    Args:
        checkpoint: a path, or the trainer itself.
        samples: how many samples of the validation batch the residual, the cosine and the spectrum
            are of.

    Raises ``OSError`` for a file that cannot be read, and ``ValueError`` for one that is no
    checkpoint; neither runs code from it.
    """
    if samples < 1:
        raise ValueError(f"at least one sample is needed, not {samples}")
    trainer = checkpoint
    if isinstance(checkpoint, str | Path):
        trainer = find("load_checkpoint")(checkpoint)
    if trainer.validation is None:
        note = "the checkpoint has no validation batch"
        return FingerprintReport(
            status="refused", method="none", notes=(note,), **_nothing(trainer)
        )
    return _measured(trainer, samples)


def _measured(trainer: Any, samples: int) -> FingerprintReport:
    indices, targets = trainer.validation
    problem: EquilibriumProblem = trainer.block.problem(indices[:samples], targets[:samples])
    z, _ = relax(problem, None, trainer.config.free_steps)
    residual = float(problem.residual_of(z).detach().max())
    spectrum, why = _spectrum(problem, z)
    agrees, adjoint = _cosine(trainer, problem, z)
    settled = residual <= RES_INVALID
    sure = settled and spectrum is not None and spectrum.status == "ok" and agrees is not None
    status: Status = "ok" if sure else "inconclusive"
    vanishes = () if agrees is not None else ("no cosine: a gradient vanishes or is not finite",)
    return FingerprintReport(
        status=status,
        method=f"free phase of {trainer.config.free_steps} steps, {trainer.config.method} gradient",
        evidence=_evidence(trainer, problem, spectrum) | {"adjoint_residual": adjoint},
        notes=(*why, *vanishes, *(() if settled else (UNSETTLED,))),
        step=trainer.steps,
        residual=residual,
        cosine=agrees,
        rho=None if spectrum is None else spectrum.rho,
        re_mu=None if spectrum is None else spectrum.re_mu,
        val_loss=trainer.validation_loss(),
        flow="inconclusive" if spectrum is None else spectrum.flow,
        map="inconclusive" if spectrum is None else spectrum.map,
    )


def _evidence(trainer: Any, problem: EquilibriumProblem, spectrum: Any) -> dict[str, Any]:
    return {
        "samples": len(problem.z0),
        "residual_kind": problem.residual,
        "cosine_of": SAME_POINT,
        "nudged_steps": trainer.config.nudged_steps,
        "moved": None if spectrum is None else spectrum.moved,
        "corrected_residual": None if spectrum is None else spectrum.residual,
    }


def _nothing(trainer: Any) -> dict[str, Any]:
    return {
        "step": trainer.steps,
        **dict.fromkeys(("residual", "cosine", "rho", "re_mu", "val_loss")),
    }


def _spectrum(problem: EquilibriumProblem, z: Tensor) -> tuple[Any, tuple[str, ...]]:
    """Return the report of ``hopf_margin``, or ``None``, and notes."""
    if not bool(z.isfinite().all()):
        return None, ("the free phase ends in a state that is not finite: no spectrum",)
    found = find("hopf_margin")(problem, z)
    if found.status == "refused":
        return None, ("no spectrum", *found.notes)
    return found, tuple(found.notes)


def _cosine(
    trainer: Any, problem: EquilibriumProblem, z: Tensor
) -> tuple[float | None, float | None]:
    """Return the cosine, and the adjoint residual of the trainer's gradient."""
    if not bool(z.isfinite().all()):
        return None, None
    made = trainer.task_gradient(problem, z)
    exact = find("estimate")(problem, z, "implicit")
    adjoint = getattr(made, "adjoint_residual", None)
    return cosine(made.gradients, exact.gradients), None if adjoint is None else float(adjoint)
