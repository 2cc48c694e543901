"""What is reported of eigenvalues."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emlir_equilibrium.pictures import Panel, Picture, Series
from emlir_equilibrium.report import Report
from emlir_equilibrium.spectrum.discs import Spectrum, past_circle


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

    def picture(self) -> Picture:
        """The eigenvalues of force and map with their discs, and the two limits of stability."""
        return Picture(f"eigenvalues, route {self.route}: {self.status}", planes(self.leading))


def planes(found: Sequence[Eigenvalue]) -> tuple[Panel, Panel]:
    """Return the plane of mu with the imaginary axis, and that of 1 + epsilon mu with the circle.

    Discs are drawn in both; the map's are epsilon times the force's.
    """
    discs = [(one.mu, one.radius) for one in found]
    scaled = [(one.multiplier, _scale(one) * one.radius) for one in found]
    flow = Panel("Re mu", "Im mu", (_dots(discs),), upright=(0.0,), circles=_circles(discs))
    unit = (0.0, 0.0, 1.0)
    names = "Re(1 + epsilon mu)", "Im(1 + epsilon mu)"
    return flow, Panel(*names, (_dots(scaled),), circles=(unit, *_circles(scaled)))


def _scale(one: Eigenvalue) -> float:
    """epsilon, from an eigenvalue and its multiplier."""
    return abs(one.multiplier - 1) / abs(one.mu) if one.mu else 0.0


def _dots(discs: Sequence[tuple[complex, float]]) -> Series:
    x, y = (tuple(part(centre) for centre, _ in discs) for part in (np.real, np.imag))
    return Series(tuple(map(float, x)), tuple(map(float, y)), style="points")


def _circles(discs: Sequence[tuple[complex, float]]) -> tuple[tuple[float, float, float], ...]:
    return tuple((centre.real, centre.imag, radius) for centre, radius in discs)


def leading_of(spectra: Sequence[Spectrum], epsilon: float, k: int) -> tuple[Eigenvalue, ...]:
    """The first ``k`` of each sample by real part and its largest multiplier, sorted."""
    found = [
        eigenvalue(one, place, epsilon, sample)
        for sample, one in enumerate(spectra)
        for place in _chosen(one, epsilon, k)
    ]
    size = max((abs(one.mu) for one in found), default=0.0) or 1.0
    return tuple(sorted(found, key=lambda e: (-round(e.mu.real / size, 12), e.sample, -e.mu.imag)))


def _chosen(spectrum: Spectrum, epsilon: float, k: int) -> list[int]:
    first = [int(place) for place in spectrum.order()[:k]]
    if not first:
        return []
    largest = int(np.argmax(past_circle(spectrum.mu, epsilon)[0]))
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
