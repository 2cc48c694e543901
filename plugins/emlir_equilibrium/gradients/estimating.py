"""``estimate``: the gradient of the loss by the parameters, by one of seven methods."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, at_work
from emlir_equilibrium.gradients import nudging
from emlir_equilibrium.gradients.adjoint import (
    Gradients,
    adjoint_residual,
    loss_gradient,
    loss_of,
    parameter_gradients,
    solve_transposed,
)
from emlir_equilibrium.gradients.analyticity import holo_check
from emlir_equilibrium.gradients.unrolling import unrolled
from emlir_equilibrium.guards import precision_notes
from emlir_equilibrium.pictures import Picture, bars
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report, plain
from emlir_equilibrium.structure import check_deterministic, check_samples
from emlir_equilibrium.threads import few_threads

Method = Literal["vf", "asymep", "holomorphic", "tracking", "implicit", "bptt", "phantom"]
METHODS: tuple[str, ...] = get_args(Method)

AT_REST = 1e-6
"""The residual up to which a state counts as a fixed point."""

ADJOINT_SOLVED = 1e-2
"""The residual of the adjoint up to which an estimate stands."""


@dataclass(frozen=True)
class Settings:
    """How an estimate is made; ``None`` is the method's own default.

    - ``steps``: of the nudged phase (300), of the unrolled relaxation (150) or, for phantom, the
      last steps (5)
    - ``radius``: the strength of the nudge, .02, for ``holomorphic`` .2
    - ``phases``: 2, for ``holomorphic`` 4
    """

    steps: int | None = None
    radius: float | None = None
    phases: int | None = None

    def for_method(self, method: str) -> tuple[int, float, int]:
        """Return steps, radius and phases."""
        circle = method == "holomorphic"
        usual = {"bptt": 150, "phantom": 5}.get(method, 300)
        steps = usual if self.steps is None else self.steps
        radius = (0.2 if circle else 0.02) if self.radius is None else self.radius
        number = (4 if circle else 2) if self.phases is None else self.phases
        if steps < 1 or not radius > 0 or number < 2:
            raise ValueError("steps are at least 1, the radius is above 0, phases at least 2")
        return steps, radius, number


@dataclass(frozen=True, kw_only=True)
class GradientEstimate(Report):
    """Gradients by parameter, and how far the adjoint behind them is from solving J^T a = -g.

    ``residual`` is that of the state at which they were taken, of a kind that the problem names;
    ``horizon`` the steps of the nudged phase or of the unrolled relaxation. ``point`` identifies
    the problem's state and loss: only estimates at one point may be compared.
    """

    estimator: str
    gradients: Mapping[str, Tensor] = field(default_factory=dict)
    adjoint: Tensor | None = None
    adjoint_residual: float | None = None
    residual: float = 0.0
    horizon: int | None = None
    point: str = ""

    def to_json(self) -> dict[str, Any]:
        """As for all reports, with the norms of the gradients in their place."""
        short = replace(self, gradients={}, adjoint=None)
        made = {name: plain(getattr(short, name)) for name in short.__dataclass_fields__}
        made["gradients"] = {name: float(one.norm()) for name, one in self.gradients.items()}
        return made

    def picture(self) -> Picture:
        """The norm of each parameter's gradient."""
        norms: dict[str, float | None] = {
            name: float(one.norm()) for name, one in self.gradients.items()
        }
        panel = bars(norms, "norm of the gradient", scale="log")
        return Picture(f"gradient by {self.estimator}: {self.status}", (panel,))


def estimate(
    problem: EquilibriumProblem,
    z: Tensor,
    method: str = "implicit",
    *,
    steps: int | None = None,
    radius: float | None = None,
    phases: int | None = None,
) -> GradientEstimate:
    """Estimate the gradient of ``problem.loss`` by the parameters at the fixed point z.

    - ``vf``: nudged phases without correction, a control that fails where J is not symmetric
    - ``asymep``: nudged phases with the correction frozen at z; ``tracking``: at the moving mean
    - ``holomorphic``: N complex nudges; needs an analytic force and loss
    - ``implicit``: J^T a = -g solved directly or by GMRES
    - ``bptt``: exact unroll of ``steps`` steps from ``z0``; ``phantom``: of the last ones from z

    The status is ``ok`` where z is at rest (residual up to 1e-6) and the adjoint's residual is
    up to 1e-2, ``refused`` for complex nudges of a force that is not analytic. Raises
    ``ValueError`` for a force that is random or mixes samples.
    """
    if method not in METHODS:
        raise ValueError(f"no method {method!r}; there are {', '.join(METHODS)}")
    if not any(one.requires_grad for one in problem.parameters.values()):
        raise ValueError("the problem names no parameters that require a gradient")
    chosen = Settings(steps, radius, phases).for_method(method)
    began, task = time.perf_counter(), _Task(problem, z.detach(), method, *chosen)
    with few_threads(problem):
        check_deterministic(problem, z)
        loss = float(loss_of(problem, z.detach()).detach())
        made = task.refusal() or task.unrolled() or task.nudged()
    seconds = time.perf_counter() - began
    return replace(made, cost=replace(made.cost, seconds=seconds), point=point_of(problem, z, loss))


def point_of(problem: EquilibriumProblem, z: Tensor, loss: float) -> str:
    """Return what identifies a state, its problem's first state and its loss."""
    parts = hashlib.sha256(repr(loss).encode())
    for tensor in (z, problem.z0):
        parts.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return parts.hexdigest()[:16]


