"""The reference backend: one NumPy call for each row of the program."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.backend import Dtype, Reduction
from emlir.blocks import REDUCED_WIDTH, added, blocks, reduced
from emlir.errors import InexpressibleError
from emlir.expr.core import NUMBER, SYMBOL, Operator
from emlir.kernels.kernel import Function
from emlir.passes.define import define
from emlir.program import Program
from emlir.semantics import Semantics

Buffer = Any
_TARGET = "\0target"


Sink = Callable[[int, Buffer], None]
"""Takes the number of a root and its values, as soon as there are any."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row: compute ``target`` from ``sources``, give it to ``roots``, drop ``dead``."""

    target: int
    function: Function
    sources: tuple[int, ...]
    roots: tuple[int, ...]
    dead: tuple[int, ...]


class NumpyBackend:
    """Defines what every other backend must give; runs in blocks that stay in the cache."""

    name = "numpy"

    def compile(
        self, program: Program, semantics: Semantics, dtype: Dtype = "float64"
    ) -> "CompiledProgram":
        """Prepare a program; operators without a kernel are replaced by their definition."""
        if not all(_is_known(op) for op in program.operators):
            roots = (define(root, keep=_is_known) for root in program.to_exprs())
            program = Program.from_exprs(roots)
        return CompiledProgram(program, semantics, dtype)


class CompiledProgram:
    """A program with its kernels looked up and the life of every buffer known."""

    def __init__(self, program: Program, semantics: Semantics, dtype: Dtype = "float64") -> None:
        self._dtype = np.dtype(dtype)
        self._count = len(program.roots)
        self._symbols = program.symbols
        self._leaves: list[tuple[int, str | Any]] = []
        self._steps: list[Step] = []
        roots = _by_row(program, enumerate(program.roots.tolist()))
        dead = _by_row(program, enumerate(_last_reads(program)))
        self._leaf_roots: list[tuple[int, int]] = []
        functions = {op: kernel_function(op, semantics) for op in program.operators}
        for row, (op, args) in enumerate(program.rows()):
            function = functions[op]
            if function is not None:
                self._steps.append(Step(row, function, tuple(args), roots[row], dead[row]))
                continue
            self._leaf_roots += ((root, row) for root in roots[row])
            if op is SYMBOL:
                self._leaves.append((row, program.symbols[args[0]]))
            else:
                self._leaves.append((row, _nearest(program.constants[args[0]], self._dtype)))

    def run(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """Return a row of values for each root; see :class:`emlir.backend.Compiled`."""
        shape = np.broadcast_shapes(*(columns[name].shape for name in self._symbols))
        results = np.empty((self._count, *shape), self._dtype)
        for block, part in blocks(columns, shape):
            self._execute(part, partial(_store, results, block))
        return results

    def reduce(
        self, columns: Mapping[str, NDArray[Any]], target: NDArray[np.float64], kind: Reduction
    ) -> NDArray[np.float64]:
        """Return sums over all points; see :class:`emlir.backend.Compiled`."""
        total: NDArray[np.float64] | None = None
        for _, part in blocks({**columns, _TARGET: target}, target.shape):
            aim = part.pop(_TARGET)
            sums = np.empty((self._count, REDUCED_WIDTH[kind]))
            self._execute(part, partial(_reduce_into, sums, aim, kind))
            total = added(total, sums, aim, kind)
        assert total is not None
        return total

    def _execute(self, columns: Mapping[str, NDArray[Any]], sink: Sink) -> None:
        buffers: dict[int, Buffer] = {}
        for row, leaf in self._leaves:
            buffers[row] = columns[leaf] if isinstance(leaf, str) else leaf
        with np.errstate(all="ignore"):
            for root, row in self._leaf_roots:
                sink(root, buffers[row])
            for step in self._steps:
                value = step.function(*[buffers[s] for s in step.sources])
                if value.dtype != self._dtype:
                    value = value.astype(self._dtype)
                buffers[step.target] = value
                for root in step.roots:
                    sink(root, value)
                for row in step.dead:
                    del buffers[row]


def _store(results: NDArray[Any], block: Any, root: int, value: Any) -> None:
    np.add(value, 0.0, out=results[root, ...][block])  # adding 0 turns -0 into 0


def _reduce_into(
    sums: NDArray[np.float64], target: NDArray[np.float64], kind: Reduction, root: int, value: Any
) -> None:
    sums[root] = reduced(value, target, kind)


def _nearest(value: Fraction, dtype: np.dtype[Any]) -> Any:
    try:
        nearest = float(value)
    except OverflowError:
        nearest = float("inf") if value > 0 else float("-inf")
    with np.errstate(over="ignore"):
        return dtype.type(nearest) + dtype.type(0)  # a zero is +0


def _last_reads(program: Program) -> list[int]:
    """For each row the last row that reads it; a row that nobody reads is its own."""
    last = list(range(len(program)))
    for row, (op, args) in enumerate(program.rows()):
        if op.arity:
            for arg in args:
                last[arg] = row
    return last


def _by_row(program: Program, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return for each row the numbers that are paired with it."""
    found: list[tuple[int, ...]] = [()] * len(program)
    for number, row in pairs:
        found[row] = (*found[row], number)
    return found


def _is_known(op: Operator) -> bool:
    return op.kernel is not None or op in (SYMBOL, NUMBER)


def kernel_function(op: Operator, semantics: Semantics) -> Callable[..., Any] | None:
    """Return the function on columns of an operator; ``None`` for leaves."""
    if op in (SYMBOL, NUMBER):
        return None
    if op.kernel is None:
        raise InexpressibleError(
            f"the numpy backend cannot evaluate {op.qualified_name}: its record has neither "
            "a kernel nor a definition"
        )
    module, _, attribute = op.kernel.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), attribute).under(semantics)
    return found


BACKEND = NumpyBackend()
