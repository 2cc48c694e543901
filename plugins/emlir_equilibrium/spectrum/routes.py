"""The ways to a spectrum: dense, token blocks, ARPACK, Krylov-Schur; and which is right."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from emlir_equilibrium.derivatives import MOST_DENSE, Linearised, at_work
from emlir_equilibrium.guards import precision_notes, roundoff
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost
from emlir_equilibrium.solvers.newton import CorrectionReport
from emlir_equilibrium.solvers.point import equilibrium
from emlir_equilibrium.spectrum.dense import full_spectra, full_spectrum
from emlir_equilibrium.spectrum.discs import Spectrum, joined
from emlir_equilibrium.spectrum.drift import shift_of, with_drift
from emlir_equilibrium.spectrum.sided import Engine, Sides, krylov_spectrum
from emlir_equilibrium.spectrum.tokens import token_blocks
from emlir_equilibrium.structure import KINK, beside, check_samples, kinked

Route = Literal["auto", "dense", "tokens", "arpack", "krylov"]
ILL = 1e6
"""The condition number from which the token route is compared with Arnoldi's method (G7)."""


@dataclass(frozen=True)
class Analysed:
    """The spectra of all samples at an equilibrium, and how they were obtained."""

    spectra: tuple[Spectrum, ...]
    point: CorrectionReport
    route: str
    cost: Cost
    notes: tuple[str, ...]
    evidence: dict[str, object]

    @property
    def off_equilibrium(self) -> bool:
        return self.point.status != "ok"


def spectra_of(
    problem: EquilibriumProblem,
    z: Tensor | None = None,
    k: int = 6,
    route: Route = "auto",
    tol: float = 1e-10,
    seed: int = 0,
) -> Analysed:
    """Correct the state (G4) and return the spectrum of each sample there.

    Raises :class:`~emlir_equilibrium.structure.StructureError` if the problem is not as it says.
    """
    began = time.perf_counter()
    chosen = choose(problem, route)
    point = equilibrium(problem, z, tol)
    with at_work(problem):
        linear = Linearised(problem, point.z)
        check_samples(linear)
        notes, evidence = list(precision_notes(problem)), dict[str, object]()
        spectra = _ROUTES[chosen](linear, k, seed)
        if chosen == "tokens" and any(_ill(one, k) for one in spectra):
            _compare(linear, spectra, k, seed, notes, evidence)
        if point.status == "ok":
            spectra = _at_rest(linear, spectra, seed, notes)
    if point.status != "ok":
        spectra = [one.with_radius(np.inf) for one in spectra]
        notes.append("off_equilibrium: the force is not 0 here, so no eigenvalue decides (G4)")
    cost = Cost(0, linear.jvps, linear.vjps, time.perf_counter() - began - point.cost.seconds)
    return Analysed(tuple(spectra), point, chosen, point.cost + cost, tuple(notes), evidence)


def _at_rest(
    linear: Linearised, spectra: list[Spectrum], seed: int, notes: list[str]
) -> list[Spectrum]:
    """Widen the discs by what is left of the force; at a kink nothing is known."""
    shift = shift_of(linear)
    bent = kinked(linear, shift.length).tolist()
    if any(bent):
        notes.append(KINK)
    widened = with_drift(linear, spectra, shift, seed)
    return [
        one.with_radius(np.inf) if sharp else one for one, sharp in zip(widened, bent, strict=True)
    ]


def _ill(spectrum: Spectrum, k: int) -> bool:
    """Whether a leading eigenvalue is ill-conditioned in its own block."""
    return bool(spectrum.condition[spectrum.order()[:k]].max(initial=0) > ILL)


def choose(problem: EquilibriumProblem, route: Route = "auto") -> str:
    """Return the route that ``auto`` means for a problem."""
    if route not in get_args(Route):
        raise ValueError(f"no route {route!r}: choose from {', '.join(get_args(Route))}")
    if route != "auto":
        return route
    if problem.causal_dim is not None:
        width = problem.size // problem.z0.shape[problem.causal_dim]
        if width <= MOST_DENSE:
            return "tokens"
    if problem.size <= MOST_DENSE:
        return "dense"
    return "krylov" if problem.z0.is_cuda else "arpack"


