"""Norms of the Jacobian and its numerical abscissa: what they show, and what they cannot.

A negative numerical abscissa certifies contraction near the state. A positive one, or a large
norm, proves nothing: a stable equilibrium of a non-normal force has both (G1).
"""

import math
import time
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from emlir_equilibrium.derivatives import MOST_DENSE, Linearised, at_work
from emlir_equilibrium.draws import normal, seeded
from emlir_equilibrium.guards import precision_notes, roundoff
from emlir_equilibrium.hutchinson import Estimate, frobenius
from emlir_equilibrium.lanczos import Bound, largest, smallest
from emlir_equilibrium.pictures import Picture, bars
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report
from emlir_equilibrium.solvers.newton import CorrectionReport
from emlir_equilibrium.solvers.point import equilibrium
from emlir_equilibrium.spectrum.drift import shift_of
from emlir_equilibrium.spectrum.routes import sides, spectra_of
from emlir_equilibrium.spectrum.sided import Sides
from emlir_equilibrium.structure import KINK, StructureError, check_samples, kinked

Method = Literal["auto", "dense", "lanczos"]
SMALL = 256
"""Components up to which ``auto`` makes the Jacobian."""
PROBES = 8
UNKNOWN = Bound(math.nan, math.inf, False)
NO_VERDICT = "the numerical abscissa is positive: that is no verdict on stability; take hopf_margin"


@dataclass(frozen=True, kw_only=True)
class AbscissaReport(Report):
    """The ends of the numerical range's real part, omega = lambda((J + J^T) / 2).

    ``error`` bounds both ends. ``alpha`` is the largest Re mu and ``gap`` omega_max - alpha.
    ``henrici`` is the departure from normality sqrt(|J|_F^2 - sum |mu|^2), None without the
    whole spectrum. ``asymmetry`` is |Jv - J^T v| / |Jv| over random v. The verdict is
    ``contracting`` or ``inconclusive``: there is no third.
    """

    omega_max: float
    omega_min: float
    error: float
    alpha: float
    gap: float
    henrici: float | None
    asymmetry: float
    verdict: Literal["contracting", "inconclusive"]

    def picture(self) -> Picture:
        """The numerical range's ends with their errors and the spectral abscissa, beside 0."""
        ends: dict[str, float | None] = {
            "omega_min": self.omega_min,
            "alpha": self.alpha,
            "omega_max": self.omega_max,
        }
        panel = bars(ends, "real part", (self.error, 0.0, self.error), across=(0.0,))
        return Picture(f"numerical abscissa: {self.verdict}", (panel,))


def abscissa(
    problem: EquilibriumProblem,
    z: Tensor | None = None,
    method: Method = "auto",
    tol: float = 1e-10,
    seed: int = 0,
) -> AbscissaReport:
    """Return the numerical abscissa at an equilibrium, the worst over the samples.

    ``lanczos`` finds both ends from products with J and its transpose; power iteration on this
    indefinite operator would find the end that is larger in size (G2).
    """
    began = time.perf_counter()
    _known(method)
    point = equilibrium(problem, z, tol)
    with at_work(problem):
        linear = Linearised(problem, point.z)
        check_samples(linear)
        ends = _ends(linear, method, seed)
        asymmetry = _asymmetry(linear, seed)
        bent = bool(kinked(linear, shift_of(linear).length).any())
    alpha, henrici, cost = _spectral(problem, point, linear)
    error = max(max(high.error, low.error) for high, low in ends)
    top = max(high.value for high, _ in ends)
    met = point.status == "ok" and not bent
    sure = met and all(high.sure and high.value + error < 0 for high, _ in ends)
    seconds = time.perf_counter() - began - point.cost.seconds - cost.seconds
    return AbscissaReport(
        status="ok" if sure else "inconclusive",
        method="lanczos" if _iterates(problem, method) else "dense",
        cost=point.cost + cost + Cost(0, linear.jvps, linear.vjps, seconds),
        evidence={"residual": point.residual, "by_sample": [high.value for high, _ in ends]},
        notes=(*precision_notes(problem), *(() if sure else (KINK if bent else _reason(top),))),
        omega_max=top,
        omega_min=min(low.value for _, low in ends),
        error=error,
        alpha=alpha,
        gap=top - alpha,
        henrici=henrici,
        asymmetry=asymmetry,
        verdict="contracting" if sure else "inconclusive",
    )


def _reason(top: float) -> str:
    return NO_VERDICT if top > 0 else "the numerical abscissa is not surely negative"


def _known(method: str) -> None:
    if method not in get_args(Method):
        raise ValueError(f"no method {method!r}: choose from {', '.join(get_args(Method))}")


def _iterates(problem: EquilibriumProblem, method: Method) -> bool:
    return method == "lanczos" or (method == "auto" and problem.size > SMALL)


