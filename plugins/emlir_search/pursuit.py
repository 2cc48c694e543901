"""Orthogonal matching pursuit with a beam: sums of a few terms out of many that match a target.

A base (the constant, or what always belongs to the sum) is taken out of everything first. Then
one term after the other is added to the best sets, by what it explains of the rest (Pati,
Rezaiifar and Krishnaprasad 1993), so that sets of three or four among 10⁵ terms are found in
some matrix products.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emlir_search.form import Form
from emlir_search.noise import Noise

Array = NDArray[np.float64]
Sets = list[tuple[int, ...]]
Values = Callable[[NDArray[np.int64]], Array]
"""Gives the values of terms (terms, points) by their index."""
Assess = Callable[[Sets], Array]
"""Says of sets of places which part each leaves of the target's weighted sum of squares."""

BEAM = (24, 12, 6)
"""Sets that are kept with one, two and three terms."""
FEW, WIDE_BEAM = 800, (160, 80, 40, 20)
"""Among so many terms, the smallest ones, more sets are kept, and larger ones."""
BLOCK = 4096
"""Terms that are weighed at a time: they stay in the cache."""
SAME = 1e-7
"""A row of which the base leaves less is explained by it."""
EQUAL = 1e-9
"""Sets that leave the same, to this part of it, are the same in other words."""
SPANNED = 1 - 1e-5
"""A term of which other terms explain so much is left out."""
NEAR = 30.0
"""A set that leaves so many times what the best one leaves is of no use."""
MATCHED = 1e-13
"""A set that leaves so little of the target needs no more terms."""


@dataclass(frozen=True, eq=False)
class Match:
    """A set of terms that comes close: what it leaves, how large it is, and how to write it."""

    left: float
    terms: int
    size: int
    noise: Noise
    form: Callable[[], Form | None]

    @property
    def rank(self) -> tuple[float, int]:
        """The closest first, of those that are as close as rounding allows the smallest."""
        return max(self.left, MATCHED), self.size


