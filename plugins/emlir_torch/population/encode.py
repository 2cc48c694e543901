"""Programs as instructions for the population machine: one stretch of code for each root.

An instruction is four numbers: operation, target register, first and second operand. An operand
below ``REGISTERS`` is a register; then come the symbols, then the constants. The last instruction
of a root leaves its value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emlir.plugin_api import Program, Semantics
from emlir_torch.kernels.table import constant_value
from emlir_torch.plan import defined, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGISTERS = 16
"""What operands can name; how many a kernel has is chosen for each population."""

OPERATIONS = {
    name: code
    for code, name in enumerate(
        "copy eml add sub mul div neg exp ln sqrt sin cos abs floor min max".split()
    )
}
"""What the machine can do, in the order in which it looks."""

_LEAVES = ("symbol", "number")


@dataclass(frozen=True, eq=False)
class Code:
    """The instructions (n, 4), where each root starts and the last one ends, and constants.

    ``work`` counts the instructions that compute something.
    """

    instructions: "NDArray[np.int32]"
    offsets: "NDArray[np.int32]"
    constants: "NDArray[np.float64]"
    registers: int
    work: int


def encode(program: Program, semantics: Semantics) -> Code | None:
    """Write a program for the machine; ``None`` if it cannot run there.

    That is in ``complex``, with other operators than ``OPERATIONS``, and where a root needs
    more registers than there are.
    """
    program = defined(program)
    if semantics == "complex" or not all(
        op.name in OPERATIONS or op.name in _LEAVES or (not op.arity and op.gives == "number")
        for op in program.operators
    ):
        return None
    return _Encoder(program, semantics).encode()


class _Encoder:
    def __init__(self, program: Program, semantics: Semantics) -> None:
        self._program = program
        self._rows = [(op, tuple(args)) for op, args in program.rows()]
        self._constants: list[float] = []
        self._leaf: dict[int, int] = {}
        first = REGISTERS + len(program.symbols)
        for row, (op, args) in enumerate(self._rows):
            if op.name == "symbol":
                self._leaf[row] = REGISTERS + args[0]
            elif not op.arity:
                self._leaf[row] = first + len(self._constants)
                is_number = op.name == "number"
                self._constants.append(
                    nearest(program.constants[args[0]])
                    if is_number
                    else constant_value(op, semantics).real
                )
        self._need = self._needs()

    def _needs(self) -> list[int]:
        """About how many registers each row takes, as if nothing were shared."""
        need: list[int] = []
        for row, (_, args) in enumerate(self._rows):
            if row in self._leaf:
                need.append(0)
                continue
            wanted = sorted((need[arg] for arg in args), reverse=True)
            need.append(max(1, *(more + k for k, more in enumerate(wanted))))
        return need

    def encode(self) -> Code | None:
        code: list[tuple[int, int, int, int]] = []
        offsets = [0]
        registers = 1
        for root in self._program.roots.tolist():
            order = self._order(root)
            used = self._assign(root, order, code)
            if used is None:
                return None
            registers = max(registers, used)
            offsets.append(len(code))
        work = sum(operation != OPERATIONS["copy"] for operation, *_ in code)
        instructions = np.array(code, dtype=np.int32).reshape(-1, 4)
        ends = np.array(offsets, dtype=np.int32)
        constants = np.array(self._constants or [0.0])
        return Code(instructions, ends, constants, registers, work)

    def _order(self, root: int) -> list[int]:
        """The rows of one root that are computed, the argument that needs more first."""
        order: list[int] = []
        seen: set[int] = set()
        stack = [(root, False)]
        while stack:
            row, is_ready = stack.pop()
            if is_ready:
                order.append(row)
            elif row not in seen and row not in self._leaf:
                seen.add(row)
                stack.append((row, True))
                args = sorted(self._rows[row][1], key=self._need.__getitem__)
                stack += [(arg, False) for arg in args]
        return order

    def _assign(
        self, root: int, order: Sequence[int], code: list[tuple[int, int, int, int]]
    ) -> int | None:
        """Write the instructions of one root; return the number of registers it takes."""
        if not order:
            code.append((OPERATIONS["copy"], 0, self._leaf[root], self._leaf[root]))
            return 1
        last = {arg: row for row in order for arg in self._rows[row][1]}
        place = dict(self._leaf)
        free: list[int] = []
        used = 0
        for row in order:
            op, args = self._rows[row]
            operands = [place[arg] for arg in args]
            free += {place[arg] for arg in args if last[arg] == row and arg not in self._leaf}
            if not free:
                free.append(used)
                used += 1
            place[row] = min(free)
            free.remove(place[row])
            code.append((OPERATIONS[op.name], place[row], operands[0], operands[-1]))
        return used if used <= REGISTERS else None
