"""A wide class table: small formulas in all variables, larger ones in few of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir_enumerate import Table, build_table

Array = NDArray[np.float64]

SUBSETS = {1: 8, 2: 7, 3: 6}
"""The largest formulas in so many variables, in nodes."""
ALL = 4
"""The largest formulas in all variables."""
ROWS = 16_000
"""Classes for each number of variables, shared by the sets of so many."""


@dataclass(frozen=True, eq=False)
class Wide:
    """Classes with their values at the points; each class once, up to rounding."""

    tables: tuple[Table, ...]
    table: NDArray[np.int64]
    row: NDArray[np.int64]
    values: Array
    size: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    def expression(self, index: int) -> Expr:
        """Write a class as a formula."""
        found: Expr = self.tables[self.table[index]].expression(int(self.row[index]))
        return found


def wide_table(columns: Mapping[str, Array], on_block: Callable[[int], None]) -> Wide:
    """Enumerate formulas over subsets of the columns, and small ones over all.

    ``on_block`` is called with the number of formulas tried.
    """
    tables = []
    names = tuple(columns)
    for count, size in (*SUBSETS.items(), (len(names), ALL)):
        sets = list(combinations(names, count)) if count <= len(names) else []
        for some in sets:
            part = {name: columns[name] for name in some}
            rows = ROWS // len(sets)
            tables.append(build_table(part, max_size=size, max_rows=rows, on_block=on_block))
    return _joined(tables)


def _joined(tables: list[Table]) -> Wide:
    values = np.concatenate([table.values for table in tables])
    which = np.concatenate([np.full(len(table), k) for k, table in enumerate(tables)])
    row = np.concatenate([np.arange(len(table)) for table in tables])
    size = np.concatenate([table.size for table in tables]).astype(np.int64)
    order = np.argsort(size, kind="stable")
    _, first = np.unique(_marks(values[order]), return_index=True)
    kept = order[np.sort(first)]
    return Wide(tuple(tables), which[kept], row[kept], values[kept], size[kept])


def _marks(values: Array) -> Array:
    """A number for each row that is the same for equal rows, but for rare bad luck."""
    weights = np.random.default_rng(3).uniform(1, 2, values.shape[1])
    largest = np.max(np.abs(values), axis=1)
    marks = values @ weights / np.where(largest > 0, largest, 1.0)
    return np.round(marks, 10) + np.round(np.log(np.where(largest > 0, largest, 1.0)), 9) * 1e3
