"""The compiled engine: source/eml.c as ctypes sees it."""

import ctypes
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir_enumerate.eml.places import weights
from emlir_enumerate.eml.rows import Rows
from emlir_native import Build, compiled

MAIN = Path(__file__).parents[1] / "source" / "eml.c"
_long, _pointer = ctypes.c_int64, ctypes.c_void_p


class _Table(ctypes.Structure):
    """``table`` in table.h."""

    _fields_ = (
        *((name, _long) for name in ("points", "plane", "count")),
        *((name, _pointer) for name in ("value", "exp", "ln", "weights")),
        *((name, _pointer) for name in ("left", "right", "next", "head", "cell")),
        ("mask", _long),
        ("flags", _pointer),
    )


class _Lists(ctypes.Structure):
    """``lists`` in merge.h."""

    _fields_ = (
        *((name, _long) for name in ("points", "plane", "lefts", "rights")),
        *((name, _pointer) for name in ("left_key", "left_size", "left_next", "left_next_size")),
        *((name, _pointer) for name in ("right_key", "right_next", "left_row", "right_row")),
        *((name, _pointer) for name in ("exp", "ln")),
    )


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """Load the library; raises :class:`emlir_native.BuildError` where it cannot be had."""
    names = ("emlir_enter", "emlir_refill", "emlir_grow", "emlir_two_sum")
    loaded = compiled(Build("enumerate", MAIN, functions=names))
    table = ctypes.POINTER(_Table)
    loaded.emlir_enter.argtypes, loaded.emlir_enter.restype = (table, _long), None
    loaded.emlir_refill.argtypes, loaded.emlir_refill.restype = (table, _long), None
    loaded.emlir_grow.argtypes, loaded.emlir_grow.restype = (table, *[_long] * 5), _long
    loaded.emlir_two_sum.argtypes = (ctypes.POINTER(_Lists), *[_pointer] * 3, _long)
    loaded.emlir_two_sum.restype = _long
    return loaded


@dataclass(slots=True, eq=False)
class CompiledGrower:
    """Adds rows to a table; keeps the cells in which equal rows are looked for."""

    rows: Rows
    table: _Table = field(init=False)
    arrays: dict[str, NDArray[Any]] = field(init=False)

    def prepare(self) -> None:
        """Take notice of the rows, after others were added or there is more room."""
        self._attach()
        library().emlir_enter(self.table, 0)

    def _attach(self) -> None:
        rows, room = self.rows, len(self.rows.flags)
        slots = 1 << max(10, int(room).bit_length())
        names = ("value", "exp", "ln", "left", "right", "flags")
        self.arrays = {name: getattr(rows, name) for name in names}
        self.arrays["weights"] = weights(rows.points << rows.plane)
        self.arrays["next"] = np.empty(room, np.int32)
        self.arrays["cell"] = np.empty(room, np.int64)
        self.arrays["head"] = np.full(slots, -1, np.int32)
        addresses = {name: array.ctypes.data for name, array in self.arrays.items()}
        self.table = _Table(rows.points, rows.plane, rows.count, mask=slots - 1, **addresses)

    def refill(self, start: int) -> None:
        """Compute the rows from ``start`` on from their back-pointers, and their flags."""
        self._attach()
        library().emlir_refill(self.table, start)

    def grow(self, first: tuple[int, int], second: tuple[int, int], level: int) -> int:
        """Add eml(a, b) for a, b in two ranges of rows; return how many pairs there were."""
        tried = library().emlir_grow(self.table, *first, *second, level)
        self.rows.count = self.table.count
        return int(tried)


def two_sum(lists: Any, target: Any, radius: Any, most: int) -> NDArray[np.int32]:
    """Return the pairs (a, b) of rows that match; see :class:`emlir_enumerate.eml.match.Lists`."""
    rows = lists.rows
    names = [field[0] for field in _Lists._fields_[4:-2]]
    addresses = [getattr(lists, name).ctypes.data for name in names]
    sizes = rows.points, rows.plane, len(lists.left_key), len(lists.right_key)
    struct = _Lists(*sizes, *addresses, rows.exp.ctypes.data, rows.ln.ctypes.data)
    target = np.ascontiguousarray(target, rows.dtype)
    radius = np.ascontiguousarray(radius, np.float64)
    pairs = np.empty((most, 2), np.int32)
    ends = target.ctypes.data, radius.ctypes.data, pairs.ctypes.data
    return pairs[: library().emlir_two_sum(struct, *ends, most)]
