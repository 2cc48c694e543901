"""A wide class table: the shapes of laws in one to five variables, for all sets of variables."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir_enumerate import ALGEBRAIC, COMMON, Basis, Shapes, shapes

Array = NDArray[np.float64]

ROWS = 102_000
LARGEST_VALUE = 1e100
"""Classes with larger values are left out: their squares overflow."""


@dataclass(frozen=True, slots=True)
class Family:
    """Shapes in a basis; ``largest`` says up to which size, by the number of variables."""

    basis: Basis
    largest: Mapping[int, int]

    def shapes(self, variables: int, on_block: Callable[[int], None]) -> Shapes:
        """Return the shapes that use so many variables.

        While they are made ``on_block`` may end that. It is told of no work: once they are
        kept there is none, and the count must not depend on that.
        """
        return shapes(variables, self.largest[variables], self.basis, lambda _: on_block(0))


LAWS = Family(COMMON, {1: 9, 2: 8, 3: 8, 4: 8})
ARGUMENTS = Family(ALGEBRAIC, {1: 1, 2: 7, 3: 8, 4: 8, 5: 9})
"""What functions of one argument in laws are taken of."""


@dataclass(frozen=True, eq=False)
class Wide:
    """Classes with their values at the points; each class once, up to rounding."""

    sources: tuple[Shapes, ...]
    source: NDArray[np.int64]
    row: NDArray[np.int64]
    values: Array
    size: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    def expression(self, index: int) -> Expr:
        """Write a class as a formula."""
        found: Expr = self.sources[self.source[index]].expression(int(self.row[index]))
        return found

    def take(self, rows: NDArray[np.int64]) -> "Wide":
        """Some of the classes."""
        parts = (self.source[rows], self.row[rows], self.values[rows], self.size[rows])
        return Wide(self.sources, *parts)


def wide_table(
    columns: Mapping[str, Array],
    on_block: Callable[[int], None],
    rows: int = ROWS,
    family: Family = LAWS,
) -> Wide:
    """Evaluate the shapes over all sets of columns, small ones first, up to so many rows.

    ``on_block`` is called with the number of formulas evaluated.
    """
    names = tuple(columns)
    sources, parts = [], []
    for variables, size in _sizes(family, len(names), rows, on_block).items():
        known = family.shapes(variables, on_block)
        count = known.count(size)
        for some in combinations(names, variables) if count else ():
            values = known.values([columns[name] for name in some], count)
            sources.append(known.named(some))
            parts.append(values)
            on_block(count)
    return joined(tuple(sources), parts)


def _sizes(
    family: Family, names: int, rows: int, on_block: Callable[[int], None]
) -> dict[int, int]:
    """Choose up to which size the shapes in each number of variables are taken.

    Level after level is added in the order of size as long as there is room.
    """
    chosen, total, is_open = dict[int, int](), 0, set(family.largest)
    for size, variables in _order(family):
        if variables not in is_open or variables > names:
            continue
        known = family.shapes(variables, on_block)
        more = (known.count(size) - known.count(size - 1)) * comb(names, variables)
        if total + more > rows and total:
            is_open.discard(variables)
        else:
            chosen[variables], total = size, total + more
    return chosen


def _order(family: Family) -> Iterator[tuple[int, int]]:
    """Yield sizes and numbers of variables; those of one variable wait for those of more."""
    levels = [
        (n + (v == 1), n, v) for v, largest in family.largest.items() for n in range(1, largest + 1)
    ]
    for _, size, variables in sorted(levels):
        yield size, variables


def joined(sources: tuple[Shapes, ...], parts: list[Array]) -> Wide:
    """Put classes together, without those that are undefined or there already."""
    values = np.concatenate(parts)
    source = np.concatenate([np.full(len(part), k) for k, part in enumerate(parts)])
    row = np.concatenate([np.arange(len(part)) for part in parts])
    size = np.concatenate(
        [s.table.size[s.wanted[: len(p)]] for s, p in zip(sources, parts, strict=True)]
    ).astype(np.int64)
    with np.errstate(invalid="ignore"):
        order = np.flatnonzero(np.max(np.abs(values), axis=1) < LARGEST_VALUE)
    order = order[np.argsort(size[order], kind="stable")]
    _, first = np.unique(_marks(values[order]), return_index=True)
    kept = order[np.sort(first)]
    return Wide(sources, source[kept], row[kept], values[kept], size[kept])


def _marks(values: Array) -> Array:
    """A number for each row that is the same for equal rows, but for rare bad luck."""
    weights = np.random.default_rng(3).uniform(1, 2, values.shape[1])
    largest = np.max(np.abs(values), axis=1)
    marks = values @ weights / np.where(largest > 0, largest, 1.0)
    return np.round(marks, 10) + np.round(np.log(np.where(largest > 0, largest, 1.0)), 9) * 1e3
