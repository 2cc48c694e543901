"""Whether an equilibrium is stable: for the flow, and for the map with its step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from torch import Tensor

from emlir_equilibrium.pictures import Picture
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Report
from emlir_equilibrium.spectrum.discs import Side, Spectrum, past_circle
from emlir_equilibrium.spectrum.report import Eigenvalue, eigenvalue, planes
from emlir_equilibrium.spectrum.routes import Analysed, Route, choose, spectra_of
from emlir_equilibrium.structure import StructureError

Kind = Literal["fold", "Hopf", "Neimark-Sacker", "flip"]


@dataclass(frozen=True, kw_only=True)
class StabilityReport(Report):
    """Verdicts for the flow (Re mu < 0) and for the map (|1 + epsilon mu| < 1) (G5).

    A verdict over several samples is that of the worst; ``by_sample`` holds (flow, map) of each.
    ``stable`` and ``unstable`` are said only if the discs of all eigenvalues, or one connected
    part of them, lie on one side (G3). ``kind_flow`` and ``kind_map`` name the bifurcation that
    the leading eigenvalue would pass. ``epsilon_crit`` is the step up to which the map is stable
    where the flow is, 0 where it isn't.
    """

    flow: Side
    map: Side
    by_sample: tuple[tuple[Side, Side], ...]
    re_mu: float
    omega: float
    rho: float
    epsilon: float
    epsilon_crit: float
    kind_flow: Kind
    kind_map: Kind
    leading_flow: Eigenvalue | None
    leading_map: Eigenvalue | None
    residual: float
    moved: float

    def picture(self) -> Picture:
        """The leading eigenvalues of flow and map with their discs, and the limits of stability."""
        found = [one for one in (self.leading_flow, self.leading_map) if one is not None]
        title = f"flow {self.flow}, map {self.map}, epsilon_crit {self.epsilon_crit:.4g}"
        return Picture(title, planes(found))


def hopf_margin(
    problem: EquilibriumProblem,
    z: Tensor | None = None,
    k: int = 6,
    route: Route = "auto",
    tol: float = 1e-10,
    seed: int = 0,
) -> StabilityReport:
    """Return how far an equilibrium is from losing stability, and how it would.

    Takes what :func:`leading_eigs` takes; all verdicts come from eigenvalues with intervals,
    never from a norm or a numerical abscissa (G1).

    >>> import torch
    >>> turn = torch.tensor([[-0.1, -2.0], [2.0, -0.1]]).double()
    >>> problem = EquilibriumProblem(lambda z: z @ turn.T, torch.zeros(1, 2).double(), 0.1)
    >>> report = hopf_margin(problem)
    >>> report.flow, report.map, report.kind_map, round(report.epsilon_crit, 6)
    ('stable', 'unstable', 'Neimark-Sacker', 0.049875)
    """
    try:
        found = spectra_of(problem, z, k, route, tol, seed)
    except StructureError as error:
        return _nothing("refused", choose(problem, route), (str(error),), problem)
    if not all(len(one.mu) for one in found.spectra):
        notes = (*found.notes, "no eigenvalue converged: ask for fewer, or another route")
        return _nothing("inconclusive", found.route, notes, problem)
    return margin_of(problem.epsilon, found)


def margin_of(epsilon: float, found: Analysed) -> StabilityReport:
    """Return the report on spectra already taken."""
    spectra = found.spectra
    by_sample = tuple((one.flow(), one.map(epsilon)) for one in spectra)
    flow, mapped = worst_side([a for a, _ in by_sample]), worst_side([b for _, b in by_sample])
    first = _leading(spectra, epsilon, [one.mu.real for one in spectra], 1.0)
    past = [past_circle(one.mu, epsilon)[0] for one in spectra]
    largest = _leading(spectra, epsilon, past, epsilon)
    complete = all(one.complete for one in spectra)
    partly = () if complete else ("epsilon_crit is over the eigenvalues found, not all",)
    return StabilityReport(
        status="inconclusive" if "inconclusive" in (flow, mapped) else "ok",
        method=found.route,
        cost=found.cost,
        evidence={**found.evidence, "complete": complete, "off": found.off_equilibrium},
        notes=(*found.notes, *partly),
        flow=flow,
        map=mapped,
        by_sample=by_sample,
        re_mu=first.mu.real,
        omega=abs(first.mu.imag),
        rho=abs(largest.multiplier),
        epsilon=epsilon,
        epsilon_crit=min(critical_step(one) for one in spectra),
        kind_flow="fold" if is_real(first) else "Hopf",
        kind_map=_map_kind(largest),
        leading_flow=first,
        leading_map=largest,
        residual=found.point.residual,
        moved=found.point.moved,
    )


def worst_side(sides: Sequence[Side]) -> Side:
    """The verdict on all samples together."""
    if "unstable" in sides:
        return "unstable"
    return "inconclusive" if "inconclusive" in sides else "stable"


def critical_step(spectrum: Spectrum) -> float:
    """The least -2a / (a^2 + b^2) over mu = a + ib; 0 if some a >= 0."""
    if np.any(spectrum.mu.real >= 0):
        return 0.0
    size = np.abs(spectrum.mu)
    with np.errstate(over="ignore"):
        return float(np.min(-2 * (spectrum.mu.real / size) / size))


def _leading(
    spectra: Sequence[Spectrum], epsilon: float, keys: list[np.ndarray], factor: float
) -> Eigenvalue:
    """The eigenvalue with the largest key, which changes by ``factor`` times mu; of a pair the
    upper."""
    sample = max(range(len(spectra)), key=lambda one: float(keys[one].max()))
    tie = 1e-13 * factor * float(np.abs(spectra[sample].mu).max())
    ties = np.flatnonzero(keys[sample] >= keys[sample].max() - tie)
    place = int(ties[np.argmax(spectra[sample].mu.imag[ties])])
    return eigenvalue(spectra[sample], place, epsilon, sample)


def is_real(one: Eigenvalue) -> bool:
    """Whether the imaginary part is 0 within the interval."""
    sure = one.radius if one.radius < float("inf") else 0.0
    return abs(one.mu.imag) <= max(sure, 1e-12 * abs(one.mu))


def _map_kind(one: Eigenvalue) -> Kind:
    if not is_real(one):
        return "Neimark-Sacker"
    return "flip" if one.multiplier.real < 0 else "fold"


def _nothing(
    status: Literal["refused", "inconclusive"],
    route: str,
    notes: tuple[str, ...],
    problem: EquilibriumProblem,
) -> StabilityReport:
    none = float("nan")
    return StabilityReport(
        status=status,
        method=route,
        notes=notes,
        flow="inconclusive",
        map="inconclusive",
        by_sample=(),
        re_mu=none,
        omega=none,
        rho=none,
        epsilon=problem.epsilon,
        epsilon_crit=none,
        kind_flow="fold",
        kind_map="fold",
        leading_flow=None,
        leading_map=None,
        residual=none,
        moved=none,
    )
