"""Newton-Krylov correction: from a state near an equilibrium to it, stable or not."""

import time
from dataclasses import dataclass, field

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, at_work
from emlir_equilibrium.guards import by_sample, force_at, precision_notes, residuals, worst
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report
from emlir_equilibrium.solvers.linear import newton_direction
from emlir_equilibrium.structure import check_deterministic

POLISH = 1e-3
"""Newton goes on below the tolerance by this factor: the last step is nearly free."""
HALVINGS = 10


@dataclass(frozen=True, kw_only=True)
class CorrectionReport(Report):
    """A state where the force vanishes, how far it is from the first, and the last step.

    ``residual`` is the worst over the samples, ``moved`` and ``last_step`` are the largest
    distances.
    """

    z: Tensor = field(compare=False)
    residual: float
    moved: float
    last_step: float
    steps: int


def correct(
    problem: EquilibriumProblem, z: Tensor | None = None, tol: float = 1e-10, max_steps: int = 40
) -> CorrectionReport:
    """Correct ``z`` (default: the problem's first state) to a zero of the force.

    Newton's method with exact products and halved steps where the force would grow. It also
    finds equilibria that the relaxation leaves. ``inconclusive`` if the tolerance is not met.
    Raises ``ValueError`` for a force that is random.

    >>> import torch
    >>> problem = EquilibriumProblem(lambda z: z - z**3, torch.tensor([[0.9]]).double())
    >>> float(correct(problem).z)
    1.0
    """
    began = time.perf_counter()
    with at_work(problem):
        check_deterministic(problem, problem.z0 if z is None else z)
        run = _Newton(problem, problem.z0 if z is None else z)
        while run.residual > POLISH * tol and run.steps < max_steps and run.advance():
            pass
    moved = by_sample(problem, run.z - run.start).norm(dim=1)
    met = run.residual <= tol
    return CorrectionReport(
        status="ok" if met else "inconclusive",
        method="newton-krylov",
        cost=Cost(run.forces, run.jvps, 0, time.perf_counter() - began),
        evidence={"tolerance": tol},
        notes=precision_notes(problem) if met else (*precision_notes(problem), _FAILED),
        z=run.z,
        residual=run.residual,
        moved=worst(moved),
        last_step=run.last_step,
        steps=run.steps,
    )


_FAILED = "Newton's method did not reach the tolerance: start nearer, or raise tol"


class _Newton:
    """The state of the iteration."""

    def __init__(self, problem: EquilibriumProblem, start: Tensor) -> None:
        self.problem = problem
        self.start = self.z = start.detach()
        self.steps = self.jvps = 0
        self.forces = 1
        self.last_step = 0.0
        self.residual = worst(residuals(problem, self.z))

    def advance(self) -> bool:
        """Take one step; false if none makes the force smaller."""
        linear = Linearised(self.problem, self.z)
        force = force_at(self.problem, self.z)
        direction = newton_direction(linear, force)
        self.jvps += linear.jvps
        self.steps += 1
        length = self._lengths(direction, force.norm(dim=1))
        if not bool((length > 0).any()):
            return False
        move = torch.where(length[:, None] > 0, length[:, None] * direction, 0.0)
        self.z = self.z + move.reshape(self.z.shape)
        self.last_step = worst(move.norm(dim=1))
        self.residual = worst(residuals(self.problem, self.z))
        return True

    def _lengths(self, direction: Tensor, before: Tensor) -> Tensor:
        """For each sample the largest 2^-k that makes its force smaller, or 0."""
        best = torch.zeros_like(before)
        length = 1.0
        for _ in range(HALVINGS):
            trial = self.z + (length * direction).reshape(self.z.shape)
            after = force_at(self.problem, trial).norm(dim=1)
            self.forces += 1
            good = (best == 0) & (after < before) & (before > 0)
            best = torch.where(good, length, best)
            if bool(((best > 0) | (before == 0)).all()):
                break
            length /= 2
        return best
