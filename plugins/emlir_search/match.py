"""Ranking sums of terms against the data, with the linear constants in closed form.

For weights w (from the noise model and the outer transform) a sum c0 + c1 f + c2 g is a
weighted linear regression. All single terms are one matrix product; all pairs come from the
Gram matrix of the terms; more terms are added one at a time to the best sets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from emlir_search.noise import Noise
from emlir_search.terms import Terms
from emlir_search.transforms import Transform, usable

Array = NDArray[np.float64]

CONSTANT_COST = 5.0
"""What a free constant costs, about, when its value is not known yet."""
PRECISION = 1e-14
"""Sums of squares below this part of the whole are rounding."""


@dataclass(frozen=True, eq=False)
class View:
    """The data seen through a transform and a noise model: weighted target and offset."""

    transform: Transform
    noise: Noise
    target: Array
    weight: Array


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sum of terms, with or without an offset, and its approximate description length."""

    score: float
    members: tuple[int, ...]
    offset: bool


@np.errstate(all="ignore")
def make_view(transform: Transform, noise: Noise, points: NDArray[np.int64]) -> View | None:
    """Return the view, or None where the transform does not apply."""
    found = usable(transform, noise.y)
    if found is None:
        return None
    target, slope = found
    weight = (slope * noise.weights())[points]
    top = float(np.max(weight))
    return View(transform, noise, target[points], weight / top) if top > 0 else None


@dataclass(frozen=True, eq=False)
class Weighted:
    """Terms in a view: unit rows orthogonal to the offset if there is one."""

    rows: Array
    usable: NDArray[np.bool_]
    target: Array
    offset: bool

    @property
    def whole(self) -> float:
        """The sum of squares that is to be explained."""
        return float(self.target @ self.target)


def weigh(terms: Terms, view: View, offset: bool) -> Weighted:
    """Apply the weights, take out the offset, and scale every row to length one."""
    target = view.target * view.weight
    rows = terms.values / np.max(np.abs(terms.values), axis=1, keepdims=True)
    rows *= view.weight
    before = np.linalg.norm(rows, axis=1)
    if offset:
        unit = view.weight / np.linalg.norm(view.weight)
        rows -= (rows @ unit)[:, None] * unit
        target = target - (target @ unit) * unit
    norms = np.linalg.norm(rows, axis=1)
    good = norms > 1e-9 * np.maximum(before, 1e-300)
    rows /= np.where(good, norms, 1.0)[:, None]
    return Weighted(rows, good, target, offset)


@np.errstate(all="ignore")
def singles(terms: Terms, view: View, offset: bool, keep: int) -> list[Proposal]:
    """Rank single terms."""
    data = weigh(terms, view, offset)
    left = data.whole - (data.rows @ data.target) ** 2
    left[~data.usable] = np.inf
    scores = _score(left, data, 1) + terms.cost
    return [Proposal(float(scores[k]), (int(k),), offset) for k in _distinct(scores, left, keep)]


@np.errstate(all="ignore")
def pairs(terms: Terms, view: View, offset: bool, keep: int) -> list[Proposal]:
    """Rank all pairs of terms by the Gram matrix."""
    data = weigh(terms, view, offset)
    gram = data.rows @ data.rows.T
    along = data.rows @ data.target
    i, j = np.triu_indices(len(terms), 1)
    good = data.usable[i] & data.usable[j] & (1 - gram[i, j] ** 2 > 1e-7)
    i, j = i[good], j[good]
    g, a, b = gram[i, j], along[i], along[j]
    left = data.whole - (a**2 + b**2 - 2 * a * b * g) / (1 - g**2)
    scores = _score(left, data, 2) + terms.cost[i] + terms.cost[j]
    templates = np.flatnonzero((terms.group[i] >= 0) & (terms.group[j] >= 0))
    kinds = terms.group[i[templates]] * len(terms) + terms.group[j[templates]]
    chosen = _distinct(scores, left, keep)
    chosen += templates[_best_of_each(scores[templates], kinds)[:keep]].tolist()
    return [
        Proposal(float(scores[k]), (int(i[k]), int(j[k])), offset)
        for k in dict.fromkeys(chosen)
        if np.isfinite(scores[k])
    ]


@np.errstate(all="ignore")
def extended(terms: Terms, view: View, seeds: list[Proposal], keep: int) -> list[Proposal]:
    """Add to each seed the terms that help it most."""
    if not seeds:
        return []
    data = weigh(terms, view, seeds[0].offset)
    found: dict[tuple[int, ...], Proposal] = {}
    for seed in seeds:
        for proposal in _one_more(terms, data, seed, keep):
            found.setdefault(proposal.members, proposal)
    return sorted(found.values(), key=lambda p: (p.score, p.members))[:keep]


def _one_more(terms: Terms, data: Weighted, seed: Proposal, keep: int) -> Iterator[Proposal]:
    basis, _ = np.linalg.qr(data.rows[list(seed.members)].T)
    target = data.target - basis @ (basis.T @ data.target)
    rows = data.rows - (data.rows @ basis) @ basis.T
    norms = np.linalg.norm(rows, axis=1)
    good = data.usable & (norms > 1e-4)
    left = float(target @ target) - (rows @ target / np.where(good, norms, 1.0)) ** 2
    left[~good] = np.inf
    cost = terms.cost + float(np.sum(terms.cost[list(seed.members)]))
    scores = _score(left, data, len(seed.members) + 1) + cost
    for k in _distinct(scores, left, keep):
        members = tuple(sorted((*seed.members, int(k))))
        yield Proposal(float(scores[k]), members, data.offset)


def _score(left: Array, data: Weighted, terms: int) -> Array:
    """Approximate description length of sums that leave ``left`` of the sum of squares."""
    constants = terms + data.offset
    free = data.target.size - constants
    if free < 1:
        return np.full(left.shape, np.inf)
    floor = PRECISION * data.whole
    with np.errstate(invalid="ignore"):
        total = np.maximum(left, 0.0) + floor
    return np.asarray(0.5 * free * np.log(total / data.whole) + constants * CONSTANT_COST)


def _best_of_each(scores: Array, kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the best of each kind, the best kind first.

    Two points of one grid are one form once they are fitted, so one of each is enough.
    """
    order = np.lexsort((scores, kinds))
    _, first = np.unique(kinds[order], return_index=True)
    leaders = order[first]
    return np.asarray(leaders[np.argsort(scores[leaders], kind="stable")])


def _distinct(scores: Array, left: Array, keep: int) -> list[int]:
    """Return the best, without those that leave exactly as much as a better one."""
    pool = min(len(scores), 8 * keep)
    if not pool:
        return []
    best = np.argpartition(scores, pool - 1)[:pool]
    chosen: list[int] = []
    seen: list[float] = []
    for k in best[np.lexsort((best, scores[best]))].tolist():
        if len(chosen) == keep or not np.isfinite(scores[k]):
            break
        value = log(max(float(left[k]), 1e-300))
        if all(abs(value - other) > 1e-9 for other in seen):
            chosen.append(k)
            seen.append(value)
    return chosen


@np.errstate(all="ignore")
def coefficients(values: Array, view: View, offset: bool) -> Array | None:
    """Return the constants of a sum: one for each row of ``values``, the offset last."""
    columns = [*values, np.ones_like(view.target)] if offset else list(values)
    design = np.array(columns).T
    size = np.max(np.abs(design), axis=0)
    solved = np.linalg.lstsq((design / size) * view.weight[:, None], view.target * view.weight)
    found = solved[0] / size
    return np.asarray(found) if np.isfinite(found).all() else None