@dataclass(frozen=True, eq=False)
class Target:
    """A weighted target at the points, and an orthonormal base of weighted rows.

    What is left of it is counted relative to its own length: the rows of terms are of single
    precision, whose squares would overflow or vanish beside a target of extreme size.
    """

    values: Array
    weight: Array
    base: Array

    @classmethod
    def of(cls, values: Array, weight: Array, base: list[Array]) -> "Target":
        """Weigh the base and make it orthonormal."""
        rows = np.stack(base) * weight
        return cls(values, weight, np.linalg.qr(rows.T)[0].T)

    @property
    def length(self) -> float:
        """The length of the weighted target."""
        aim = self.values * self.weight
        largest = float(np.max(np.abs(aim)))
        return largest * float(np.linalg.norm(aim / largest)) if largest else 0.0

    @property
    def rest(self) -> Array:
        """What of the target, scaled to the length 1, the base does not explain."""
        return self.without_base(self.values * self.weight / (self.length or 1.0))

    def without_base(self, rows: Array) -> Array:
        """Take out, twice for the rounding, what the base explains."""
        for _ in range(2):
            rows = rows - (rows @ self.base.T) @ self.base
        return rows

    @np.errstate(all="ignore")
    def solve(self, rows: list[Array]) -> list[float] | None:
        """Return the factors of the least squares; ``None`` for rows that are not finite."""
        matrix = np.stack(rows)
        size = np.maximum(np.max(np.abs(matrix), axis=1), 1e-300)
        scaled = (matrix / size[:, None] * self.weight).T
        if not np.isfinite(scaled).all():
            return None
        solved = np.linalg.lstsq(scaled, self.values * self.weight, rcond=None)[0] / size
        return [float(value) for value in solved]


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Terms as unit rows without what the base explains; ``index`` says which terms they are.

    Rows are of single precision, enough to see which terms are worth a closer look.
    """

    rows: NDArray[np.float32]
    index: NDArray[np.int64]

    @classmethod
    @np.errstate(all="ignore")
    def of(cls, values: Array, target: Target) -> "Dictionary":
        """Weigh terms (terms, points); those that the base explains are left out."""
        rows, index = [], []
        for start in range(0, len(values), BLOCK):
            made, good = _unit_rows(values[start : start + BLOCK], target)
            rows.append(made[good].astype(np.float32))
            index.append(start + np.flatnonzero(good))
        return cls(np.concatenate(rows), np.concatenate(index))

    def __len__(self) -> int:
        return len(self.index)


@np.errstate(all="ignore")
def _unit_rows(values: Array, target: Target) -> tuple[Array, NDArray[np.bool_]]:
    """Return weighted rows of length one without the base, and which are more than rounding."""
    largest = np.max(np.abs(values), axis=1, keepdims=True)
    rows = values * (target.weight / np.maximum(largest, 1e-300))
    before = np.linalg.norm(rows, axis=1)
    rows = target.without_base(rows)
    norms = np.linalg.norm(rows, axis=1)
    good = (norms > SAME * before) & np.isfinite(norms)
    return rows / norms[:, None], good


def pursue(
    terms: Dictionary, values: Values, target: Target, assess: Assess | None = None
) -> Iterator[dict[tuple[int, ...], float]]:
    """Yield the best sets of one term, of two, and so on: places in the dictionary.

    ``terms`` come in the order of size; the smallest are searched more thoroughly, and first.
    ``values`` gives the values of terms. With each set comes the part of the target's sum of
    squares that it leaves, or what ``assess`` says that it leaves.
    """
    if len(terms) > FEW:
        few = Dictionary(terms.rows[:FEW], terms.index[:FEW])
        for found in _pursue(few, values, target, assess, WIDE_BEAM):
            yield found
            if min(found.values(), default=1.0) < MATCHED:
                return
    yield from _pursue(terms, values, target, assess, BEAM)


def nearest_of_kinds(
    terms: Dictionary, target: Target, kinds: NDArray[np.int64], keep: int
) -> list[tuple[int, float]]:
    """Return the best single term of each kind, the best kinds first, and what it leaves.

    Terms are places in the dictionary, ``kinds`` has a number for each of its terms.
    """
    rest = target.rest
    gain = np.nan_to_num((terms.rows @ rest.astype(np.float32)) ** 2, nan=0.0)
    order = np.lexsort((-gain, kinds))
    _, first = np.unique(kinds[order], return_index=True)
    best = order[first]
    best = best[np.argsort(-gain[best], kind="stable")][:keep]
    left = np.maximum(float(rest @ rest) - gain[best], 0.0)
    return list(zip(best.tolist(), left.tolist(), strict=True))


def _pursue(
    terms: Dictionary,
    values: Values,
    target: Target,
    assess: Assess | None,
    beam: tuple[int, ...],
) -> Iterator[dict[tuple[int, ...], float]]:
    sets: Sets = [()]
    for keep in beam:
        found = _extended(terms, values, target, sets, keep)
        if not found:
            return
        left = found if assess is None else dict(zip(found, assess(list(found)), strict=True))
        ranked = _distinct(left)[:keep]
        sets, nearest = ranked, float(left[ranked[0]])
        yield {some: float(left[some]) for some in ranked if left[some] <= NEAR * nearest}
        if nearest < MATCHED:
            return


def _distinct(left: dict[tuple[int, ...], float]) -> Sets:
    """Return the sets, the best first, without those that leave exactly what another leaves."""
    ranked: Sets = []
    last = -1.0
    for members in sorted(left, key=lambda members: (left[members], members)):
        value = float(left[members])
        if not ranked or value - last > EQUAL * value:
            ranked.append(members)
            last = value
    return ranked


@np.errstate(all="ignore")
def _extended(
    terms: Dictionary, values: Values, target: Target, sets: Sets, keep: int
) -> dict[tuple[int, ...], float]:
    """Return good sets of one term more, and what each leaves."""
    found: dict[tuple[int, ...], float] = {}
    for members in sets:
        base = _base(members, terms, values, target)
        rest = target.rest
        rest = rest - (base @ rest) @ base
        match = (terms.rows @ rest.astype(np.float32)) ** 2
        if members:
            overlap = np.sum((terms.rows @ base.T.astype(np.float32)) ** 2, axis=1)
            match = np.where(overlap < SPANNED, match / (1 - overlap), 0.0)
        match = np.where(np.isfinite(match), match, 0.0)
        best = np.argpartition(-match, min(keep, len(match) - 1))[:keep]
        best = best[match[best] > 0]
        made, good = _unit_rows(values(terms.index[best]), target)
        made = made - (made @ base.T) @ base
        norms = np.linalg.norm(made, axis=1)
        good &= norms > SAME
        whole, gain = float(rest @ rest), (made @ rest / norms) ** 2
        for k, some in zip(best[good].tolist(), gain[good].tolist(), strict=True):
            key = tuple(sorted((*members, k)))
            found[key] = max(min(found.get(key, np.inf), whole - some), 0.0)
    return found


def _base(members: tuple[int, ...], terms: Dictionary, values: Values, target: Target) -> Array:
    """An orthonormal base of some terms, without what the base of the target explains."""
    if not members:
        return np.empty((0, target.weight.size))
    made, _ = _unit_rows(values(terms.index[list(members)]), target)
    return np.asarray(np.linalg.qr(made.T)[0].T)
