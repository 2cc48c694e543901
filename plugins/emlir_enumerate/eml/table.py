"""EmlTable: all EML trees up to a number of leaves, each value once, ready for matching."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_enumerate.eml import kernel, reference
from emlir_enumerate.eml.cache import Cache, Level
from emlir_enumerate.eml.numbers import Numbers, exponential, logarithm
from emlir_enumerate.eml.rows import LEAF, LN, MOST_POINTS, Rows, has_logarithm, uses
from emlir_native import BuildError

STEP = 200_000
"""Pairs between two moments at which the caller is heard."""


class Grower(Protocol):
    """What adds rows."""

    def prepare(self) -> None: ...
    def grow(self, first: tuple[int, int], second: tuple[int, int], level: int) -> int: ...
    def refill(self, start: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """The two inner loops."""

    name: str
    grower: Callable[[Rows], Grower]
    two_sum: Callable[[Any, Any, Any, int], NDArray[np.int32]]


NUMPY = Engine("numpy", reference.NumpyGrower, reference.two_sum)
COMPILED = Engine("compiled", kernel.CompiledGrower, kernel.two_sum)


@lru_cache(maxsize=1)
def default_engine() -> Engine:
    """C where a compiler is found, NumPy elsewhere; both give the same rows and pairs."""
    try:
        kernel.library()
    except BuildError:
        return NUMPY
    return COMPILED


@dataclass(slots=True, eq=False)
class EmlTable:
    """Trees over the constant 1 and variables, in the order of their number of leaves.

    Row r is eml(left[r], right[r]); rows ``starts[k]`` to ``starts[k + 1]`` have k leaves. Row 0
    is the constant 1. Two trees are one class if their values, or where those are beyond
    floats their logarithms, agree at all points within 2e-11; the first tree stays.

    Args:
        columns: for each variable its values at the probe points, 16 at most.
        plane: whether values may leave the real line.
        cache: where large levels are kept for the next time, if anywhere.
    """

    columns: Mapping[str, NDArray[np.float64]]
    plane: bool = False
    engine: Engine = field(default_factory=default_engine)
    cache: Cache | None = None
    leaves: tuple[Expr, ...] = field(init=False)
    rows: Rows = field(init=False)
    starts: list[int] = field(default_factory=lambda: [0, 0])
    _grower: Grower = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(self.columns)
        values = np.stack([np.asarray(self.columns[name], float) for name in names])
        if values.ndim != 2 or not 1 <= values.shape[1] <= MOST_POINTS:
            raise ValueError(f"a table takes 1 to {MOST_POINTS} points, not {values.shape[1:]}")
        self.leaves = (number(1), *(symbol(name) for name in names))
        self.rows = Rows(values.shape[1], self.plane)
        self._grower = self.engine.grower(self.rows)
        leaves = np.vstack([np.ones((1, values.shape[1])), values]).astype(self.rows.dtype)
        self._add_leaves(leaves)

    def _add_leaves(self, value: Numbers) -> None:
        with np.errstate(all="ignore"):
            ln, exp = logarithm(value), exponential(value)
        flags = uses(value) | (LN * has_logarithm(ln)).astype(np.uint8)
        rest = np.full(len(value), LEAF, np.int32)
        self.rows.reserve(len(value))
        index = np.arange(len(value), dtype=np.int32)
        self.rows.add(value=value, exp=exp, ln=ln, left=rest, right=index, flags=flags)
        self.starts.append(self.rows.count)

    @property
    def top(self) -> int:
        """Up to how many leaves the table is complete."""
        return len(self.starts) - 2

    def __len__(self) -> int:
        return self.rows.count

    def predicted(self, leaves: int) -> int:
        """How many pairs there are for a level that is at most one above the top."""
        counts = [end - start for start, end in pairwise(self.starts)]
        return sum(counts[k] * counts[leaves - k] for k in range(1, leaves))

    def grow(self, on_block: Callable[[int], None] = lambda tried: None) -> None:
        """Add the trees of one leaf more; ``on_block`` is told how many pairs were tried.

        If ``on_block`` raises, the table stays as it was.
        """
        start, size = self.rows.count, self.top + 1
        try:
            if not self._load(size, on_block):
                self._build(size, on_block)
        except BaseException:
            self.rows.count = start
            raise
        self.starts.append(self.rows.count)

    def _build(self, size: int, on_block: Callable[[int], None]) -> None:
        start, tried = self.rows.count, 0
        self.rows.reserve(self.predicted(size))
        self._grower.prepare()
        for k in range(1, size):
            for pairs in self._grow_pairs(k, size - k, start):
                tried += pairs
                on_block(pairs)
        if self.cache is not None:
            rows, new = self.rows, slice(start, self.rows.count)
            level = Level(rows.left[new], rows.right[new], rows.flags[new], tried)
            self.cache.save(rows, size, level)

    def _grow_pairs(self, first: int, second: int, level: int) -> Iterator[int]:
        a, end = self.starts[first], self.starts[first + 1]
        b = self.starts[second], self.starts[second + 1]
        step = max(1, STEP // max(1, b[1] - b[0]))
        for begin in range(a, end, step):
            yield self._grower.grow((begin, min(begin + step, end)), b, level)

    def _load(self, size: int, on_block: Callable[[int], None]) -> bool:
        """Take a level from the cache; what its pairs give must be what was kept."""
        level = None if self.cache is None else self.cache.load(self.rows, size)
        if self.cache is None or level is None:
            return False
        rows, start, end = self.rows, self.rows.count, self.rows.count + len(level.left)
        inside = all(side.min() >= 0 and side.max() < start for side in (level.left, level.right))
        if inside:
            rows.reserve(end - start)
            rows.left[start:end], rows.right[start:end] = level.left, level.right
            rows.count = end
            self._grower.refill(start)
        if not inside or (rows.flags[start:end] != level.flags).any():
            rows.count = start
            self.cache.notes.append("a level of another table was kept; it is built again")
            return False
        on_block(level.tried)
        return True

    def leaf_count(self, row: int) -> int:
        """The number of leaves of the tree of a row."""
        return int(np.searchsorted(self.starts, row, "right")) - 1

    def expression(self, row: int) -> Expr:
        """Return the tree of a row; equal parts are one node."""
        done: dict[int, Expr] = {}
        stack = [int(row)]
        left, right = self.rows.left, self.rows.right
        while stack:
            current = stack[-1]
            if left[current] == LEAF:
                done[stack.pop()] = self.leaves[right[current]]
                continue
            pending = [r for r in (int(left[current]), int(right[current])) if r not in done]
            stack.extend(pending)
            if not pending:
                stack.pop()
                done[current] = emlir.eml(done[int(left[current])], done[int(right[current])])
        return done[int(row)]
