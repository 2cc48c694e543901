"""Bottom-up enumeration in the order of size, whole blocks of rows at a time."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emlir_enumerate.basis import ELEMENTARY, Basis, Function
from emlir_enumerate.dedup import Seen, functional
from emlir_enumerate.table import LEAF, Table, leaf_expressions

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

BLOCK = 2_000_000
"""Values computed at a time: 16 MB, small enough to stay out of swap everywhere."""
LARGEST = 1e150
"""Rows with larger values are dropped: their squares overflow."""
UNDEFINED = 0.8617333262145
"""Stands in a table over canonical points for values that do not exist."""
PLAIN = 1e8
"""Larger values count as undefined in such a table: beside them small terms are rounding."""
DEFINED = 3
"""The fewest points at which a row of such a table is defined."""


def build_table(
    columns: Mapping[str, Array],
    basis: Basis = ELEMENTARY,
    *,
    max_size: int = 7,
    max_rows: int = 30_000,
    on_block: Callable[[int], None] | None = None,
    partial: bool = False,
) -> Table:
    """Enumerate the formulas over ``columns`` up to ``max_size`` nodes, or costs of nodes.

    Args:
        columns: for each variable its values at the probe points, all of one length. Two
            formulas are one class if they agree at all of them (2e-11 relative).
        max_rows: enumeration stops at this many classes, at the end of a block.
        on_block: called after each block with the number of formulas tried.
        partial: keep formulas that are defined at a few of the points; elsewhere their
            values are ``UNDEFINED``.

    Otherwise a formula that is undefined at a probe point is left out, and so is all that
    contains it.
    """
    blocks = in_blocks(columns, basis, max_size, max_rows, partial)
    return finished(blocks, on_block or (lambda count: None))


Blocks = Generator[int, None, Table]
"""Builds a table: yields after each block the number of formulas tried, and returns the table."""


def in_blocks(
    columns: Mapping[str, Array], basis: Basis, max_size: int, max_rows: int, partial: bool
) -> Blocks:
    """Build a table as ``build_table`` does, block after block."""
    points = np.stack(list(columns.values()))
    builder = _Builder(basis, tuple(columns), points, max_rows, partial)
    complete = 1
    for size in range(2, max_size + 1):
        yield from builder.grow(size)
        if builder.is_full:
            break
        complete = size
    return builder.table(complete)


def finished(blocks: Blocks, on_block: Callable[[int], None]) -> Table:
    """Return the table; what ``on_block`` raises leaves ``blocks`` as they are, to go on with."""
    while True:
        try:
            count = next(blocks)
        except StopIteration as end:
            table: Table = end.value
            return table
        on_block(count)


@dataclass(slots=True)
class _Builder:
    basis: Basis
    names: tuple[str, ...]
    variables: Array
    max_rows: int
    partial: bool = False
    seen: Seen = field(default_factory=Seen)
    values: Array = field(init=False)
    records: Rows = field(init=False)  # op, left, right, size, nesting, uses variables
    count: int = 0
    starts: list[int] = field(default_factory=lambda: [0, 0])

    def __post_init__(self) -> None:
        points = self.variables.shape[1]
        self.values = np.empty((0, points))
        self.records = np.empty((0, 6), dtype=np.int64)
        numbers = np.repeat(np.array(self.basis.numbers, float)[:, None], points, axis=1)
        leaves = np.concatenate([self.variables, numbers])
        index = np.arange(len(leaves))
        rest = np.full(len(leaves), LEAF)
        ones, zeros = np.ones_like(rest), np.zeros_like(rest)
        varies = (index < len(self.variables)).astype(np.int64)
        self._keep(leaves, np.stack([rest, index, rest, ones, zeros, varies], axis=1))
        self.starts.append(self.count)

    def level(self, size: int) -> Rows:
        """The rows of formulas of exactly ``size`` nodes."""
        return np.arange(self.starts[size], self.starts[size + 1])

    @property
    def is_full(self) -> bool:
        """Whether there are as many rows as there may be."""
        return self.count >= self.max_rows

    def grow(self, size: int) -> Iterator[int]:
        """Add all formulas of ``size`` nodes, as long as the table is not full."""
        for code, function in enumerate(self.basis.functions):
            for left, right in self._pairs(function, size - function.cost):
                record = self._record(code, left, right, size)
                if self.basis.deepest is not None:
                    record = record[self._is_natural(function, record)]
                made = self._apply(function, record[:, 1], record[:, 2])
                self._keep(made, record)
                yield len(left)
                if self.is_full:
                    self.starts.append(self.count)
                    return
        self.starts.append(self.count)

    def _pairs(self, function: Function, size: int) -> Iterator[tuple[Rows, Rows]]:
        """Yield blocks of arguments whose sizes add up to ``size``."""
        step = max(1, BLOCK // self.variables.shape[1])
        if function.arity == 1:
            rows = self.level(size) if size > 0 else self.level(1)[:0]
            for start in range(0, len(rows), step):
                block = rows[start : start + step]
                yield block, np.full(len(block), LEAF)
            return
        for first in range(1, size):
            second = size - first
            if function.commutes and first < second:
                continue
            a, b = self.level(first), self.level(second)
            for start in range(0, len(a) * len(b), step):
                index = np.arange(start, min(start + step, len(a) * len(b)))
                left, right = a[index // len(b)], b[index % len(b)]
                keep = left >= right if function.commutes else slice(None)
                yield left[keep], right[keep]

    def _record(self, code: int, left: Rows, right: Rows, size: int) -> Rows:
        """Return what is known of rows before their values: see ``records``."""
        function = self.basis.functions[code]
        record = np.empty((len(left), 6), dtype=np.int64)
        record[:, 0], record[:, 1], record[:, 2], record[:, 3] = code, left, right, size
        record[:, 4:] = self.records[left, 4:]
        if function.arity == 2:
            record[:, 4:] = np.maximum(record[:, 4:], self.records[right, 4:])
        record[:, 4] += function.is_transcendental
        return record

    def _is_natural(self, function: Function, record: Rows) -> NDArray[np.bool_]:
        """Whether nothing is nested too deep, and no function taken of numbers alone."""
        is_shallow = record[:, 4] <= (self.basis.deepest or 0)
        return is_shallow & ((record[:, 5] > 0) | (not function.is_transcendental))

    @np.errstate(all="ignore")
    def _apply(self, function: Function, left: Rows, right: Rows) -> Array:
        args = [self.values[left]]
        if function.arity == 2:
            args.append(self.values[right])
        made = np.asarray(function.values(*args))
        if self.partial:
            exists = np.abs(made) <= PLAIN
            for arg in args:
                exists &= arg != UNDEFINED
            made = np.where(exists, made, UNDEFINED)
            made[np.sum(exists, axis=1) < DEFINED] = np.nan
        return made

    def _keep(self, made: Array, record: Rows) -> None:
        usable = np.flatnonzero(np.max(np.abs(made), axis=1, initial=0.0) <= LARGEST)
        made, record = made[usable], record[usable]
        if not len(made):
            return
        keys = functional(made)
        fresh = self.seen.new_rows(made, keys, self.values)[: self.max_rows - self.count]
        rows = np.arange(self.count, self.count + len(fresh))
        self.values = np.concatenate([self.values, made[fresh]])
        self.records = np.concatenate([self.records, record[fresh]])
        self.seen.add(keys[fresh], rows)
        self.count += len(fresh)

    def table(self, complete: int) -> Table:
        op, left, right, size = self.records[:, :4].astype(np.int32).T
        leaves = leaf_expressions(self.basis, self.names)
        return Table(self.basis, leaves, self.values, size, op, left, right, complete)
