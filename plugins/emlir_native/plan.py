"""From a program to the instructions of the machine."""

import ctypes
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Operator, Program, Semantics, number, symbol
from emlir_native.machine import INSTRUCTION, Plan, Source, address, functions, instructions

Ints = NDArray[np.int32]
SYMBOL, NUMBER = symbol("x").op, number(1).op
_LEAVES = {SYMBOL: -1, NUMBER: -2}


@dataclass(frozen=True, slots=True)
class Code:
    """Instructions with their scalars.

    Slots are the symbols, then the roots (unless there are sums), then ``temporaries``
    columns of one block; ``spread`` gives the slots among these that hold one scalar.
    """

    instructions: NDArray[Any]
    pool: NDArray[Any]
    temporaries: int
    spread: dict[int, Any]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        return self.pool.dtype


def instruction_of(op: Operator, semantics: Semantics) -> int | None:
    """Return the number of an operator's instruction; ``None`` if C does not have it."""
    if op in _LEAVES:
        return _LEAVES[op]
    known = instructions()
    special = known.get(f"{op.name}_real") if semantics == "real" else None
    return known.get(op.name) if special is None else special


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of a program as the planner reads them."""

    ops: Ints
    args: Ints
    last_use: Ints
    first_root: Ints
    roots: Ints
    numbers: NDArray[Any]
    symbols: int

    @classmethod
    def of(cls, program: Program, semantics: Semantics, dtype: str) -> "Rows":
        """Read a program all of whose operators have an instruction."""
        table = [instruction_of(op, semantics) for op in program.operators]
        ops = np.asarray(table, dtype=np.int32)[program.op]
        count = np.diff(program.offsets)
        args = np.full((len(ops), 3), -1, dtype=np.int32)
        for k in range(3):
            has = count > k
            args[has, k] = program.args[program.offsets[:-1][has] + k]
        order = np.argsort(program.roots, kind="stable").astype(np.int32)
        starts = np.searchsorted(program.roots[order], np.arange(len(ops) + 1))
        return cls(
            ops=ops,
            args=args,
            last_use=_last_use(ops, args),
            first_root=starts.astype(np.int32),
            roots=order,
            numbers=_nearest(program.constants, dtype),
            symbols=len(program.symbols),
        )


def _last_use(ops: Ints, args: Ints) -> Ints:
    """For each row the last row that reads it, or itself."""
    last = np.arange(len(ops), dtype=np.int32)
    reads = (ops >= 0)[:, None] & (args >= 0)
    readers = np.broadcast_to(last[:, None], args.shape)[reads]
    np.maximum.at(last, args[reads], readers.copy())
    return last


def _nearest(values: tuple[Fraction, ...], dtype: str) -> NDArray[Any]:
    with np.errstate(over="ignore"):
        return np.asarray([_float(value) for value in values]).astype(dtype)


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def plan(rows: Rows, sums: str = "") -> Code:
    """Write the instructions that give all roots, or ``sums`` over them."""
    roots, length = len(rows.roots), len(rows.ops)
    code = np.empty(3 * length + roots + 1, dtype=INSTRUCTION)
    pool = np.empty(len(rows.numbers) + 3 * length + 1, dtype=rows.numbers.dtype)
    pool[: len(rows.numbers)] = rows.numbers
    spread = np.full(len(pool), -1, dtype=np.int32)
    source = Source(
        length, *map(address, (rows.ops, rows.args, rows.last_use, rows.first_root, rows.roots)),
        rows.symbols, roots, instructions()[sums] if sums else 0,
    )  # fmt: skip
    made = Plan(address(code), 0, address(pool), len(rows.numbers), 0, address(spread))
    if functions(8 * pool.itemsize).plan(ctypes.byref(source), ctypes.byref(made)):
        raise MemoryError(f"no memory to plan a program of {length} rows")
    filled = np.flatnonzero(spread[: made.scalars] >= 0)
    code, pool = code[: made.length].copy(), pool[: made.scalars].copy()
    columns = {int(spread[k]): pool[k] for k in filled}
    return Code(code, pool, made.temporaries, columns)
