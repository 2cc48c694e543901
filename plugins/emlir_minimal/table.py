"""The table of all small EML trees at one point, level by level, and nothing left out.

A row is a tree; trees of equal value are all kept, so that nothing rests on a guess that
two values are the same. A tree that is undefined at the point equals nothing that is
defined there, and is dropped. Since eml(A, B) = exp(A) - ln(B), a level keeps the columns
exp and ln of its rows; the values themselves are differences of them.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir_minimal.forms import Forms
from emlir_minimal.wide import BAD, EPS, FIN, LOG, LOST, Wide, finite, join
from emlir_minimal.wide_exp import exp, ln
from emlir_minimal.wide_sub import sub

Rows = NDArray[np.int64]
BLOCK = 1_000_000
LEAF = -1


@dataclass(frozen=True, slots=True)
class Rules:
    """What a step of a tree may do: leave the positive reals, and be infinite."""

    plane: bool
    infinities: bool


@dataclass(slots=True, eq=False)
class Level:
    """All trees of one size K; ``ln_row`` gives for each row of ``ln`` the tree.

    A tree whose logarithm is known only up to 2 pi i has two rows in ``ln``. ``undefined``
    counts what was dropped because it has no value, ``lost`` the trees whose value,
    exponential or logarithm could not be found out.
    """

    size: int
    start: int
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    exp: Wide
    ln: Wide
    ln_row: NDArray[np.int32]
    tried: int = 0
    undefined: int = 0
    lost: int = 0

    def __len__(self) -> int:
        return len(self.left)


@dataclass(slots=True, eq=False)
class Table:
    """Levels 1, 3, 5, ... of the trees over ``leaves``, whose values are ``point`` exactly."""

    leaves: tuple[Expr, ...]
    point: tuple[float, ...]
    rules: Rules
    levels: dict[int, Level] = field(default_factory=dict)
    forms: Forms = field(init=False)
    _ordered: list[Level] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forms = Forms(self)
        if not self.levels:
            count = len(self.leaves)
            rest = np.full(count, LEAF)
            self.add(self._level(1, finite(np.array(self.point)), rest, rest, count))

    @property
    def top(self) -> int:
        """The largest size that is complete."""
        return max(self.levels)

    def __len__(self) -> int:
        return sum(len(level) for level in self.levels.values())

    def predicted(self) -> int:
        """The number of trees that the next level would try."""
        size = self.top + 2
        return sum(len(self.levels[a]) * len(self.levels[size - 1 - a].ln) for a in self.levels)

    def grow(self, on_block: Callable[[int], None] = lambda count: None) -> None:
        """Add the next level; nothing is changed if it is interrupted."""
        size = self.top + 2
        parts: list[tuple[Wide, Rows, Rows]] = []
        tried = undefined = 0
        for value, left, right in self._pairs(size):
            on_block(len(left))
            good = value.kind != BAD
            tried, undefined = tried + len(left), undefined + int((~good).sum())
            parts.append((value[good], left[good], right[good]))
        value = join([part[0] for part in parts])
        left, right = (np.concatenate([part[k] for part in parts]) for k in (1, 2))
        kept = self._resolved(value, left, right, on_block)
        level = self._level(size, value[kept], left[kept], right[kept], tried)
        level.undefined = undefined
        level.lost += int((~kept).sum())
        self.add(level)

    def add(self, level: Level) -> None:
        """Put the next level on top."""
        self.levels[level.size] = level
        self._ordered.append(level)
        self._starts.append(level.start)

    def _pairs(self, size: int) -> Iterator[tuple[Wide, Rows, Rows]]:
        for first in sorted(self.levels):
            a, b = self.levels[first], self.levels.get(size - 1 - first)
            if b is None:
                continue
            total = len(a) * len(b.ln)
            for start in range(0, total, BLOCK):
                index = np.arange(start, min(start + BLOCK, total))
                i, j = index // len(b.ln), index % len(b.ln)
                with np.errstate(all="ignore"):
                    yield sub(a.exp[i], b.ln[j]), a.start + i, b.ln_row[j].astype(np.int64)

    def _resolved(
        self, value: Wide, left: Rows, right: Rows, on_block: Callable[[int], None]
    ) -> NDArray[np.bool_]:
        """Find zeros and lost values by exact forms; return which rows have a value."""
        doubtful = (value.kind == FIN) & (np.abs(value.m) <= 2 * value.r)
        for row in np.flatnonzero(doubtful | (value.kind == LOST) | _near_cut(value)):
            on_block(0)
            exact = self.forms.difference(int(left[row]), int(right[row]))
            if exact is not None:
                value.put(slice(row, row + 1), exact)
        return np.asarray(value.kind != LOST)

    def _level(self, size: int, value: Wide, left: Rows, right: Rows, tried: int) -> Level:
        start = len(self)
        with np.errstate(all="ignore"):
            powers = exp(value)
            logs, twice = ln(value, plane=self.rules.plane, infinities=self.rules.infinities)
        rows = np.arange(start, start + len(value))
        known = (logs.kind != BAD) & (logs.kind != LOST)
        twin = logs[twice]
        twin.m -= 2j * np.pi * np.sign(twin.m.imag)
        twin.r += 1e-15
        return Level(
            size,
            start,
            left.astype(np.int32),
            right.astype(np.int32),
            powers,
            join([logs[known], twin]),
            np.concatenate([rows[known], rows[twice]]).astype(np.int32),
            tried,
            lost=int((logs.kind == LOST).sum() + (powers.kind == LOST).sum()),
        )

    def level_of(self, row: int) -> Level:
        """Return the level that holds a row."""
        return self._ordered[bisect_right(self._starts, row) - 1]

    def children(self, row: int) -> tuple[int, int]:
        """Return the rows that a row is made of; -1 twice for a leaf."""
        level = self.level_of(row)
        return int(level.left[row - level.start]), int(level.right[row - level.start])

    def exp_of(self, row: int) -> Wide:
        """Return exp of one row, as a column of one."""
        level = self.level_of(row)
        return level.exp[row - level.start : row - level.start + 1]

    def ln_of(self, row: int) -> Wide:
        """Return ln of one row, as a column of one, or an empty one where it is not known."""
        level = self.level_of(row)
        return level.ln[np.flatnonzero(level.ln_row == row)[:1]]

    def expression(self, row: int) -> Expr:
        """Rebuild the tree of a row; shared parts are one node."""
        done: dict[int, Expr] = {}
        stack = [int(row)]
        while stack:
            current = stack[-1]
            left, right = self.children(current)
            if left == LEAF:
                done[current] = self.leaves[current]
            pending = [child for child in (left, right) if child != LEAF and child not in done]
            if pending:
                stack.extend(pending)
                continue
            stack.pop()
            if left != LEAF:
                done[current] = emlir.eml(done[left], done[right])
        return done[int(row)]


def _near_cut(value: Wide) -> NDArray[np.bool_]:
    """Where a number may be real and negative without being known to be."""
    plain = (value.kind == FIN) & (value.m.real < 0) & (np.abs(value.m.imag) <= value.r)
    log = (value.kind == LOG) & (np.pi - np.abs(value.m.imag) <= value.r + EPS)
    return np.asarray((plain | log) & ~value.real)
