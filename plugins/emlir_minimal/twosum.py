"""Two-sum matching: all pairs of rows with exp(A) - ln(B) = t, by sorted columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emlir_minimal.table import Level
from emlir_minimal.wide import EPS, FIN, LOG, SPECK, Floats, Wide

Plane = NDArray[np.complex128]
Rows = NDArray[np.int64]
QUERIES = 1_000_000
RADII = (*(10.0**k for k in (-13, -11, -9, -6, -3)), *(10.0**k for k in range(0, 130, 4)))
"""Rows are sorted in classes of radius, so that a coarse row widens no other's window."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Numbers of one class of radius, sorted by their real parts."""

    m: Plane
    r: Floats
    rows: Rows
    widest: float

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a level: its finite numbers in strips, and those beyond floats."""

    strips: tuple[Strip, ...]
    far: Wide
    far_rows: Rows

    def __len__(self) -> int:
        return sum(len(strip) for strip in self.strips)


def column(values: Wide, rows: Rows) -> Column:
    """Sort a column; specks count as 0 with the radius of a speck."""
    speck = ((values.kind == LOG) & (values.m.real < 0)) | (values.towers & values.inverse)
    near = values.small | speck
    m, r = np.where(speck, 0, values.m)[near], np.where(speck, SPECK, values.r)[near]
    far = ((values.kind == LOG) | values.towers) & ~speck
    far |= (values.kind == FIN) & (np.abs(values.m) > 1e100)
    classes = np.searchsorted(RADII, r)
    near_rows = rows[near]
    strips = tuple(
        _strip(m[classes == k], r[classes == k], near_rows[classes == k])
        for k in np.unique(classes)
    )
    return Column(strips, values[far], rows[far])


def _strip(m: Plane, r: Floats, rows: Rows) -> Strip:
    order = np.argsort(m.real, kind="stable")
    return Strip(m[order], r[order], rows[order], float(np.max(r, initial=0.0)))


@dataclass(slots=True, eq=False)
class Columns:
    """The sorted columns of the levels, made when they are needed."""

    exps: dict[int, Column] = field(default_factory=dict)
    lns: dict[int, Column] = field(default_factory=dict)

    def exp(self, level: Level) -> Column:
        if level.size not in self.exps:
            self.exps[level.size] = column(level.exp, level.start + np.arange(len(level)))
        return self.exps[level.size]

    def ln(self, level: Level) -> Column:
        if level.size not in self.lns:
            self.lns[level.size] = column(level.ln, level.ln_row.astype(np.int64))
        return self.lns[level.size]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Pairs that match a target within their radii: target, A, B, and the sum of the radii."""

    target: Rows
    left: Rows
    right: Rows
    radius: Floats


def pairs(m: Plane, r: Floats, exps: Column, lns: Column, *, modulo: bool) -> Iterator[Hits]:
    """Yield all pairs with exp(A) - ln(B) = m, with ``modulo`` up to multiples of 2 pi i."""
    for first in exps.strips:
        for second in lns.strips:
            if len(first) <= len(second):
                yield from _look_up(m, r, first, second, -1, modulo)
            else:
                yield from _look_up(m, r, second, first, 1, modulo)


def _look_up(
    m: Plane, r: Floats, asked: Strip, among: Strip, sign: int, modulo: bool
) -> Iterator[Hits]:
    """Look up asked + sign * m among the sorted ones."""
    keys = np.ascontiguousarray(among.m.real)
    total = len(m) * len(asked)
    for start in range(0, total, QUERIES):
        index = np.arange(start, min(start + QUERIES, total))
        target, place = index // len(asked), index % len(asked)
        wanted = asked.m[place] + sign * m[target]
        radius = asked.r[place] + r[target] + EPS * np.abs(wanted) / 4
        low = np.searchsorted(keys, wanted.real - radius - among.widest, "left")
        high = np.searchsorted(keys, wanted.real + radius + among.widest, "right")
        some = np.flatnonzero(high > low)
        counts = (high - low)[some]
        query = np.repeat(some, counts)
        found = np.arange(counts.sum()) + np.repeat(low[some] - _before(counts), counts)
        gap = wanted[query] - among.m[found]
        if modulo:
            gap.imag -= 2 * np.pi * np.round(gap.imag / (2 * np.pi))
        room = radius[query] + among.r[found] + (EPS * np.abs(wanted[query]) if modulo else 0)
        good = np.abs(gap) <= room
        query, found, room = query[good], found[good], room[good]
        mine, other = asked.rows[place[query]], among.rows[found]
        left, right = (mine, other) if sign < 0 else (other, mine)
        yield Hits(target[query], left, right, room)


def _before(counts: Rows) -> Rows:
    return np.asarray(np.cumsum(counts) - counts)


def coincidences(exps: Column, lns: Column) -> tuple[Rows, Rows]:
    """Return the pairs beyond floats whose difference floats cannot tell."""
    if not (len(exps.far_rows) and len(lns.far_rows)):
        return _NONE, _NONE
    first, radius, turn = _keys(exps.far)
    second, other_radius, other_turn = _keys(lns.far)
    order = np.argsort(second, kind="stable")
    window = radius + float(np.max(other_radius)) + EPS * np.abs(first)
    low = np.searchsorted(second[order], first - window, "left")
    high = np.searchsorted(second[order], first + window, "right")
    counts = high - low
    query = np.repeat(np.arange(len(counts)), counts)
    found = order[np.arange(counts.sum()) + np.repeat(low - _before(counts), counts)]
    room = radius[query] + other_radius[found] + EPS * (1 + np.abs(first[query]))
    near = np.abs(first[query] - second[found]) <= room
    near &= np.abs(turn[query] - other_turn[found]) <= room  # equal signs, or equal angles
    return exps.far_rows[query[near]], lns.far_rows[found[near]]


_NONE = np.empty(0, np.int64)


def _keys(far: Wide) -> tuple[Floats, Floats, Floats]:
    """Return logarithms, with further exponentials lifted above, their radii, and angles."""
    with np.errstate(all="ignore"):
        finite = far.kind == FIN
        logs = np.where(finite, np.log(far.m + 0j), far.m)
        radius = np.where(finite, far.r / np.abs(far.m), far.r)
    keys = np.where(far.towers, logs.real + 1e200 * (far.level - 1), logs.real)
    angle = np.where(far.real, np.where(np.cos(logs.imag) < 0, np.pi, 0.0), logs.imag)
    return keys, radius, np.where(far.towers, np.where(far.sign < 0, np.pi, 0.0), angle)
