"""The leading eigenvalues of the force and of the map."""

from torch import Tensor

from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.spectrum.report import EigenReport, leading_of
from emlir_equilibrium.spectrum.routes import Analysed, Route, choose, spectra_of
from emlir_equilibrium.structure import StructureError

COARSE = 0.05
"""A radius above this part of the largest eigenvalue is no error estimate any more."""


def leading_eigs(
    problem: EquilibriumProblem,
    z: Tensor | None = None,
    k: int = 6,
    route: Route = "auto",
    tol: float = 1e-10,
    seed: int = 0,
) -> EigenReport:
    """Return the ``k`` eigenvalues of each sample with the largest real parts, with intervals.

    The state is corrected to an equilibrium first. Routes: ``dense`` (the whole Jacobian of
    each sample), ``tokens`` (causal models: the diagonal blocks), ``arpack`` and ``krylov``
    (products only, from both sides). ``inconclusive`` if an interval is unknown or the state is
    no equilibrium; ``refused`` if the problem is not as it says: causal, its samples apart, and
    without chance.

    >>> import torch
    >>> turn = torch.tensor([[-0.5, -2.0], [2.0, -0.5]]).double()
    >>> problem = EquilibriumProblem(lambda z: z @ turn.T, torch.zeros(1, 2).double(), 0.1)
    >>> mu = leading_eigs(problem).leading[0].mu
    >>> round(mu.real, 12), round(mu.imag, 12)
    (-0.5, 2.0)
    """
    try:
        found = spectra_of(problem, z, k, route, tol, seed)
    except StructureError as error:
        return _refused(choose(problem, route), str(error))
    return _reported(problem, found, k)


def _reported(problem: EquilibriumProblem, found: Analysed, k: int) -> EigenReport:
    leading = leading_of(found.spectra, problem.epsilon, k)
    size = max((abs(one.mu) for one in leading), default=0.0)
    known = leading and all(one.radius <= COARSE * size for one in leading if size)
    return EigenReport(
        status="ok" if known else "inconclusive",
        method=found.route,
        cost=found.cost,
        evidence={**found.evidence, "complete": all(one.complete for one in found.spectra)},
        notes=found.notes,
        leading=leading,
        route=found.route,
        residual=found.point.residual,
        moved=found.point.moved,
        off_equilibrium=found.off_equilibrium,
    )


def _refused(route: str, reason: str) -> EigenReport:
    nothing = float("nan")
    return EigenReport(
        status="refused",
        method=route,
        notes=(reason,),
        leading=(),
        route=route,
        residual=nothing,
        moved=nothing,
        off_equilibrium=True,
    )
