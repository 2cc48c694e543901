"""Registers for the steps of one root, in the order in which they are computed."""

from collections.abc import Sequence

REGISTERS = 8
FIRST_LEAF = REGISTERS + 1

Step = tuple[int, int, int]
"""Operation and operands: a leaf as instructions name it, or -k for the value of step k."""
Instruction = tuple[int, int, int, int]


def assign(steps: Sequence[Step]) -> list[Instruction] | None:
    """Write steps as instructions; ``None`` if there are not enough registers.

    A value that only the next step reads stays in the accumulator.
    """
    last = {operand: k for k, (_, *operands) in enumerate(steps, 1) for operand in operands}
    held: dict[int, int] = {}
    free = list(range(REGISTERS, 0, -1))
    code: list[Instruction] = []
    for k, (operation, first, second) in enumerate(steps, 1):
        operands = [_operand(operand, k, held) for operand in (first, second)]
        free += [held.pop(use) for use in {first, second} if last[use] == k and use in held]
        target = 0
        if last.get(-k, k + 1) > k + 1:
            if not free:
                return None
            target = held[-k] = free.pop()
        code.append((operation, target, operands[0], operands[1]))
    return code


def _operand(operand: int, k: int, held: dict[int, int]) -> int:
    if operand >= FIRST_LEAF:
        return operand
    return 0 if operand == 1 - k else held[operand]
