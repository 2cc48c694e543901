"""How far eigenvalues move because the force is not quite 0 where they are taken."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, along
from emlir_equilibrium.draws import normal, seeded
from emlir_equilibrium.guards import by_sample, force_at
from emlir_equilibrium.spectrum.discs import Floats, Spectrum

PROBES = 3
MOST_CONDITION = 1e16


def with_drift(linear: Linearised, spectra: Sequence[Spectrum], seed: int) -> list[Spectrum]:
    """Widen the discs by condition * |D^2F| * |dz|, where dz = J^-1 F is what Newton's method
    would still move; |J^-1| is taken as 1 / min |mu|, of an incomplete spectrum 1 / min |Re mu|.
    """
    force = force_at(linear.problem, linear.z).norm(dim=1).double().cpu().numpy()
    if not force.any():
        return list(spectra)
    bends = _curvature(linear, seed)
    return [
        _widened(one, size * bend) for one, size, bend in zip(spectra, force, bends, strict=True)
    ]


def _widened(spectrum: Spectrum, error: float) -> Spectrum:
    if not len(spectrum.mu):
        return spectrum
    sizes = np.abs(spectrum.mu) if spectrum.complete else np.abs(spectrum.mu.real)
    least = max(float(sizes.min()), np.finfo(float).tiny)
    drift = np.minimum(spectrum.condition, MOST_CONDITION) * (error / least)
    return spectrum.with_radius(spectrum.radius + drift)


def _curvature(linear: Linearised, seed: int) -> Floats:
    """|D^2F| of each sample from its products with random directions, times sqrt(n)."""
    generator = seeded(seed)
    sizes = []
    for _ in range(PROBES):
        first, second = (_direction(linear, generator) for _ in range(2))
        bent = along(along(linear.problem.force, first), second)(linear.z)
        sizes.append(by_sample(linear.problem, bent).norm(dim=1))
    linear.jvps += 2 * PROBES
    most: Floats = torch.stack(sizes).amax(dim=0).double().cpu().numpy()
    found: Floats = most * linear.problem.size**0.5
    return found


def _direction(linear: Linearised, generator: torch.Generator) -> Tensor:
    """A random unit vector for each sample."""
    rows = by_sample(linear.problem, linear.z)
    noise = normal(rows.shape, generator, rows)
    found: Tensor = (noise / noise.norm(dim=1, keepdim=True)).reshape(linear.z.shape)
    return found
