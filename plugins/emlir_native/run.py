"""Running instructions on columns."""

import ctypes
from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import REDUCED_WIDTH, Reduction
from emlir_native.machine import Column, Machine, address, functions
from emlir_native.plan import Code, Rows, plan

Columns = Mapping[str, NDArray[Any]]
Floats = NDArray[np.float64]
CACHE = 24 << 10
"""Bytes that the columns of one block may take: they stay in a level-1 cache."""
SHORTEST, LONGEST = 128, 2048
"""Points in a block."""
PATIENCE = 1 << 28
"""Instructions times points in one call of C: between calls Python sees an interrupt."""


class NativeProgram:
    """A program ready to run; safe to be run by several threads."""

    def __init__(self, rows: Rows, symbols: tuple[str, ...]) -> None:
        self._rows = rows
        self._symbols = symbols
        self._dtype = rows.numbers.dtype
        self._sums: dict[str, Code] = {}

    @cached_property
    def _code(self) -> Code:
        return plan(self._rows)

    def run(self, columns: Columns) -> NDArray[Any]:
        """Return a row of values for each root; see :class:`emlir.plugin_api.Compiled`."""
        shapes = {columns[name].shape for name in self._symbols}
        shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
        results = np.empty((len(self._rows.roots), *shape), self._dtype)
        _Run(self._code, self._given(columns, shape), prod(shape)).go(results)
        return results

    def reduce(self, columns: Columns, target: Floats, kind: Reduction) -> Floats:
        """Return sums over all points; see :class:`emlir.plugin_api.Compiled`."""
        if kind not in self._sums:
            self._sums[kind] = plan(self._rows, kind)
        sums = np.zeros((len(self._rows.roots), REDUCED_WIDTH[kind]))
        given = self._given(columns, target.shape)
        aim = np.ascontiguousarray(target, dtype=np.float64)
        _Run(self._sums[kind], given, target.size).sum(aim, sums)
        return sums

    def _given(self, columns: Columns, shape: tuple[int, ...]) -> list[NDArray[Any]]:
        """Return for each symbol an array of all points, or of a single one."""
        found = []
        for name in self._symbols:
            column = columns[name]
            if column.shape != shape and column.size != 1:
                column = np.broadcast_to(column, shape)
            found.append(np.ascontiguousarray(column, dtype=self._dtype))
        return found


class _Run:
    """One run on columns of all points, or of a single one."""

    def __init__(self, code: Code, given: list[NDArray[Any]], points: int) -> None:
        self._code = code
        self._points = points
        single = [k for k, column in enumerate(given) if column.size == 1]
        self._work = np.empty(
            (code.temporaries + len(single), _block(code, len(given))), code.dtype
        )
        for row, k in enumerate(single, code.temporaries):
            self._work[row] = given[k]
            given[k] = self._work[row]
        self._given = given  # C sees addresses only
        self._columns = (Column * len(given))(
            *[Column(address(column), k not in single) for k, column in enumerate(given)]
        )

    def go(self, results: NDArray[Any]) -> None:
        """Fill a row of results for each root."""
        first = len(self._given) + len(results)
        self._start(first, address(results), len(results))

    def sum(self, target: Floats, sums: Floats) -> None:
        """Add to a row of sums for each root."""
        self._start(len(self._given), target=address(target), sums=address(sums))

    def _start(
        self,
        first: int,
        results: int | None = None,
        count: int = 0,
        target: int | None = None,
        sums: int | None = None,
    ) -> None:
        """Run all points, a part at a time; ``first`` is the slot of the first row of work."""
        code, work = self._code, self._work
        for slot, value in code.spread.items():
            work[slot - first] = value
        block = work.shape[1]
        machine = Machine(
            address(code.instructions), len(code.instructions), address(code.pool),
            self._columns, len(self._columns), results, count, self._points,
            address(work), code.temporaries, block, target, sums,
        )  # fmt: skip
        run = functions(8 * code.dtype.itemsize).run
        part = max(1, PATIENCE // (len(code.instructions) + 1) // block) * block
        for begin in range(0, self._points, part):
            end = min(begin + part, self._points)
            if run(ctypes.byref(machine), begin, end, begin == 0):
                raise MemoryError("no memory to run a program")


def _block(code: Code, columns: int) -> int:
    """Return how many points at once leave all columns in the cache, a power of 2."""
    width = (columns + code.temporaries + 1) * code.dtype.itemsize
    fitting = 1 << max(0, (CACHE // width).bit_length() - 1)
    return max(SHORTEST, min(LONGEST, fitting))
