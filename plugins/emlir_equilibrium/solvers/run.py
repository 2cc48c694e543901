"""Solve for the equilibrium, and say what the residual curve means."""

import math
import time
from dataclasses import dataclass, field
from typing import Literal, get_args

from torch import Tensor

from emlir_equilibrium.derivatives import at_work
from emlir_equilibrium.guards import precision_notes, residuals, worst
from emlir_equilibrium.pictures import Panel, Picture, Series
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report
from emlir_equilibrium.solvers.curve import Tail, Verdict, tail_of
from emlir_equilibrium.solvers.fates import curve_of, fates_of, worst_fate
from emlir_equilibrium.solvers.iterate import Run, anderson, picard
from emlir_equilibrium.solvers.newton import correct
from emlir_equilibrium.spectrum.routes import Analysed, spectra_of
from emlir_equilibrium.structure import StructureError, check_deterministic

Method = Literal["auto", "picard", "damped", "anderson", "newton-krylov"]


@dataclass(frozen=True, kw_only=True)
class SolveReport(Report):
    """Where an iteration ended, and the verdict on its curve.

    The verdict over several samples is that of the worst, in the order divergent, limit_cycle,
    undecided, slow, converged; ``by_sample`` holds all, of iterations that have a curve. All
    iterations end where one escapes.
    ``forces`` is that sample's |F| at each step; ``rate`` the factor a step of its tail and
    ``rho`` the spectral radius of its map at the equilibrium nearby, both None if unknown.
    ``distance`` is how far the solver's state is from that equilibrium. With ``auto`` the
    verdict is on the relaxation and ``z`` the corrected state where there is one.
    """

    z: Tensor = field(compare=False)
    verdict: Verdict
    by_sample: tuple[Verdict, ...]
    residual: float
    steps: int
    forces: tuple[float, ...]
    rate: float | None
    rho: float | None
    distance: float | None

    def picture(self) -> Picture:
        """The force by step."""
        steps = tuple(float(one) for one in range(len(self.forces)))
        curve = Series(steps, self.forces)
        panel = Panel("step", "|F| of the worst sample", (curve,), y_scale="log")
        return Picture(f"relaxation: {self.verdict}", (panel,))


def solve(
    problem: EquilibriumProblem,
    method: Method = "auto",
    tol: float = 1e-10,
    max_steps: int = 2000,
    damping: float = 0.5,
    cross_check: bool = True,
) -> SolveReport:
    """Iterate from the problem's first state.

    ``picard`` relaxes with the problem's step and ``damped`` with ``damping`` times it;
    ``anderson`` accelerates; ``newton-krylov`` corrects; ``auto`` relaxes and then corrects what
    did not converge. ``cross_check`` compares the tail of a relaxation that did not converge
    with the spectral radius at the equilibrium: a flat curve alone is ``undecided``.

    >>> import torch
    >>> problem = EquilibriumProblem(lambda z: torch.cos(z) - z, torch.zeros(1, 1).double())
    >>> solve(problem).verdict
    'converged'
    """
    if method not in get_args(Method):
        raise ValueError(f"no method {method!r}: choose from {', '.join(get_args(Method))}")
    if method == "newton-krylov":
        return _by_newton(problem, tol, max_steps)
    check_deterministic(problem, problem.z0)
    began = time.perf_counter()
    rate = damping if method == "damped" else 1.0
    with at_work(problem):
        if method == "anderson":
            run = anderson(problem, problem.z0, tol, max_steps)
        else:
            run = picard(problem, problem.z0, tol, max_steps, rate)
    cost = Cost(run.steps + 1, seconds=time.perf_counter() - began)
    if worst(run.residual) <= tol:
        return _converged(problem, method, run, cost)
    if method == "anderson":
        return _unconverged(problem, method, run, cost, None, rate, tol)
    found = _nearby(problem, run, tol) if cross_check else None
    return _unconverged(problem, method, run, cost, found, rate, tol)


def _by_newton(problem: EquilibriumProblem, tol: float, max_steps: int) -> SolveReport:
    found = correct(problem, None, tol, max_steps)
    return SolveReport(
        status=found.status,
        method="newton-krylov",
        cost=found.cost,
        notes=found.notes,
        z=found.z,
        verdict="converged" if found.status == "ok" else "undecided",
        by_sample=(),
        residual=found.residual,
        steps=found.steps,
        forces=(),
        rate=None,
        rho=None,
        distance=None,
    )


def _nearby(problem: EquilibriumProblem, run: Run, tol: float) -> Analysed | None:
    """The spectrum at an equilibrium near where the run went, if one is found."""
    starts = [problem.z0] if run.escaped else [run.best, run.mean, problem.z0]
    for start in starts:
        try:
            found = spectra_of(problem, start, tol=tol)
        except StructureError:
            return None
        if not found.off_equilibrium and all(len(one.mu) for one in found.spectra):
            return found
    return None


def _converged(problem: EquilibriumProblem, method: str, run: Run, cost: Cost) -> SolveReport:
    curve = curve_of(run, int(run.forces[-1].argmax()))
    tail = tail_of(curve)
    everyone: list[Verdict] = ["converged"] * problem.batch
    return SolveReport(
        status="ok",
        method=method,
        cost=cost,
        notes=precision_notes(problem),
        z=run.best,
        verdict="converged",
        by_sample=tuple(everyone),
        residual=worst(run.residual),
        steps=run.steps,
        forces=tuple(curve.tolist()),
        rate=math.exp(tail.slope) if tail else None,
        rho=None,
        distance=None,
    )


def _unconverged(
    problem: EquilibriumProblem,
    method: str,
    run: Run,
    cost: Cost,
    found: Analysed | None,
    damping: float,
    tol: float,
) -> SolveReport:
    fates = fates_of(problem, run, found, damping, tol)
    fate = worst_fate(fates)
    corrected = found is not None and method == "auto"
    z = found.point.z if found is not None and corrected else run.best
    return SolveReport(
        status="inconclusive" if fate.verdict == "undecided" else "ok",
        method=method,
        cost=cost + (found.cost if found else Cost()),
        evidence=_evidence(fate.tail),
        notes=(*precision_notes(problem), fate.note(problem.batch)),
        z=z,
        verdict=fate.verdict,
        by_sample=tuple(one.verdict for one in fates),
        residual=worst(residuals(problem, z)),
        steps=run.steps,
        forces=tuple(fate.curve.tolist()),
        rate=math.exp(fate.tail.slope) if fate.tail else None,
        rho=None if fate.log_rho is None else math.exp(fate.log_rho),
        distance=None if found is None else found.point.moved,
    )


def _evidence(tail: Tail | None) -> dict[str, object]:
    if tail is None:
        return {}
    return {
        "tail_steps": tail.steps,
        "slope": tail.slope,
        "slope_error": tail.error,
        "period": tail.period,
        "autocorrelation": tail.correlation,
    }
