"""Programs as instructions for the population machine: one stretch of code for each root.

An instruction is four numbers: operation, target, first and second operand. Its value is in the
accumulator until the next one, and in the target register if that is not 0. Operand 0 is the
accumulator; then come the registers, the symbols, the constants. The last instruction of a root
leaves its value.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emlir.plugin_api import Program, Semantics
from emlir_torch.kernels.table import constant_value
from emlir_torch.plan import defined, nearest
from emlir_torch.population.registers import FIRST_LEAF, Instruction, Step, assign

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPERAND_BITS = 24

OPERATIONS = {
    name: code
    for code, name in enumerate(
        "copy eml add sub mul div neg exp ln sqrt sin cos abs floor min max".split()
    )
}
"""What the machine can do, in the order in which it looks."""

MOST_COPIES = 4
"""How much longer a root may get when nothing in it is shared."""
LONGEST = 1 << 40

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

    That is without roots, in ``complex``, with other operators than ``OPERATIONS``, where a root
    needs more registers than there are, and where there are more leaves than an operand can name.
    A root that needs too many is tried again without sharing, if that does not make it long.
    """
    program = defined(program)
    if (
        semantics == "complex"
        or not len(program.roots)
        or not all(
            op.name in OPERATIONS or op.name in _LEAVES or (not op.arity and op.gives == "number")
            for op in program.operators
        )
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
        self._need, self._size = self._measured()

    def _measured(self) -> tuple[list[int], list[int]]:
        """For each row, as if nothing were shared: registers, about, and instructions."""
        need: list[int] = []
        size: list[int] = []
        for row, (_, args) in enumerate(self._rows):
            if row in self._leaf:
                need.append(0)
                size.append(0)
                continue
            wanted = sorted((need[arg] for arg in args), reverse=True)
            need.append(max(1, *(more + k for k, more in enumerate(wanted))))
            size.append(min(1 + sum(size[arg] for arg in args), LONGEST))
        return need, size

    def encode(self) -> Code | None:
        if max(self._leaf.values(), default=0) >> OPERAND_BITS:
            return None
        code: list[Instruction] = []
        offsets = [0]
        for root in self._program.roots.tolist():
            written = self._written(root)
            if written is None:
                return None
            code += written
            offsets.append(len(code))
        work = sum(operation != OPERATIONS["copy"] for operation, *_ in code)
        instructions = np.array(code, dtype=np.int64).reshape(-1, 4)
        ends = np.array(offsets, dtype=np.int32)
        return Code(instructions, ends, np.array(self._constants or [0.0]), work)

    def _written(self, root: int) -> list[Instruction] | None:
        if root in self._leaf:
            return [(OPERATIONS["copy"], 0, self._leaf[root], self._leaf[root])]
        steps = self._steps(root, is_shared=True)
        written = assign(steps)
        if written is None and self._size[root] <= MOST_COPIES * len(steps):
            written = assign(self._steps(root, is_shared=False))
        return written

    def _steps(self, root: int, is_shared: bool) -> list[Step]:
        """What is computed for one root, the argument that needs more registers first.

        Without sharing a row is computed again for each use.
        """
        steps: list[Step] = []
        known = dict(self._leaf)
        values: list[int] = []
        stack = [(root, False)]
        while stack:
            row, is_ready = stack.pop()
            op, args = self._rows[row]
            if row in known:
                values.append(known[row])
                continue
            order = sorted(range(len(args)), key=lambda k: -self._need[args[k]])
            if not is_ready:
                stack.append((row, True))
                stack += [(args[k], False) for k in reversed(order)]
                continue
            found = [values.pop() for _ in order]
            operands = dict(zip(reversed(order), found, strict=True))
            steps.append((OPERATIONS[op.name], operands[0], operands[len(args) - 1]))
            values.append(-len(steps))
            if is_shared:
                known[row] = -len(steps)
        return steps