def _ends(linear: Linearised, method: Method, seed: int) -> list[tuple[Bound, Bound]]:
    """The upper and the lower end of each sample."""
    problem = linear.problem
    if not linear.is_finite():
        return [(UNKNOWN, UNKNOWN)] * problem.batch
    if not _iterates(problem, method):
        half = linear.dense()
        return [_dense_ends((one + one.T) / 2, roundoff(problem)) for one in half.double()]
    found = []
    for sample in range(problem.batch):
        both = sides(linear, sample)

        def symmetric(v: Tensor, both: Sides = both) -> Tensor:
            return (both.right(v) + both.left(v)) / 2

        found.append((largest(symmetric, both.start, seed), smallest(symmetric, both.start, seed)))
    return found


def _dense_ends(half: Tensor, unit: float) -> tuple[Bound, Bound]:
    values = torch.linalg.eigvalsh(half)
    error = 10 * unit * float(half.norm())
    return Bound(float(values[-1]), error, True), Bound(float(values[0]), error, True)


def _asymmetry(linear: Linearised, seed: int) -> float:
    generator = seeded(seed)
    parts = []
    for _ in range(PROBES):
        v = normal(linear.z.shape, generator, linear.z)
        forth, back = linear.jvp(v), linear.vjp(v)
        parts.append(float((forth - back).norm()) / max(float(forth.norm()), 1e-300))
    return float(np.mean(parts))


def _spectral(
    problem: EquilibriumProblem, point: CorrectionReport, linear: Linearised
) -> tuple[float, float | None, Cost]:
    """The spectral abscissa and, where all eigenvalues are at hand, Henrici's departure."""
    try:
        found = spectra_of(problem, point.z)
    except StructureError:
        return math.nan, None, Cost()
    alpha = max(
        (float(one.mu.real.max()) for one in found.spectra if len(one.mu)), default=math.nan
    )
    if found.route != "dense" and problem.size > MOST_DENSE:
        return alpha, None, found.cost
    if math.isnan(alpha):
        return alpha, None, found.cost
    squares = linear.dense().double().square().sum(dim=(1, 2)).cpu().numpy()
    departures = [
        max(float(square - np.sum(np.abs(one.mu) ** 2)), 0.0)
        for square, one in zip(squares, found.spectra, strict=True)
    ]
    return alpha, math.sqrt(max(departures)), found.cost


@dataclass(frozen=True, kw_only=True)
class NormReport(Report):
    """|J|_F and |J|_2 of the sample where each is largest, with error estimates.

    ``two`` is a lower bound that Lanczos brings within ``two_error``; ``frobenius_error`` is one
    standard error, 0 where the Jacobian was made.
    """

    frobenius: float
    frobenius_error: float
    two: float
    two_error: float

    def picture(self) -> Picture:
        """Both norms with their errors."""
        norms: dict[str, float | None] = {"|J|_F": self.frobenius, "|J|_2": self.two}
        panel = bars(norms, "norm", (self.frobenius_error, self.two_error))
        return Picture(f"norms of the Jacobian: {self.status}", (panel,))


def jac_norm(
    problem: EquilibriumProblem,
    z: Tensor | None = None,
    method: Method = "auto",
    probes: int = 60,
    tol: float = 1e-10,
    seed: int = 0,
) -> NormReport:
    """Return the Frobenius norm (Hutch++) and the 2-norm (Lanczos on J^T J) at an equilibrium.

    Norms decide nothing about stability (G1).
    """
    began = time.perf_counter()
    _known(method)
    point = equilibrium(problem, z, tol)
    with at_work(problem):
        linear = Linearised(problem, point.z)
        check_samples(linear)
        if not linear.is_finite():
            sums, twos = [Estimate(math.nan, math.inf)], [UNKNOWN]
        elif _iterates(problem, method):
            sums = frobenius(linear, probes, seed)
            twos = [_two(sides(linear, one), seed) for one in range(problem.batch)]
        else:
            sums, twos = _dense_norms(linear)
    total = max(sums, key=lambda one: one.value)
    two = max(twos, key=lambda one: one.value)
    met = point.status == "ok"
    return NormReport(
        status="ok" if met and two.sure else "inconclusive",
        method="hutch++, lanczos" if _iterates(problem, method) else "dense",
        cost=point.cost + Cost(0, linear.jvps, linear.vjps, time.perf_counter() - began),
        evidence={"residual": point.residual},
        notes=precision_notes(problem) if met else (*precision_notes(problem), "off_equilibrium"),
        frobenius=total.value,
        frobenius_error=total.error,
        two=two.value,
        two_error=two.error,
    )


def _dense_norms(linear: Linearised) -> tuple[list[Estimate], list[Bound]]:
    blocks, unit = linear.dense().double(), roundoff(linear.problem)
    sizes = [float(one.norm()) for one in blocks]
    twos = [float(torch.linalg.matrix_norm(one, 2)) for one in blocks]
    return (
        [Estimate(size, 0.0) for size in sizes],
        [Bound(two, 10 * unit * size, True) for two, size in zip(twos, sizes, strict=True)],
    )


def _two(both: Sides, seed: int) -> Bound:
    square = largest(lambda v: both.left(both.right(v)), both.start, seed)
    size = math.sqrt(max(square.value, 0.0))
    return Bound(size, square.error / max(2 * size, 1e-300), square.sure)
