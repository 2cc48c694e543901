"""The engine without a compiler: the same rows and pairs as source/eml.c, in NumPy."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir_enumerate.eml import numbers
from emlir_enumerate.eml.places import EDGE, places, same
from emlir_enumerate.eml.rows import (
    ABSORBED,
    BIG,
    EXP,
    LN,
    LOG_ONLY,
    Bits,
    Index,
    Rows,
    has_logarithm,
    uses,
)

BLOCK = 100_000
RELATIVE, ABSOLUTE = 2e-13, 1e-14

Places = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class _Made:
    """Candidates, in the order in which C would try them."""

    left: Index
    right: Index
    value: numbers.Numbers
    ln: numbers.Numbers
    flags: Bits

    def __getitem__(self, chosen: Any) -> "_Made":
        return _Made(*(getattr(self, name)[chosen] for name in self.__slots__))

    @property
    def known_by(self) -> numbers.Numbers:
        only = (self.flags & LOG_ONLY).astype(bool)
        return np.where(only[:, None], self.ln, self.value)


@dataclass(slots=True, eq=False)
class NumpyGrower:
    """Adds rows to a table; keeps the places of rows, sorted."""

    rows: Rows
    known: Places = field(init=False)
    order: Index = field(init=False)

    def prepare(self) -> None:
        """Take notice of the rows that are there."""
        self.known, self.order = np.empty(0), np.empty(0, np.int64)
        self._enter(np.arange(self.rows.count))

    def _known_by(self, rows: Index) -> numbers.Numbers:
        only = (self.rows.flags[rows] & LOG_ONLY).astype(bool)
        return np.where(only[:, None], self.rows.ln[rows], self.rows.value[rows])

    def _enter(self, rows: Index) -> None:
        only = (self.rows.flags[rows] & LOG_ONLY).astype(bool)
        joined = np.concatenate([self.known, places(self._known_by(rows), only)])
        order = np.argsort(joined, kind="stable")
        self.known, self.order = joined[order], np.concatenate([self.order, rows])[order]

    def grow(self, first: tuple[int, int], second: tuple[int, int], level: int) -> int:
        """Add eml(a, b) for a, b in two ranges of rows; return how many pairs there were."""
        flags = self.rows.flags
        a = first[0] + np.flatnonzero(flags[slice(*first)] & (EXP | BIG))
        b = second[0] + np.flatnonzero(flags[slice(*second)] & LN)
        lone = (flags[a] & BIG).astype(bool)
        lone &= self.rows.value.real[a].min(axis=1, initial=np.inf) >= numbers.LONE
        counts = np.where(lone, int(second[0] == 0 and b.size and b[0] == 0), len(b))
        left = np.repeat(a, counts)
        begin = np.repeat(np.cumsum(counts) - counts, counts)
        right = b[np.arange(len(left)) - begin] if len(left) else left
        for start in range(0, len(left), BLOCK):
            part = slice(start, start + BLOCK)
            with np.errstate(all="ignore"):
                made = self._combine(left[part], right[part])
                self._consider(made[(made.flags & (EXP | BIG | LN)).astype(bool)], level)
        return len(left)

    def refill(self, start: int) -> None:
        """Compute the rows from ``start`` on from their back-pointers, and their flags."""
        rows = self.rows
        for begin in range(start, rows.count, BLOCK):
            part = slice(begin, min(begin + BLOCK, rows.count))
            with np.errstate(all="ignore"):
                made = self._combine(rows.left[part].astype(int), rows.right[part].astype(int))
                rows.exp[part] = _usable_exp(made)
            rows.value[part], rows.ln[part], rows.flags[part] = made.value, made.ln, made.flags

    def _combine(self, left: Index, right: Index) -> _Made:
        rows = self.rows
        a, exp_a, ln_b = rows.value[left], rows.exp[left], rows.ln[right]
        one = (right == 0)[:, None]
        big = (rows.flags[left] & BIG).astype(bool)[:, None]
        value = np.where(big, 0.0, numbers.difference(exp_a, ln_b, one))
        tiny = one & np.isfinite(a.real[:, :1])
        tiny &= a.real.max(axis=1, keepdims=True) < numbers.SMALLEST_LOG
        own = numbers.own_logarithm(a)
        ln = np.where(big, numbers.big_logarithm(a, ln_b), numbers.logarithm(value))
        ln = np.where(one, own, ln)
        only = (big | tiny)[:, 0]
        flags: Bits = (rows.flags[left] | rows.flags[right]) & np.uint8(ABSORBED)
        flags[numbers.absorbs(a, ln_b) & (right != 0)] |= ABSORBED
        defined = has_logarithm(value) & ~(big[:, 0] & np.isinf(ln_b.real[:, 0]))
        defined &= ~big[:, 0] | np.isfinite(ln.real).all(axis=1)
        flags |= np.where(only, LOG_ONLY, uses(value)).astype(np.uint8)
        flags |= (LN * has_logarithm(ln)).astype(np.uint8)
        flags[~defined] = 0
        return _Made(left, right, value, ln, flags)

    def _consider(self, made: _Made, level: int) -> None:
        only = (made.flags & LOG_ONLY).astype(bool)
        place = places(made.known_by, only)
        twin = self._twins(made, place)
        fresh = np.flatnonzero(twin < 0)
        inside = _first_equal(made[fresh], place[fresh])
        new = fresh[inside < 0]
        number = np.full(len(twin), -1)
        number[new] = self.rows.count + np.arange(len(new))
        twin[fresh[inside >= 0]] = number[fresh[inside[inside >= 0]]]
        self._keep(made[new])
        self._improve(made, twin, level)

    def _twins(self, made: _Made, place: Places) -> Index:
        """For each candidate a row that equals it, or -1."""
        found = np.full(len(place), -1)
        query, at = _windows(self.known, place)
        rows = self.order[at]
        equal = same(self._known_by(rows), made.known_by[query])
        equal &= ((self.rows.flags[rows] ^ made.flags[query]) & LOG_ONLY) == 0
        found[query[equal]] = rows[equal]
        return found

    def _keep(self, made: _Made) -> None:
        start = self.rows.count
        columns = {name: getattr(made, name) for name in made.__slots__}
        self.rows.add(exp=_usable_exp(made), **columns)
        self._enter(np.arange(start, self.rows.count))

    def _improve(self, made: _Made, twin: Index, level: int) -> None:
        """Where a new row is known with a loss and without, point to the tree without."""
        flags, rows = self.rows.flags, self.rows
        later = np.flatnonzero((twin >= level) & ((made.flags & ABSORBED) == 0))
        for k in later[(flags[twin[later]] & ABSORBED).astype(bool)].tolist():
            row = twin[k]
            if flags[row] & ABSORBED:
                better = made[k : k + 1]
                rows.exp[row] = _usable_exp(better)[0]
                for name in made.__slots__:
                    getattr(rows, name)[row] = getattr(better, name)[0]


def _usable_exp(made: _Made) -> numbers.Numbers:
    usable = (made.flags & EXP).astype(bool)[:, None]
    return np.where(usable, numbers.exponential(made.value), 0.0)


def _windows(keys: Places, wanted: Places) -> tuple[Index, Index]:
    """Return all (query, index) with keys within an edge of what is wanted."""
    low = np.searchsorted(keys, wanted - EDGE, "left")
    return spread(low, np.searchsorted(keys, wanted + EDGE, "right"))


def spread(low: Index, high: Index) -> tuple[Index, Index]:
    """Return all (k, i) with low[k] <= i < high[k], in this order."""
    counts = np.maximum(high - low, 0)
    query = np.repeat(np.arange(len(low)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return query, np.arange(len(query)) - before + low[query]


def _first_equal(made: _Made, place: Places) -> Index:
    """For each candidate an earlier one that is kept and equals it, or -1."""
    found = np.full(len(place), -1)
    if not len(place):
        return found
    order = np.argsort(place, kind="stable")
    query, at = _windows(place[order], place)
    earlier = order[at]
    pick = earlier < query
    query, earlier = query[pick], earlier[pick]
    equal = same(made.known_by[earlier], made.known_by[query])
    equal &= ((made.flags[earlier] ^ made.flags[query]) & LOG_ONLY) == 0
    for late, early in sorted(zip(query[equal].tolist(), earlier[equal].tolist(), strict=True)):
        if found[early] < 0 and found[late] < 0:
            found[late] = early
    return found


def two_sum(lists: Any, target: Any, radius: Any, most: int) -> NDArray[np.int32]:
    """Return the pairs (a, b) of rows that match; see :class:`emlir_enumerate.eml.match.Lists`."""
    rows, second = lists.rows, min(1, lists.rows.points - 1)
    wanted = lists.left_key - target[0].real
    room = _room(lists.left_size, abs(target[0]), radius[0])
    low = np.searchsorted(lists.right_key, wanted - room, "left")
    high = np.searchsorted(lists.right_key, wanted + room, "right")
    a, b = spread(low, high)
    other = lists.left_next[a] - target[second].real - lists.right_next[b]
    room = _room(lists.left_next_size[a], abs(target[second]), radius[second])
    near = np.abs(other) <= room
    left, right = lists.left_row[a[near]], lists.right_row[b[near]]
    exp, ln = rows.exp[left], rows.ln[right]
    gap = np.abs(exp - ln - target)
    good = (gap <= radius + RELATIVE * (np.abs(exp) + np.abs(ln)) + ABSOLUTE).all(axis=1)
    return np.stack([left[good], right[good]], axis=1)[:most].astype(np.int32)


def _room(size: Any, target: Any, radius: Any) -> Any:
    return radius + 2 * RELATIVE * (size + target) + ABSOLUTE
