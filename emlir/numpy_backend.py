"""The reference backend: one NumPy call for each row of the program."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.errors import InexpressibleError
from emlir.expr.core import NUMBER, SYMBOL, Operator
from emlir.kernels.kernel import Function
from emlir.passes.define import define
from emlir.program import Program
from emlir.semantics import Semantics

Buffer = Any


@dataclass(frozen=True, slots=True)
class Step:
    """One row: compute ``target`` from ``sources``, then drop ``dead``."""

    target: int
    function: Function
    sources: tuple[int, ...]
    dead: tuple[int, ...]


class NumpyBackend:
    """Evaluates in float64 or complex128; defines what every other backend must give."""

    name = "numpy"

    def compile(self, program: Program, semantics: Semantics) -> "CompiledProgram":
        """Prepare a program; operators without a kernel are replaced by their definition."""
        if not all(_is_known(op) for op in program.operators):
            roots = (define(root, keep=_is_known) for root in program.to_exprs())
            program = Program.from_exprs(roots)
        return CompiledProgram(program, semantics)


class CompiledProgram:
    """A program with its kernels looked up and the life of every buffer known."""

    def __init__(self, program: Program, semantics: Semantics) -> None:
        self._roots = program.roots.tolist()
        self._symbols = program.symbols
        self._leaves: list[tuple[int, str | Any]] = []
        self._steps: list[Step] = []
        dead = _deaths(program)
        functions = {op: kernel_function(op, semantics) for op in program.operators}
        dtype = np.complex128 if semantics == "complex" else np.float64
        for row, (op, args) in enumerate(program.rows()):
            if op is SYMBOL:
                self._leaves.append((row, program.symbols[args[0]]))
            elif op is NUMBER:
                self._leaves.append((row, dtype(_nearest(program, args[0]))))
            elif (function := functions[op]) is not None:
                self._steps.append(Step(row, function, tuple(args), dead[row]))

    def run(self, columns: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Return a new array for each root."""
        shape = np.broadcast_shapes(*(columns[name].shape for name in self._symbols))
        buffers: dict[int, Buffer] = {}
        for row, leaf in self._leaves:
            buffers[row] = columns[leaf] if isinstance(leaf, str) else leaf
        with np.errstate(all="ignore"):
            for step in self._steps:
                buffers[step.target] = step.function(*[buffers[s] for s in step.sources])
                for row in step.dead:
                    del buffers[row]
            # adding 0 turns -0 into 0 and copies what may be the caller's array
            return [np.broadcast_to(buffers[root] + 0.0, shape).copy() for root in self._roots]


def _nearest(program: Program, index: int) -> float:
    value = program.constants[index]
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _deaths(program: Program) -> list[tuple[int, ...]]:
    """For each row, the rows that nobody reads after it."""
    deaths: list[tuple[int, ...]] = [()] * len(program)
    for row, last in enumerate(program.last_use.tolist()):
        if last < len(program):
            deaths[last] = (*deaths[last], row)
    return deaths


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
