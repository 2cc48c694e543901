"""Values at a few points of a part: what is false there is not worth a try."""

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

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
    "atan": np.arctan,
    "asin": np.arcsin,
    "abs": np.abs,
    "floor": np.floor,
}


class Samples:
    """Corners, the middle and other points of a part, with the values of atoms there.

    ``blind`` ones have no points, so that nothing is held back from the prover.
    """

    def __init__(
        self, atoms: Atoms, box: Mapping[str, Interval], path: Sequence[Fact], blind: bool = False
    ) -> None:
        self.atoms = atoms
        self.variables = len(box)
        self._box = box
        self.points = {} if blind else _points(box)
        self._values: dict[int, Array] = {}
        self._sizes: dict[int, Array] = {}
        """How large values are taken to be: of sin and cos at least as large as the argument."""
        if self.points:
            self._keep_inside(path)

    def _keep_inside(self, path: Sequence[Fact]) -> None:
        inside = np.ones(self._count, dtype=bool)
        for fact in path:
            inside &= self._values_of(fact.poly)[0] >= 0
        self.points = {name: column[inside] for name, column in self.points.items()}
        self._values.clear()

    def may_be_positive(self, poly: Poly) -> bool:
        """Whether no point shows that ``poly`` is below 0 somewhere."""
        return not bool(np.any(self._relative(poly) < -CLOSE))

    def worst(self, poly: Poly) -> dict[str, Fraction] | None:
        """Return the point where ``poly`` is most clearly below 0, if there is one."""
        values = np.broadcast_to(self._relative(poly), (self._count,))
        if not values.size or not values.min() < -CLOSE:
            return None
        row = int(values.argmin())
        return {name: Fraction(float(column[row])) for name, column in self.points.items()}

    def downhill(self, poly: Poly) -> dict[str, Fraction] | None:
        """Return the corner to which the slopes at the middle of the box lead down."""
        names = list(self.points)
        if not names:
            return None
        ends = np.array([_ends(self._box[name]) for name in names])
        rows = np.tile(ends.mean(axis=1), (2 * len(names), 1))
        rows[range(0, len(rows), 2), range(len(names))] = ends[:, 0]
        rows[range(1, len(rows), 2), range(len(names))] = ends[:, 1]
        moved = Samples(self.atoms, {}, ())
        moved.points = {name: rows[:, k] for k, name in enumerate(names)}
        values = np.broadcast_to(moved._values_of(poly)[0], (len(rows),))
        lower = values[0::2] <= values[1::2]
        corner = np.where(lower, ends[:, 0], ends[:, 1])
        return {name: Fraction(float(value)) for name, value in zip(names, corner, strict=True)}

    def _relative(self, poly: Poly) -> Array:
        """Return the values relative to the sizes of their terms; 0 where undefined."""
        if not self.points:
            return np.zeros(0)
        value, size = self._values_of(poly)
        with np.errstate(all="ignore"):
            return np.nan_to_num(value / np.maximum(size, 1e-300), posinf=0.0, neginf=0.0)

    @property
    def _count(self) -> int:
        return len(next(iter(self.points.values()), []))

    @np.errstate(all="ignore")
    def _values_of(self, poly: Poly) -> tuple[Array, Array]:
        for atom in below(self.atoms, poly):
            if atom not in self._values:
                self._values[atom] = self._of(atom)
                self._sizes[atom] = self._size_of(atom)
        return self._sum(poly)

    def _of(self, atom: int) -> Array:
        entry = self.atoms.atoms[atom]
        if entry.kind == "var":
            return self.points[entry.name]
        if entry.kind == "pi":
            return np.array(np.pi)
        made: Array = FUNCTIONS[entry.kind](self._sum(entry.argument)[0])
        return made

    def _size_of(self, atom: int) -> Array:
        entry, size = self.atoms.atoms[atom], np.abs(self._values[atom])
        if entry.kind not in ("sin", "cos"):
            return size
        return np.maximum(1.0, self._sum(entry.argument)[1])

    def _sum(self, poly: Poly) -> tuple[Array, Array]:
        value, size = np.zeros(()), np.zeros(())
        for monomial, c in poly.terms.items():
            term = np.array(_float(c))
            scale = np.abs(term)
            for atom, power in monomial:
                term = term * self._values[atom] ** power
                sizes = self._sizes[atom] if power > 0 else np.abs(self._values[atom])
                scale = scale * sizes**power
            value, size = value + term, size + scale
        return value, size


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return float("inf")


def _points(box: Mapping[str, Interval]) -> dict[str, Array]:
    if not box:
        return {}
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
