"""Plan: a program with its functions on tensors looked up, and the life of every row known."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

import torch
from torch import Tensor

from emlir.plugin_api import Operator, Program, Semantics, define
from emlir_torch.kernels.arithmetic import power_by
from emlir_torch.kernels.kernel import Function
from emlir_torch.kernels.table import constant_value, function_of, is_known


@dataclass(frozen=True, slots=True)
class Step:
    """One row: compute ``target`` from ``sources``, then drop ``dead``."""

    target: int
    function: Function
    sources: tuple[int, ...]
    dead: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A row with a known value; a truth is real in every semantics."""

    row: int
    value: complex
    is_truth: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """What to do with a program under one semantics.

    ``closed`` are the steps without symbols, which come first; ``live`` is the largest number
    of rows that are needed at the same time, without those that never change; ``size`` is the
    number of rows, at hand for ``torch.compile``, which would trace the program's arrays.
    """

    program: Program
    semantics: Semantics
    smooth: bool
    symbols: tuple[tuple[int, str], ...]
    constants: tuple[Constant, ...]
    closed: tuple[Step, ...]
    steps: tuple[Step, ...]
    roots: tuple[int, ...]
    live: int
    size: int

    def __len__(self) -> int:
        return self.size

    def __reduce__(self) -> tuple[Any, ...]:
        return make_plan, (self.program, self.semantics, self.smooth)

    def constant_tensors(self, dtype: torch.dtype, device: Any) -> list[tuple[int, Tensor]]:
        """Return the rows of the constants, with a tensor of no axes for each."""
        real = torch.empty((), dtype=dtype).real.dtype
        found: list[tuple[int, Tensor]] = []
        for kind, wanted in ((dtype, False), (real, True)):
            chosen = [constant for constant in self.constants if constant.is_truth == wanted]
            values = torch.tensor([c.value for c in chosen], dtype=kind, device=device)
            found += zip((constant.row for constant in chosen), values.unbind(), strict=True)
        return found


def make_plan(program: Program, semantics: Semantics, smooth: bool) -> Plan:
    """Look up what every row does; operators without a kernel are replaced by definitions.

    Raises :class:`emlir.InexpressibleError` for an operator that has neither.
    """
    program = defined(program)
    symbols: list[tuple[int, str]] = []
    constants: dict[int, Constant] = {}
    computed: list[tuple[int, Operator, Sequence[int]]] = []
    for row, (op, args) in enumerate(program.rows()):
        if op.name == "symbol":
            symbols.append((row, program.symbols[args[0]]))
        elif op.name == "number":
            constants[row] = Constant(row, nearest(program.constants[args[0]]), False)
        elif not op.arity:
            constants[row] = Constant(row, constant_value(op, semantics), op.gives == "truth")
        else:
            computed.append((row, op, args))
    closed, steps = _split(program, computed, semantics, smooth, constants)
    return Plan(
        program=program,
        semantics=semantics,
        smooth=smooth,
        symbols=tuple(symbols),
        constants=tuple(constants.values()),
        closed=closed,
        steps=steps,
        roots=tuple(program.roots.tolist()),
        live=_most_alive(steps),
        size=len(program),
    )


def defined(program: Program) -> Program:
    """Replace the operators that have no kernel by their definitions."""
    if all(map(is_known, program.operators)):
        return program
    return Program.from_exprs(define(root, keep=is_known) for root in program.to_exprs())


def nearest(value: Fraction) -> float:
    """Return the double that is nearest, an infinity beyond the doubles."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _split(
    program: Program,
    computed: list[tuple[int, Operator, Sequence[int]]],
    semantics: Semantics,
    smooth: bool,
    constants: dict[int, Constant],
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    functions = {op: function_of(op, semantics, smooth) for _, op, _ in computed}
    known = set(constants)
    deaths = _deaths(program)
    closed, steps = [], []
    for row, op, args in computed:
        function, sources = functions[op], tuple(args)
        if op.name == "pow" and (exponent := _exponent(args[1], semantics, constants)) is not None:
            function, sources = power_by(exponent), sources[:1]
        if known.issuperset(args):
            known.add(row)
            closed.append(Step(row, function, sources, ()))
        else:
            dead = tuple(dying for dying in deaths[row] if dying not in known)
            steps.append(Step(row, function, sources, dead))
    return tuple(closed), tuple(steps)


def _exponent(row: int, semantics: Semantics, constants: dict[int, Constant]) -> float | None:
    """Return an exponent that is a finite number, where the power is one of reals."""
    if semantics == "complex" or row not in constants:
        return None
    value = constants[row].value
    return float(value.real) if abs(value) < inf else None


def _deaths(program: Program) -> list[tuple[int, ...]]:
    """For each row, the rows that nobody reads after it."""
    deaths: list[tuple[int, ...]] = [()] * len(program)
    for row, last in enumerate(program.last_use.tolist()):
        if last < len(program):
            deaths[last] = (*deaths[last], row)
    return deaths


def _most_alive(steps: Sequence[Step]) -> int:
    alive = most = 0
    for step in steps:
        alive += 1
        most = max(most, alive)
        alive -= len(step.dead)
    return most


def execute(steps: Sequence[Step], values: list[Any]) -> None:
    """Fill in ``values``, by row, step by step; what is dead is dropped."""
    for step in steps:
        values[step.target] = step.function(*[values[row] for row in step.sources])
        for row in step.dead:
            values[row] = None
