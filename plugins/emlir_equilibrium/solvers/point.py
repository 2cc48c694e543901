"""The state at which a spectrum may be taken (G4)."""

from torch import Tensor

from emlir_equilibrium.derivatives import at_work
from emlir_equilibrium.guards import residuals, roundoff, worst
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.solvers.iterate import picard
from emlir_equilibrium.solvers.newton import CorrectionReport, correct

RELAX = 300
REACHED = 100.0
"""The residual that a relaxation in floating point reaches for sure, in units of rounding."""
NEAR = 1e-4
"""The residual from which Newton's method takes over."""


def equilibrium(
    problem: EquilibriumProblem, z: Tensor | None = None, tol: float = 1e-10
) -> CorrectionReport:
    """Return ``z`` corrected to the tolerance, or an equilibrium found from the first state.

    Without ``z``: relax a little, then correct the best state; where that fails, the mean of
    the last states (the middle of a cycle) and the first state. A tolerance that the dtype cannot
    meet is raised to what it can.
    """
    tol = max(tol, REACHED * roundoff(problem))
    if z is not None:
        return correct(problem, z, tol)
    with at_work(problem):
        if worst(residuals(problem, problem.z0)) <= tol:
            return correct(problem, problem.z0, tol)
        run = picard(problem, problem.z0, max(tol, NEAR), RELAX)
    starts = [problem.z0] if run.escaped else [run.best, run.mean, problem.z0]
    found = [correct(problem, start, tol) for start in starts[:1]]
    for start in starts[1:]:
        if found[-1].status == "ok":
            break
        found.append(correct(problem, start, tol))
    return min(found, key=lambda one: one.residual)
