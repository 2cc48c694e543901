"""What is reported of eigenvalues."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emlir_equilibrium.report import Report
from emlir_equilibrium.spectrum.discs import Spectrum


@dataclass(frozen=True)
class Eigenvalue:
    """An eigenvalue mu of the force and 1 + epsilon mu of the map, with its error (G3).

    ``residual`` is |J x - mu x| / |J|, ``condition`` 1 / |y^H x| within its diagonal block;
    the true value lies within ``radius`` of ``mu``.
    """

    mu: complex
    multiplier: complex
    residual: float
    condition: float
    radius: float
    sample: int
    token: int | None = None


@dataclass(frozen=True, kw_only=True)
class EigenReport(Report):
    """The eigenvalues with the largest real parts of each sample, sorted over all samples.

    ``residual`` and ``moved`` are of the state: how large the force is there and how far it was
    corrected; ``off_equilibrium`` says that it is none (G4).
    """

    leading: tuple[Eigenvalue, ...]
    route: str
    residual: float
    moved: float
    off_equilibrium: bool

    @property
    def abscissa(self) -> float:
        """The largest real part."""
        return max((one.mu.real for one in self.leading), default=float("nan"))

    @property
    def radius(self) -> float:
        """The largest |1 + epsilon mu| of those reported."""
        return max((abs(one.multiplier) for one in self.leading), default=float("nan"))


def leading_of(spectra: Sequence[Spectrum], epsilon: float, k: int) -> tuple[Eigenvalue, ...]:
    """The first ``k`` of each sample by real part and its largest multiplier, sorted."""
    found = [
        eigenvalue(one, place, epsilon, sample)
        for sample, one in enumerate(spectra)
        for place in _chosen(one, epsilon, k)
    ]
    return tuple(sorted(found, key=lambda e: (-round(e.mu.real, 12), e.sample, -e.mu.imag)))


def _chosen(spectrum: Spectrum, epsilon: float, k: int) -> list[int]:
    first = [int(place) for place in spectrum.order()[:k]]
    if not first:
        return []
    largest = int(np.argmax(np.abs(1 + epsilon * spectrum.mu)))
    return first if largest in first else [*first, largest]


def eigenvalue(spectrum: Spectrum, place: int, epsilon: float, sample: int) -> Eigenvalue:
    """Return one entry of a spectrum."""
    mu, token = complex(spectrum.mu[place]), int(spectrum.token[place])
    return Eigenvalue(
        mu,
        1 + epsilon * mu,
        float(spectrum.residual[place]),
        float(spectrum.condition[place]),
        float(spectrum.radius[place]),
        sample,
        token if token >= 0 else None,
    )