def _dense(linear: Linearised, k: int, seed: int) -> list[Spectrum]:
    blocks = linear.dense()
    return _spectra(linear, blocks, _nonzero(linear, blocks, Linearised.dense))


def _tokens(linear: Linearised, k: int, seed: int) -> list[Spectrum]:
    blocks = token_blocks(linear)
    patterns = _nonzero(linear, blocks, token_blocks)
    samples, tokens = blocks.shape[:2]
    found = _spectra(linear, blocks.flatten(0, 1), patterns.flatten(0, 1))
    return [
        joined(found[tokens * one : tokens * (one + 1)], range(tokens)) for one in range(samples)
    ]


def _spectra(linear: Linearised, blocks: Tensor, patterns: Tensor) -> list[Spectrum]:
    matrices = blocks.double().cpu().numpy()
    return full_spectra(matrices, roundoff(linear.problem), patterns.cpu().numpy())


def _nonzero(linear: Linearised, blocks: Tensor, again: Callable[[Linearised], Tensor]) -> Tensor:
    """Which entries are not 0 here or close by: a zero by chance takes no matrix apart."""
    known = blocks != 0
    if bool(known.all()):
        return known
    near = beside(linear)
    known = known | (again(near) != 0)
    linear.jvps += near.jvps
    return known


def _arpack(linear: Linearised, k: int, seed: int) -> list[Spectrum]:
    return _by_products(linear, k, seed, "arpack")


def _krylov(linear: Linearised, k: int, seed: int) -> list[Spectrum]:
    return _by_products(linear, k, seed, "krylov")


def _by_products(linear: Linearised, k: int, seed: int, engine: Engine) -> list[Spectrum]:
    if not linear.is_finite():
        return [full_spectrum(np.full((1, 1), np.nan), 0.0)] * linear.problem.batch
    samples = range(linear.problem.batch)
    return [krylov_spectrum(sides(linear, one), k, engine, seed) for one in samples]


_ROUTES: dict[str, Callable[[Linearised, int, int], list[Spectrum]]] = {
    "dense": _dense,
    "tokens": _tokens,
    "arpack": _arpack,
    "krylov": _krylov,
}


def sides(linear: Linearised, sample: int) -> Sides:
    """Products with one sample's J and its transpose."""
    problem = linear.problem
    if problem.size < 4:
        raise ValueError("Krylov methods need at least 4 components: choose route='dense'")

    def lone(product: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        def apply(v: Tensor) -> Tensor:
            whole = torch.zeros(problem.batch, problem.size, dtype=v.dtype, device=v.device)
            whole[sample] = v
            found: Tensor = product(whole.reshape(linear.z.shape))
            return found.reshape(problem.batch, -1)[sample]

        return apply

    start = linear.z.reshape(problem.batch, -1)[sample]
    return Sides(lone(linear.jvp), lone(linear.vjp), start, problem.epsilon, roundoff(problem))


def _compare(
    linear: Linearised,
    spectra: list[Spectrum],
    k: int,
    seed: int,
    notes: list[str],
    evidence: dict[str, object],
) -> None:
    """Run Arnoldi's method on the whole operator beside ill-conditioned blocks (G7)."""
    if linear.problem.size < 4:
        return
    blocks = max(float(one.mu.real.max()) for one in spectra)
    found = _arpack(linear, k, seed)
    whole = max((float(one.mu.real.max()) for one in found if len(one.mu)), default=float("nan"))
    evidence["whole_operator"] = {"blocks": blocks, "arnoldi": whole}
    if not abs(blocks - whole) <= 1e-6 * (1 + abs(blocks)):
        notes.append(
            f"Arnoldi's method on the whole operator gives {whole:.6g}, the blocks {blocks:.6g}: "
            "the blocks hold, the other is a pseudo-eigenvalue"
        )
