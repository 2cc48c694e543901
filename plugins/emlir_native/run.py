"""Running instructions on columns."""

import ctypes
from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import REDUCED_WIDTH, Reduction
from emlir_native.machine import SLOT, Machine, address, functions
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

    def run(self, columns: Columns) -> list[NDArray[Any]]:
        """Return a new array for each root; see :class:`emlir.plugin_api.Compiled`."""
        shape = np.broadcast_shapes(*(columns[name].shape for name in self._symbols))
        results = np.empty((len(self._rows.roots), *shape), self._dtype)
        _Run(self._code, self._given(columns, shape), results, prod(shape)).go()
        return list(results)

    def reduce(self, columns: Columns, target: Floats, kind: Reduction) -> Floats:
        """Return sums over all points; see :class:`emlir.plugin_api.Compiled`."""
        if kind not in self._sums:
            self._sums[kind] = plan(self._rows, kind)
        sums = np.zeros((len(self._rows.roots), REDUCED_WIDTH[kind]))
        given = self._given(columns, target.shape)
        aim = np.ascontiguousarray(target, dtype=np.float64)
        none = np.empty((0, target.size), self._dtype)
        _Run(self._sums[kind], given, none, target.size, aim, sums).go()
        return sums

    def _given(self, columns: Columns, shape: tuple[int, ...]) -> list[NDArray[Any]]:
        """Return for each symbol an array of all points, or of a single one."""
        found = []
        for name in self._symbols:
            column = columns[name]
            if column.size != 1:
                column = np.broadcast_to(column, shape)
            found.append(np.ascontiguousarray(column, dtype=self._dtype))
        return found


class _Run:
    """One run: where every column is."""

    def __init__(
        self,
        code: Code,
        given: list[NDArray[Any]],
        results: NDArray[Any],
        points: int,
        target: Floats | None = None,
        sums: Floats | None = None,
    ) -> None:
        self._points = points
        self._code = code
        dtype = code.pool.dtype
        width = (len(given) + code.temporaries + 1) * dtype.itemsize
        block = 1 << max(0, (CACHE // width).bit_length() - 1)
        block = max(SHORTEST, min(LONGEST, block))
        single = [k for k, column in enumerate(given) if column.size == 1]
        work = np.empty((code.temporaries + len(single), block), dtype)
        for slot, value in code.spread.items():
            work[slot - len(given) - len(results)] = value
        for row, k in enumerate(single, code.temporaries):
            work[row] = given[k]
            given = [*given[:k], work[row], *given[k + 1 :]]
        self._kept = [*given, results, work]  # C sees addresses only
        self._slots = _slots(given, results, work[: code.temporaries], set(single))
        self._machine = Machine(
            address(code.instructions), len(code.instructions), address(code.pool),
            address(self._slots), len(self._slots), block,
            None if target is None else address(target), None if sums is None else address(sums),
        )  # fmt: skip

    def go(self) -> None:
        """Run all points, a part at a time."""
        run = functions(8 * self._code.pool.itemsize).run
        block = self._machine.block
        part = max(1, PATIENCE // (len(self._code.instructions) + 1) // block) * block
        for begin in range(0, self._points, part):
            end = min(begin + part, self._points)
            if run(ctypes.byref(self._machine), begin, end, begin == 0):
                raise MemoryError("no memory to run a program")


def _slots(
    given: list[NDArray[Any]], results: NDArray[Any], work: NDArray[Any], single: set[int]
) -> NDArray[Any]:
    count, outer = len(given), len(given) + len(results)
    slots = np.zeros(outer + len(work), dtype=SLOT)
    starts, steps = slots["start"], slots["step"]
    starts[:count] = [address(column) for column in given]
    starts[count:outer] = address(results) + _stride(results) * np.arange(len(results))
    starts[outer:] = address(work) + _stride(work) * np.arange(len(work))
    steps[:outer] = 1
    steps[sorted(single)] = 0
    return slots


def _stride(rows: NDArray[Any]) -> int:
    return rows[:1].nbytes
