"""Shapes: the formulas of a basis that use all of so many variables, for data of any kind.

They are enumerated once over canonical points, some positive, some of both signs, some between
0 and 1: two formulas
that agree there, and are undefined at the same points, are one. For each data set only their
values are computed again. A formula that exists nowhere on the data is left out then.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from inspect import GEN_SUSPENDED, getgeneratorstate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir_enumerate.basis import COMMON, Basis
from emlir_enumerate.build import Blocks, finished, in_blocks
from emlir_enumerate.files import DAMAGED, pack, unpack, write
from emlir_enumerate.table import LEAF, Table, leaf_expressions
from emlir_native import BuildError, user_cache

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

POINTS = ((0.5, 5.0, 12), (-5.0, 5.0, 12), (0.1, 0.9, 8))
"""Ranges and how many points are in each. Some shapes exist below 1 only: ln(1/x - 1)."""
FORMAT = "emlir-shapes-3"
SLOW = 100_000
"""Tables with more rows are kept on disk."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """``table`` holds the shapes and what they are made of; its values are empty.

    ``wanted`` are the rows of the table that use all variables, in the order of size.
    """

    table: Table
    wanted: Rows

    def count(self, size: int) -> int:
        """How many shapes have at most this size."""
        return int(np.searchsorted(self.table.size[self.wanted], size, side="right"))

    @np.errstate(all="ignore")
    def values(self, columns: Sequence[Array], count: int) -> Array:
        """Return (count, points): the first shapes at the columns; NaN where undefined."""
        if not count:
            return np.empty((0, len(columns[0])))
        table, basis = self.table, self.table.basis
        stop = int(self.wanted[count - 1]) + 1
        numbers = [np.full_like(columns[0], value) for value in basis.numbers]
        leaves = np.stack([*columns, *numbers])
        made = np.empty((stop, leaves.shape[1]))
        starts = np.flatnonzero(np.diff(_runs(table)[:stop], prepend=-2))
        for start, end in zip(starts, [*starts[1:], stop], strict=True):
            part, op = slice(start, end), int(table.op[start])
            if op == LEAF:
                made[part] = leaves[table.left[part]]
                continue
            function = basis.functions[op]
            args = [made[table.left[part]], made[table.right[part]]][: function.arity]
            made[part] = function.values(*args)
        return made[self.wanted[:count]]

    def named(self, names: Sequence[str]) -> "Shapes":
        """Return the shapes in other variables."""
        leaves = leaf_expressions(self.table.basis, tuple(names))
        return replace(self, table=replace(self.table, leaves=leaves))

    def expression(self, index: int) -> Expr:
        """Write a shape as a formula."""
        return self.table.expression(int(self.wanted[index]))


def _runs(table: Table) -> Rows:
    """A number that changes where the operator or the size of a row does."""
    return np.asarray(table.op.astype(np.int64) + 1000 * table.size.astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Which:
    """Says which shapes are meant."""

    variables: int
    size: int
    basis: Basis

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"x{k}" for k in range(self.variables))


_known: dict[_Which, Shapes] = {}
_begun: dict[_Which, Blocks] = {}


def forget() -> None:
    """Forget in this process which shapes are known, and those that are being enumerated."""
    _known.clear()
    _begun.clear()


def shapes(
    variables: int,
    size: int,
    basis: Basis = COMMON,
    on_block: Callable[[int], None] = lambda count: None,
) -> Shapes:
    """Return all shapes in ``variables`` variables of at most this size, from disk if kept.

    ``on_block`` is called with the number of formulas tried, while they are enumerated. It may
    raise to end that; the next call for these shapes in this process goes on from there.
    """
    which = _Which(variables, size, basis)
    if which not in _known:
        _known[which] = _found(which, on_block)
    return _known[which]


def _found(which: _Which, on_block: Callable[[int], None]) -> Shapes:
    path = _path(which)
    kept = None if path is None else _read(path)
    if kept is None:
        table = _enumerated(which, on_block)
        kept = _compact(table, which.variables)
        if len(table) > SLOW and path is not None:
            with suppress(OSError):
                write(path, pack(FORMAT, kept))
    return _shapes_of(kept, which)


def _enumerated(which: _Which, on_block: Callable[[int], None]) -> Table:
    points = _canonical(which.names)
    blocks = _begun.pop(which, None)
    if blocks is None:
        blocks = in_blocks(points, which.basis, which.size, max_rows=1 << 31, partial=True)
    try:
        return finished(blocks, on_block)
    finally:
        if getgeneratorstate(blocks) == GEN_SUSPENDED:
            _begun[which] = blocks


def _shapes_of(kept: dict[str, NDArray[np.int64]], which: _Which) -> Shapes:
    op, left, right, sizes = (kept[k].astype(np.int32) for k in ("op", "left", "right", "size"))
    empty = np.empty((len(op), 0))
    leaves = leaf_expressions(which.basis, which.names)
    table = Table(which.basis, leaves, empty, sizes, op, left, right, which.size)
    return Shapes(table, kept["wanted"])


def _canonical(names: Sequence[str]) -> dict[str, Array]:
    rng = np.random.default_rng(7)
    ranges = [(low, high, (len(names), count)) for low, high, count in POINTS]
    points = np.concatenate([rng.uniform(*part) for part in ranges], axis=1)
    return dict(zip(names, points, strict=True))


def _compact(table: Table, variables: int) -> dict[str, NDArray[np.int64]]:
    """Keep the rows that use all variables, and what they are made of."""
    used, is_leaf = np.zeros(len(table), dtype=np.int64), table.op == LEAF
    is_variable = is_leaf & (table.left < variables)
    used[is_variable] = 1 << table.left[is_variable].astype(np.int64)
    for rows in _levels(table):
        right = np.where(table.right[rows] == LEAF, 0, used[table.right[rows]])
        used[rows] = used[table.left[rows]] | right
    is_wanted = used == (1 << variables) - 1
    needed = is_wanted.copy()
    for rows in reversed(_levels(table)):
        some = rows[needed[rows]]
        needed[table.left[some]] = True
        needed[table.right[some][table.right[some] != LEAF]] = True
    place = np.cumsum(needed) - 1
    left = np.where(is_leaf, table.left, place[table.left])[needed]
    right = np.where(table.right == LEAF, LEAF, place[table.right])[needed]
    return {
        "op": table.op[needed],
        "left": left.astype(np.int32),
        "right": right.astype(np.int32),
        "size": table.size[needed],
        "wanted": place[is_wanted],
    }


def _levels(table: Table) -> list[Rows]:
    """The rows that are no leaves, by size: what a row is made of is in an earlier level."""
    inner = np.flatnonzero(table.op != LEAF)
    return np.split(inner, np.flatnonzero(np.diff(table.size[inner])) + 1)


def _path(which: _Which) -> Path | None:
    """Where shapes are kept on disk; ``None`` for a user without a home."""
    basis = which.basis
    words = [f"{f.name} {f.arity} {f.cost} {f.is_transcendental}" for f in basis.functions]
    text = repr((words, basis.numbers, basis.deepest, which.variables, which.size))
    try:
        folder = user_cache("tables")
    except BuildError:
        return None
    return folder / f"shapes-{hashlib.sha256(text.encode()).hexdigest()[:24]}.table"


def _read(path: Path) -> dict[str, NDArray[np.int64]] | None:
    """Return what is kept; a file that is missing or damaged is as good as none."""
    try:
        arrays = unpack(FORMAT, path.read_bytes())
        return {name: arrays[name] for name in ("op", "left", "right", "size", "wanted")}
    except (OSError, *DAMAGED):
        return None
