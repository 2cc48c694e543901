"""Blocks: the points of a run cut so that intermediate columns stay in the cache; sums over them.

Backends that work on arrays use these.
"""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.backend import Reduction
from emlir.moments import join

BLOCK = 8192
"""Points in a block: some columns of float64 of this length fit into a level-2 cache."""

REDUCED_WIDTH: dict[Reduction, int] = {"squares": 1, "moments": 4}
"""How many numbers a reduction gives for each root."""

Floats = NDArray[np.float64]


def blocks(
    columns: Mapping[str, NDArray[Any]], shape: tuple[int, ...]
) -> Iterator[tuple[Any, dict[str, NDArray[Any]]]]:
    """Yield indices of parts along the first axis, with those parts of the columns.

    Columns that do not have that axis, or only broadcast along it, are given whole.
    """
    rows = max(1, BLOCK // max(1, prod(shape[1:])))
    if not shape or shape[0] <= rows:
        yield ..., dict(columns)
        return
    for start in range(0, shape[0], rows):
        part = slice(start, start + rows)
        yield part, {name: _part(column, part, shape) for name, column in columns.items()}


def _part(column: NDArray[Any], part: slice, shape: tuple[int, ...]) -> NDArray[Any]:
    has_axis = column.ndim == len(shape) and column.shape[0] == shape[0]
    return column[part] if has_axis else column


def reduced(values: Any, target: Floats, kind: Reduction) -> tuple[float, ...]:
    """Reduce the values of one root over one block; see :class:`emlir.backend.Compiled`."""
    f = np.broadcast_to(np.asarray(values, dtype=np.float64), target.shape).ravel()
    aim = target.ravel()
    with np.errstate(all="ignore"):
        if kind == "squares":
            gap = f - aim
            return (float(gap @ gap),)
        moved = f - f[0]
        return float(f[0]), float(moved.sum()), float(moved @ moved), float(moved @ aim)


def added(total: Floats | None, part: Floats, target: Floats, kind: Reduction) -> Floats:
    """Add the sums of one more block, whose targets are ``target``, to those before."""
    if total is None:
        return part
    if kind == "squares":
        with np.errstate(over="ignore"):
            return total + part
    return join(total, part, target.size, float(target.sum()))
