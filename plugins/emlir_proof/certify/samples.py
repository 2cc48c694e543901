"""Values at a few points of a part: what is false there is not worth a try."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Interval
from emlir_proof.boxes import cut_place
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.calculus import below
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.polynomials import Poly

Array = NDArray[np.float64]
MOST_CORNERS = 16
RANDOM = 40
CLOSE = 1e-11
"""Values within this part of the sum of the sizes of the terms may be 0."""

FUNCTIONS = {
    "exp": np.exp,
    "ln": np.log,
    "sqrt": np.sqrt,
    "recip": np.reciprocal,
    "sin": np.sin,
    "cos": np.cos,
    "abs": np.abs,
    "floor": np.floor,
}


class Samples:
    """Corners, the middle and other points of a part, with the values of atoms there."""

    def __init__(
        self, atoms: Atoms, box: Mapping[str, Interval], path: Sequence[Fact] = ()
    ) -> None:
        self.atoms = atoms
        self.points = _points(box)
        self._values: dict[int, Array] = {}
        inside = np.ones(len(next(iter(self.points.values()), [])), dtype=bool)
        for fact in path:
            inside &= self._values_of(fact.poly)[0] >= 0
        self.points = {name: column[inside] for name, column in self.points.items()}
        self._values.clear()

    def least(self, poly: Poly) -> float:
        """Return the smallest value, relative to the sizes of the terms; undefined ones apart."""
        value, size = self._values_of(poly)
        with np.errstate(all="ignore"):
            value = value / np.maximum(size, 1e-300)
        relative = value[np.isfinite(value)]
        return float(relative.min()) if relative.size else 0.0

    def may_be_positive(self, poly: Poly) -> bool:
        """Whether no point shows that ``poly`` is below 0 somewhere."""
        return self.least(poly) >= -CLOSE

    @np.errstate(all="ignore")
    def _values_of(self, poly: Poly) -> tuple[Array, Array]:
        for atom in below(self.atoms, poly):
            if atom not in self._values:
                self._values[atom] = self._of(atom)
        return self._sum(poly)

    def _of(self, atom: int) -> Array:
        entry = self.atoms.atoms[atom]
        if entry.kind == "var":
            return self.points[entry.name]
        if entry.kind == "pi":
            return np.array(np.pi)
        made: Array = FUNCTIONS[entry.kind](self._sum(entry.argument)[0])
        return made

    def _sum(self, poly: Poly) -> tuple[Array, Array]:
        value, size = np.zeros(()), np.zeros(())
        for monomial, c in poly.terms.items():
            term = np.array(_float(c))
            for atom, power in monomial:
                term = term * self._values[atom] ** power
            value, size = value + term, size + np.abs(term)
        return value, size


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return float("inf")


def _points(box: Mapping[str, Interval]) -> dict[str, Array]:
    ends = [_ends(side) for side in box.values()]
    corners = list(itertools.islice(itertools.product(*ends), MOST_CORNERS))
    rng = np.random.default_rng(0)
    inside = [
        [lo + (hi - lo) * u for (lo, hi), u in zip(ends, row, strict=True)]
        for row in np.vstack([np.full((1, len(ends)), 0.5), rng.random((RANDOM, len(ends)))])
    ]
    rows = np.array([*corners, *inside]).reshape(-1, len(ends))
    return {name: rows[:, k] for k, name in enumerate(box)}


def _ends(side: Interval) -> tuple[float, float]:
    place = _float(cut_place(side))
    lo = place - 1 - abs(place) if side.lo is None else _float(side.lo)
    hi = place + 1 + abs(place) if side.hi is None else _float(side.hi)
    return lo, hi
