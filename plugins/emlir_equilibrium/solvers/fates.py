"""What became of each sample of a relaxation that did not converge."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from emlir_equilibrium.guards import residuals
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.solvers.curve import Tail, Verdict, judge, tail_of
from emlir_equilibrium.solvers.iterate import Run, comes_back
from emlir_equilibrium.spectrum.routes import Analysed

ROUNDING = 100.0
"""A residual below so many units of rounding is noise."""
WORST_FIRST: tuple[Verdict, ...] = ("divergent", "limit_cycle", "undecided", "slow", "converged")


@dataclass(frozen=True)
class Fate:
    """A sample's verdict and why; its |F| at each step, and log rho at its equilibrium."""

    sample: int
    verdict: Verdict
    reason: str
    curve: NDArray[np.float64] = field(repr=False)
    tail: Tail | None
    log_rho: float | None

    def note(self, batch: int) -> str:
        """The reason, with the sample's number where there are several."""
        return self.reason if batch == 1 else f"sample {self.sample}: {self.reason}"


def fates_of(
    problem: EquilibriumProblem, run: Run, found: Analysed | None, damping: float, tol: float
) -> list[Fate]:
    """Judge each sample by its own curve and its own spectral radius.

    A flat curve is no cycle unless the state comes back: a force of constant size may push it
    away for ever.
    """
    ends = residuals(problem, run.z).tolist()
    step = damping * problem.epsilon
    fates = [
        _fate(problem, run, _log_rho(found, step, k), tol, ends[k], k) for k in range(len(ends))
    ]
    lengths = [one.tail.steps for one in fates if one.verdict == "limit_cycle" and one.tail]
    if not lengths:
        return fates
    back = comes_back(problem, run.z, max(lengths), damping).tolist()
    return [
        replace(one, verdict="undecided", reason="the residual stays, but the state does not")
        if one.verdict == "limit_cycle" and not returns
        else one
        for one, returns in zip(fates, back, strict=True)
    ]


def worst_fate(fates: Sequence[Fate]) -> Fate:
    """The sample with the worst verdict, among equals the one that ends with the largest force."""
    return min(
        fates,
        key=lambda one: (WORST_FIRST.index(one.verdict), -np.nan_to_num(one.curve[-1], nan=np.inf)),
    )


def curve_of(run: Run, sample: int) -> NDArray[np.float64]:
    """|F| of a sample at each step."""
    curve: NDArray[np.float64] = run.forces[:, sample].double().cpu().numpy()
    return curve


def _fate(
    problem: EquilibriumProblem,
    run: Run,
    log_rho: float | None,
    tol: float,
    residual: float,
    sample: int,
) -> Fate:
    """Judge a sample from where it ended."""
    curve = curve_of(run, sample)
    tail = tail_of(curve)
    if bool(run.gone[sample]):
        verdict, reason = _escape(log_rho)
    elif residual <= tol:
        verdict, reason = "converged", "the residual meets the tolerance"
    elif residual <= ROUNDING * torch.finfo(problem.z0.dtype).eps:
        verdict = "undecided"
        reason = "the residual has stopped at rounding: raise tol or the precision"
    else:
        verdict, reason = judge(tail, log_rho)
    return Fate(sample, verdict, reason, curve, tail, log_rho)


def _escape(log_rho: float | None) -> tuple[Verdict, str]:
    if log_rho is not None and log_rho < 0:
        return "divergent", "the state escapes, from outside the basin of the equilibrium"
    return "divergent", "the state escapes"


def _log_rho(found: Analysed | None, step: float, sample: int) -> float | None:
    """log of the spectral radius of a sample's map, None where intervals straddle 0."""
    if found is None or found.spectra[sample].map(step) == "inconclusive":
        return None
    size = float(np.abs(1 + step * found.spectra[sample].mu).max())
    return math.log(max(size, np.finfo(float).tiny))
