"""Programs as instructions for the population machine: one stretch of code for each root.

An instruction is four numbers: operation, target, first and second operand. Its value is in the
accumulator until the next one, and in the target register if that is not 0. Operand 0 is the
accumulator; then come the registers, the symbols, the constants. The last instruction of a root
leaves its value.
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

REGISTERS = 8
FIRST_LEAF = REGISTERS + 1
OPERAND_BITS = 24

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

    instructions: "NDArray[np.int64]"
    offsets: "NDArray[np.int32]"
    constants: "NDArray[np.float64]"
    work: int

    def words(self) -> "NDArray[np.int64]":
        """Return each instruction in one number, and a spare one at the end."""
        shifts = np.array([8 + 2 * OPERAND_BITS, 2 * OPERAND_BITS, OPERAND_BITS, 0])
        return np.append((self.instructions << shifts).sum(1), 0)


def encode(program: Program, semantics: Semantics) -> Code | None:
    """Write a program for the machine; ``None`` if it cannot run there.

    That is in ``complex``, with other operators than ``OPERATIONS``, where a root needs more
    registers than there are, and where there are more leaves than an operand can name.
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
        first = FIRST_LEAF + len(program.symbols)
        for row, (op, args) in enumerate(self._rows):
            if op.name == "symbol":
                self._leaf[row] = FIRST_LEAF + args[0]
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
        if max(self._leaf.values(), default=0) >> OPERAND_BITS:
            return None
        code: list[tuple[int, int, int, int]] = []
        offsets = [0]
        for root in self._program.roots.tolist():
            if not self._assign(root, self._order(root), code):
                return None
            offsets.append(len(code))
        work = sum(operation != OPERATIONS["copy"] for operation, *_ in code)
        instructions = np.array(code, dtype=np.int64).reshape(-1, 4)
        ends = np.array(offsets, dtype=np.int32)
        return Code(instructions, ends, np.array(self._constants or [0.0]), work)

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
    ) -> bool:
        """Write the instructions of one root; return whether there are registers enough."""
        if not order:
            code.append((OPERATIONS["copy"], 0, self._leaf[root], self._leaf[root]))
            return True
        last = {arg: row for row in order for arg in self._rows[row][1]}
        held: dict[int, int] = {}
        free = list(range(REGISTERS, 0, -1))
        before = root
        for row, after in zip(order, (*order[1:], root), strict=True):
            op, args = self._rows[row]
            operands = [self._operand(arg, before, held) for arg in args]
            free += [held.pop(arg) for arg in {*args} if last[arg] == row and arg in held]
            target = 0
            if last.get(row, after) != after:
                if not free:
                    return False
                target = held[row] = free.pop()
            code.append((OPERATIONS[op.name], target, operands[0], operands[-1]))
            before = row
        return True

    def _operand(self, row: int, before: int, held: dict[int, int]) -> int:
        if row in self._leaf:
            return self._leaf[row]
        return 0 if row == before else held[row]
