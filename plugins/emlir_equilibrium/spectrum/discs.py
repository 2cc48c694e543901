"""Eigenvalues in discs, and what discs say about a boundary.

Of a matrix A + E with right and left unit eigenvectors x_i, y_i, every eigenvalue of A lies in
the union of the discs of radius n |E| / |y_i^H x_i| about the eigenvalues of A + E, and each
connected part of the union holds as many eigenvalues as discs (Wilkinson, The Algebraic
Eigenvalue Problem, 1965, ch. 2; Demmel, Applied Numerical Linear Algebra, 1997, thm 4.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

ROUNDINGS = 16 * float(np.finfo(float).eps)
"""The relative error of a sum of two terms of a few factors each."""
Side = Literal["stable", "unstable", "inconclusive"]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of one sample's force.

    Discs of different ``part`` have nothing to do with each other. ``complete`` says whether the
    spectrum is all there; if not, ``hidden`` is how far past those found one may still lie: to the
    right, and outward from the circle of the map (in units of mu).
    """

    mu: Complexes
    residual: Floats
    condition: Floats
    radius: Floats
    part: NDArray[np.int64]
    token: NDArray[np.int64]
    complete: bool
    hidden: tuple[float, float] = (0.0, 0.0)

    def order(self) -> NDArray[np.int64]:
        """The places by falling real part, of a pair the upper first."""
        size = max(float(np.abs(self.mu).max(initial=0)), np.finfo(float).tiny)
        level = np.round(self.mu.real / size, 12)
        rank: NDArray[np.int64] = np.lexsort((-self.mu.imag, -level))
        return rank

    def flow(self) -> Side:
        """Whether all eigenvalues have a negative real part."""
        return side(self, self.mu.real, self.radius, self.hidden[0])

    def map(self, epsilon: float) -> Side:
        """Whether all 1 + epsilon mu lie inside the unit circle."""
        past, rounding = past_circle(self.mu, epsilon)
        return side(self, past, epsilon * self.radius + rounding, epsilon * self.hidden[1])

    def with_radius(self, radius: Floats | float) -> "Spectrum":
        """The same values with other errors; infinite says that nothing is known."""
        return replace(self, radius=np.broadcast_to(radius, self.radius.shape))


def past_circle(mu: Complexes, epsilon: float) -> tuple[Floats, Floats]:
    """Return |1 + epsilon mu| - 1 and a bound on its rounding.

    As (2 epsilon a + epsilon^2 |mu|^2) / (|1 + epsilon mu| + 1), which holds its digits where the
    multiplier is close to 1: there the size itself has none beyond 1e-16.
    """
    turn, stretch = 2 * epsilon * mu.real, (epsilon * np.abs(mu)) ** 2
    whole = np.abs(1 + epsilon * mu) + 1
    return (turn + stretch) / whole, ROUNDINGS * (np.abs(turn) + stretch) / whole


def side(spectrum: Spectrum, beyond: Floats, radius: Floats, hidden: float) -> Side:
    """Decide by ``beyond``, how far each centre lies past the boundary."""
    if np.all(beyond + np.maximum(radius, hidden) < 0):
        return "stable"
    past = beyond - radius > 0
    for part in np.unique(spectrum.part[past]):
        inside = spectrum.part == part
        groups = _overlapping(spectrum.mu[inside], spectrum.radius[inside])
        if any(np.all(past[inside][groups == group]) for group in np.unique(groups)):
            return "unstable"
    return "inconclusive"


def _overlapping(mu: Complexes, radius: Floats) -> NDArray[np.int32]:
    touching = np.abs(mu[:, None] - mu[None, :]) <= radius[:, None] + radius[None, :]
    if touching.sum() == len(mu):
        return np.arange(len(mu), dtype=np.int32)
    labels: NDArray[np.int32] = connected_components(touching)[1]
    return labels


def joined(spectra: Sequence[Spectrum], tokens: Sequence[int] | None = None) -> Spectrum:
    """Return the union of the spectra of diagonal blocks; their parts stay apart."""
    shift = np.cumsum([0, *(int(one.part.max(initial=-1)) + 1 for one in spectra)])
    parts = [one.part + start for one, start in zip(spectra, shift, strict=False)]
    marks = [
        one.token if tokens is None else np.full_like(one.token, tokens[place])
        for place, one in enumerate(spectra)
    ]
    return Spectrum(
        np.concatenate([one.mu for one in spectra]),
        np.concatenate([one.residual for one in spectra]),
        np.concatenate([one.condition for one in spectra]),
        np.concatenate([one.radius for one in spectra]),
        np.concatenate(parts),
        np.concatenate(marks),
        all(one.complete for one in spectra),
        (max(one.hidden[0] for one in spectra), max(one.hidden[1] for one in spectra)),
    )
