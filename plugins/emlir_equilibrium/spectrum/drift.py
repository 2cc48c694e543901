"""How far eigenvalues move because the force is not quite 0 where they are taken."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, along
from emlir_equilibrium.guards import by_sample, force_at
from emlir_equilibrium.solvers.linear import newton_direction
from emlir_equilibrium.spectrum.discs import Floats, Spectrum
from emlir_equilibrium.structure import drawn

SAFETY = 10.0
"""A norm from a few probes is widened by this."""
MOST_CONDITION = 1e16


@dataclass(frozen=True)
class Shift:
    """What Newton's method would still move, one row a sample, and how large J times it + F is."""

    rows: Tensor
    missed: Tensor

    @property
    def length(self) -> Tensor:
        """How far each sample would move; infinite where J is singular."""
        found: Tensor = self.rows.norm(dim=1).nan_to_num(nan=torch.inf, posinf=torch.inf)
        return found


def shift_of(linear: Linearised) -> Shift:
    """Solve J d = -F at the state, roughly where samples are large."""
    force = force_at(linear.problem, linear.z)
    if not bool(force.any()):
        return Shift(torch.zeros_like(force), torch.zeros_like(force[:, 0]))
    rows = newton_direction(linear, force, tol=1e-2, cycles=1)
    product = by_sample(linear.problem, linear.jvp(rows.reshape(linear.z.shape)))
    return Shift(rows, (product + force).norm(dim=1))


def with_drift(
    linear: Linearised, spectra: Sequence[Spectrum], shift: Shift, seed: int
) -> list[Spectrum]:
    """Widen the discs by condition * |D^2F| * |dz|.

    dz is the shift; for the part of the force that it misses |J^-1| is taken as 1 / min |mu|, of
    an incomplete spectrum 1 / min |Re mu|.
    """
    lengths, missed = (
        one.double().cpu().numpy() for one in (shift.length, shift.missed.nan_to_num(torch.inf))
    )
    if not lengths.any() and not missed.any():
        return list(spectra)
    bends = _curvature(linear, shift, seed)
    return [_widened(*one) for one in zip(spectra, lengths, missed, bends, strict=True)]


def _widened(spectrum: Spectrum, length: float, missed: float, bend: float) -> Spectrum:
    if not len(spectrum.mu) or not bend:
        return spectrum
    sizes = np.abs(spectrum.mu) if spectrum.complete else np.abs(spectrum.mu.real)
    least = max(float(sizes.min()), np.finfo(float).tiny)
    distance = length + missed / least
    drift = np.minimum(spectrum.condition, MOST_CONDITION) * SAFETY * bend * distance
    return spectrum.with_radius(spectrum.radius + drift)


def _curvature(linear: Linearised, shift: Shift, seed: int) -> Floats:
    """|D^2F| of each sample along its shift and along a random way, times sqrt(n): the largest of
    three probes."""
    size = shift.length[:, None]
    sure = (size > 0) & size.isfinite()
    toward = torch.where(sure, shift.rows / size, _unit(linear, seed))
    sizes = []
    for probe, way in enumerate((toward, toward, _unit(linear, seed + 1))):
        first, second = (
            one.reshape(linear.z.shape) for one in (way, _unit(linear, seed + 2 + probe))
        )
        bent = along(along(linear.problem.force, first), second)(linear.z)
        sizes.append(by_sample(linear.problem, bent).norm(dim=1))
    linear.jvps += 2 * len(sizes)
    most: Floats = torch.stack(sizes).amax(dim=0).double().cpu().numpy()
    found: Floats = most * linear.problem.size**0.5
    return found


def _unit(linear: Linearised, seed: int) -> Tensor:
    """A random unit vector for each sample."""
    rows = drawn(linear, seed)
    found: Tensor = rows / rows.norm(dim=1, keepdim=True)
    return found
