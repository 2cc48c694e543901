"""The search: tables that grow, targets that are peeled, and trees that are tested on all data.

Two streams of stages, over the reals with infinities and over the plane, go on by turns: the
cheaper next stage comes first. A stage (K, m) finds all trees of up to K + 1 + m leaves, and
the evenly split ones of up to 2 K + m.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir_enumerate.eml import (
    ABSORBED,
    Cache,
    EmlTable,
    Lists,
    absorbs,
    sort_lists,
    tree_values,
    two_sum,
)
from emlir_search.eml.peel import Target, data_target, peelings, query_count
from emlir_search.eml.probes import probe_rows

Array = NDArray[np.float64]
Spend = Callable[[int, str], None]

SMALLEST = 1
"""Leaves of the first table."""
MOST_PAIRS = 800_000
"""Tables grow until the next level would try more pairs than this."""
MOST_PEELED = 6
PATIENCE = 2
"""Leaves that a tree may have more than the smallest hit, which may be a look-alike."""
MERGE = 256
"""Rows of a merge that cost as much as one pair of a table."""
MOST_MATCHES, MOST_TESTS, MOST_PEELED_TESTS = 4096, 300, 16
"""Pairs that match a target: at most so many are looked at, and tested on all data."""
ROUNDING = 3e-15
"""A pair that matches this well, relative to its terms, matches as well as any."""
TEST = 200
"""What such a test costs, in pairs."""
SAMPLE = 500
"""Rows on which a tree is tested before it is tested on all, if there are many."""
EXACT, CLEAN = 1e-8, 2e-12
"""A tree matches if it is off by no more than this times max(|y|, deviation of y). More than the
second is possible, where steps amplify rounding, but then a better match is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A tree that gives all the data.

    ``absorbed`` are its nodes where rounding swallows a term at all rows: what such a tree
    gives in floats need not be what it is. ``plane``: its steps leave the real line. ``error``
    is how far it is off, relative to max(|y|, deviation of y).
    """

    tree: Expr
    leaves: int
    plane: bool
    absorbed: tuple[Expr, ...]
    error: float

    @property
    def is_clean(self) -> bool:
        """Whether nothing speaks against the tree being what the data come from."""
        return not self.absorbed and self.error <= CLEAN

    @property
    def rank(self) -> tuple[bool, int]:
        """Smaller is better."""
        return not self.is_clean, self.leaves


@dataclass(slots=True, eq=False)
class _Stream:
    """The stages over one kind of numbers; tables and lists stay for other targets."""

    table: EmlTable
    lists: dict[int, Lists] = field(default_factory=dict)
    built: dict[int, int] = field(default_factory=dict)

    def stages(self) -> Iterator[tuple[int, int, int]]:
        """Yield (K, m, cost); the table has K leaves when the next stage is asked for."""
        size = SMALLEST
        while True:
            pairs = self.built.get(size)
            if pairs is None:
                pairs = self.built[size] = self.table.predicted(size)
            if pairs > MOST_PAIRS:
                break
            yield size, 0, (1 + self.table.plane) * pairs + pairs // MERGE
            size += 1
        for peeled in range(1, min(MOST_PEELED, size - 1) + 1):
            yield size - 1, peeled, query_count(self.table, peeled) * self.merge_cost(size - 1)

    def merge_cost(self, size: int) -> int:
        return 2 * self.table.starts[size + 1] // MERGE + 1

    def ready(self, size: int, spend: Spend) -> Lists:
        while self.table.top < size:
            self.table.grow(lambda tried: spend(tried, "building the table of EML trees"))
        if size not in self.lists:
            self.lists[size] = sort_lists(self.table, size)
        return self.lists[size]


@dataclass(slots=True, eq=False)
class TreeSearch:
    """Searches EML trees over given variables; tables are built once for all targets.

    Args:
        columns: for each variable its values, all of one length.
        planes: the kinds of numbers: real (False), complex (True).
        cache: where large tables are kept for later searches in the same data.
    """

    columns: Mapping[str, Array]
    planes: tuple[bool, ...] = (False, True)
    cache: Cache | None = field(default_factory=Cache)
    probes: NDArray[np.int64] = field(init=False)
    samples: tuple[slice, ...] = field(init=False)
    streams: tuple[_Stream, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.probes = probe_rows(self.columns)
        size = len(next(iter(self.columns.values())))
        few = slice(None, None, max(1, size // SAMPLE))
        self.samples = (few, slice(None)) if size > 2 * SAMPLE else (slice(None),)
        at = {name: column[self.probes] for name, column in self.columns.items()}
        self.streams = tuple(
            _Stream(EmlTable(at, plane, cache=self.cache)) for plane in self.planes
        )

    def hits(self, y: Array, spend: Spend) -> Iterator[Hit]:
        """Yield trees that give ``y``, small ones and those without absorption first.

        It ends when all trees of up to two leaves more than the smallest hit have been seen.
        ``spend`` is told the work done, and may raise to end the search.
        """
        found: list[Hit] = []
        for hit in self._leaves(y):
            yield hit
            return
        for stream, size, peeled in self._schedule():
            lists = stream.ready(size, spend)
            for hit in self._stage(stream, lists, size, peeled, y, spend):
                if all(hit.tree is not other.tree for other in found):
                    found.append(hit)
                    yield hit
            if found and min(hit.leaves for hit in found) + PATIENCE <= size + 1 + peeled:
                return

    def _leaves(self, y: Array) -> Iterator[Hit]:
        for leaf in self.streams[0].table.leaves:
            tested = self._test(leaf, y, plane=False)
            if tested is not None:
                yield Hit(leaf, 1, False, *tested)

    def _schedule(self) -> Iterator[tuple[_Stream, int, int]]:
        waiting = [(stream, stream.stages()) for stream in self.streams]
        following = [next(stages) for _, stages in waiting]
        while following:
            k = min(range(len(following)), key=lambda k: following[k][2])
            stream, stages = waiting[k]
            yield stream, following[k][0], following[k][1]
            upcoming = next(stages, None)
            if upcoming is None:
                del waiting[k], following[k]
            else:
                following[k] = upcoming

    def _stage(
        self, stream: _Stream, lists: Lists, size: int, peeled: int, y: Array, spend: Spend
    ) -> Iterator[Hit]:
        table = stream.table
        for target in peelings(data_target(y[self.probes], table), table, peeled):
            cost = stream.merge_cost(size) if target.can_match else 1
            spend(cost, f"EML trees of up to {size + 1 + peeled} leaves")
            if not target.can_match:
                continue
            pairs = two_sum(table, lists, target.value, target.room, MOST_MATCHES)
            most = MOST_PEELED_TESTS if peeled else MOST_TESTS
            for leaves, tree in islice(_ordered(table, target, pairs), most):
                spend(TEST, "testing EML trees")
                tested = self._test(tree, y, plane=table.plane)
                if tested is not None:
                    yield Hit(tree, leaves + peeled, table.plane, *tested)

    def _test(self, tree: Expr, y: Array, *, plane: bool) -> tuple[tuple[Expr, ...], float] | None:
        """The nodes that lose a term, and the error, if the tree gives all the data."""
        scale = np.maximum(np.abs(y), np.std(y))
        scale = np.where(scale > 0, scale, 1.0)
        for rows in self.samples:
            columns = {name: column[rows] for name, column in self.columns.items()}
            found = tree_values(tree, columns, plane=plane)
            with np.errstate(invalid="ignore"):
                error = np.max(np.abs(found.values - y[rows]) / scale[rows])
            if not error <= EXACT:
                return None
        return found.absorbed, float(error)


def _ordered(
    table: EmlTable, target: Target, pairs: NDArray[np.int32]
) -> Iterator[tuple[int, Expr]]:
    """The trees of pairs: close matches first, then those without absorption, then small ones."""
    if not len(pairs):
        return
    a, b = pairs.T
    rows = table.rows
    exp, ln = rows.exp[a], rows.ln[b]
    with np.errstate(all="ignore"):
        lost = absorbs(rows.value[a], ln) & (b != 0)
    lost |= ((rows.flags[a] | rows.flags[b]) & ABSORBED).astype(bool)
    room = target.radius + ROUNDING * (np.abs(exp) + np.abs(ln))
    gap = np.max(np.abs(exp - ln - target.value) / room, axis=1)
    quality = np.ceil(np.log10(np.maximum(gap, 1.0)))
    leaves = np.searchsorted(table.starts, a, "right") + np.searchsorted(table.starts, b, "right")
    for k in np.lexsort((b, a, leaves, lost, quality)).tolist():
        inner = emlir.eml(table.expression(int(a[k])), table.expression(int(b[k])))
        yield int(leaves[k]) - 2, target.wrap(inner, table)
