"""``holo_check``: whether a force is complex analytic, as complex nudges need it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import at_work, directional
from emlir_equilibrium.draws import normal, seeded
from emlir_equilibrium.gradients.adjoint import loss_gradient
from emlir_equilibrium.problem import EquilibriumProblem, Force
from emlir_equilibrium.report import Cost, Report

ANALYTIC = 1e-10
"""The relative Cauchy-Riemann residual up to which a force counts as analytic, in float64."""
ROUNDINGS = 1e3
"""The same in units of rounding, for dtypes that cannot meet that."""


@dataclass(frozen=True, kw_only=True)
class HoloReport(Report):
    """Whether force and loss are analytic near a state.

    - ``cauchy_riemann``: the largest |D_iv F - i D_v F|/|D_v F| at random complex states
    - ``imaginary``, ``difference``: |Im F| on real states and the distance from F on a real
      dtype, over the larger of |F| and |z|
    - ``loss``: the largest of the same figures for the loss and its gradient, 0 without one
    """

    analytic: bool
    cauchy_riemann: float | None = None
    imaginary: float | None = None
    difference: float | None = None
    loss: float | None = None


def holo_check(
    problem: EquilibriumProblem,
    z: Tensor | None = None,
    *,
    radius: float = 0.1,
    probes: int = 3,
    seed: int = 0,
) -> HoloReport:
    """Check the Cauchy-Riemann equations of F at ``probes`` states within ``radius`` of z.

    A force that cannot take complex states is not analytic; the note holds its error.
    """
    at = (problem.z0 if z is None else z).detach()
    generator = seeded(seed)
    try:
        with at_work(problem):
            rest = max(_cauchy_riemann(problem.force, at, radius, generator) for _ in range(probes))
            imaginary, difference = _on_reals(problem, at)
            loss = _loss(problem, at, radius, generator)
    except (RuntimeError, TypeError, NotImplementedError) as error:
        first = str(error).strip().splitlines()
        note = f"on a complex state the force fails: {first[0] if first else error!r}"
        return HoloReport(status="ok", method=_METHOD, analytic=False, notes=(note,))
    worst = max(rest, imaginary, difference, loss)
    limit = max(ANALYTIC, ROUNDINGS * torch.finfo(at.dtype).eps)
    return HoloReport(
        status="ok" if worst == worst else "inconclusive",
        method=_METHOD,
        analytic=worst <= limit,
        cauchy_riemann=rest,
        imaginary=imaginary,
        difference=difference,
        loss=loss,
        cost=Cost(force=2, jvp=2 * probes),
        evidence={"limit": limit, "radius": radius},
    )


_METHOD = "Cauchy-Riemann residual by forward differentiation"


def _cauchy_riemann(
    function: Force, at: Tensor, radius: float, generator: torch.Generator
) -> float:
    first, second, real, imaginary = (normal(at.shape, generator, at) for _ in range(4))
    state = torch.complex(at + radius * first, radius * second)
    v = torch.complex(real, imaginary)
    along, across = (directional(function, state, way) for way in (v, 1j * v))
    return _over(across - 1j * along, float(along.norm()))


def _on_reals(problem: EquilibriumProblem, at: Tensor) -> tuple[float, float]:
    with torch.no_grad():
        real = problem.force(at)
        lifted = problem.force(torch.complex(at, torch.zeros_like(at)))
    if not lifted.is_complex():
        raise TypeError("it gives real values there")
    scale = max(float(real.norm()), float(at.norm()))
    return _over(lifted.imag, scale), _over(lifted.real - real, scale)


def _loss(
    problem: EquilibriumProblem, at: Tensor, radius: float, generator: torch.Generator
) -> float:
    if problem.loss is None:
        return 0.0
    real = loss_gradient(problem, at)
    lifted = loss_gradient(problem, torch.complex(at, torch.zeros_like(at)))
    scale = float(real.norm())
    return max(
        _cauchy_riemann(problem.loss, at, radius, generator),
        _over(lifted.imag, scale),
        _over(lifted.real - real, scale),
    )


def _over(part: Tensor, scale: float) -> float:
    return float(part.norm()) / scale if scale > 0 else float(part.norm())