@dataclass
class _Task:
    """One estimate while it is made."""

    problem: EquilibriumProblem
    z: Tensor
    method: str
    steps: int
    radius: float
    number: int
    linears: list[Linearised] = field(default_factory=list)

    def refusal(self) -> GradientEstimate | None:
        """Complex phases need an analytic force."""
        if self.method not in ("holomorphic", "vf", "asymep", "tracking"):
            return None
        if self.number == 2:
            return None
        reason = self._not_analytic()
        if reason is None:
            return None
        return GradientEstimate(
            status="refused",
            method="nudged phases",
            estimator=self.method,
            residual=self._residual(self.z),
            notes=(reason,),
        )

    def _not_analytic(self) -> str | None:
        """Why complex nudges would mean nothing, if so."""
        if not self.problem.holomorphic:
            return (
                "the problem is not declared holomorphic: complex nudges would mean nothing; "
                "see holo_check, or take two real phases"
            )
        found = holo_check(self.problem, self.z, radius=min(self.radius, 0.1), probes=1)
        if found.analytic:
            return None
        detail = found.notes[0] if found.notes else "the Cauchy-Riemann equations do not hold"
        return f"the problem is declared holomorphic, but {detail}; take two real phases"

    def unrolled(self) -> GradientEstimate | None:
        """BPTT and the phantom gradient."""
        if self.method not in ("bptt", "phantom"):
            return None
        start = self.problem.z0 if self.method == "bptt" else self.z
        gradients, end = unrolled(self.problem, start, self.steps)
        cost = Cost(force=self.steps, vjp=self.steps)
        return self._reported(gradients, None, None, end, cost, self.steps)

    def nudged(self) -> GradientEstimate:
        """The implicit adjoint and those of the nudged phases."""
        linear = self._linear_at(self.z)
        check_samples(linear)
        gradient = loss_gradient(self.problem, self.z)
        at, forces = self.z, 0
        with at_work(self.problem):
            if self.method == "implicit":
                adjoint = solve_transposed(linear, -gradient)
            else:
                adjoint, at, linear = self._from_phases(linear)
                forces = self.steps * len(nudging.phases(self.number))
        if at is not self.z:
            gradient = loss_gradient(self.problem, at)
        gradients = parameter_gradients(self.problem, at, adjoint)
        rest = adjoint_residual(linear, adjoint, gradient)
        products = [(one.jvps, one.vjps) for one in self.linears]
        cost = Cost(forces, sum(one for one, _ in products), sum(one for _, one in products))
        horizon = None if self.method == "implicit" else self.steps
        return self._reported(gradients, adjoint, rest, at, cost, horizon)

    def _from_phases(self, linear: Linearised) -> tuple[Tensor, Tensor, Linearised]:
        """The adjoint, the state that it belongs to, and J there."""
        strengths = nudging.phases(self.number)
        how = (self.problem, self.z, strengths, self.radius, self.steps)
        if self.method == "tracking":
            states, mean = nudging.tracked(*how, self._linear_at)
            found = nudging.adjoint_from(strengths, states, mean, self.radius)
            return found, mean, self._linear_at(mean)
        correction = None if self.method == "vf" else nudging.Asymmetry(linear)
        states = nudging.nudged(*how, correction)
        return nudging.adjoint_from(strengths, states, self.z, self.radius), self.z, linear

    def _linear_at(self, z: Tensor) -> Linearised:
        """J at a state; its products are counted."""
        self.linears.append(Linearised(self.problem, z))
        return self.linears[-1]

    def _reported(
        self,
        gradients: Gradients,
        adjoint: Tensor | None,
        rest: float | None,
        at: Tensor,
        cost: Cost,
        horizon: int | None,
    ) -> GradientEstimate:
        residual = self._residual(at)
        notes = (*_notes(residual, rest), *precision_notes(self.problem))
        finite = all(bool(one.isfinite().all()) for one in gradients.values())
        stands = finite and residual <= AT_REST and (rest is None or rest <= ADJOINT_SOLVED)
        return GradientEstimate(
            status="ok" if stands else "inconclusive",
            method=_DESCRIPTIONS[self.method].format(self.number, self.radius),
            estimator=self.method,
            gradients=gradients,
            adjoint=adjoint,
            adjoint_residual=rest,
            residual=residual,
            horizon=horizon,
            cost=cost,
            evidence={"residual_kind": self.problem.residual, "adjoint_residual": rest},
            notes=notes,
        )

    def _residual(self, z: Tensor) -> float:
        with torch.no_grad():
            return float(self.problem.residual_of(z).max())


_DESCRIPTIONS = {
    "vf": "{} nudged phases of strength {:g}, no correction",
    "asymep": "{} nudged phases of strength {:g}, corrected at z",
    "holomorphic": "{} nudged phases of strength {:g}, corrected at z",
    "tracking": "{} nudged phases of strength {:g}, corrected at their mean",
    "implicit": "implicit differentiation",
    "bptt": "unrolled relaxation from z0",
    "phantom": "unrolled last steps",
}


def _notes(residual: float, rest: float | None) -> tuple[str, ...]:
    found = []
    if residual > AT_REST:
        found.append(f"the state is not at rest: residual {residual:.2g}")
    if rest is not None and not rest <= ADJOINT_SOLVED:
        found.append(f"the adjoint is not solved: residual {rest:.2g}; more steps may help")
    return tuple(found)
