"""The population machine: a Triton kernel that interprets the code of one candidate a program.

Registers are a block (registers, points) on the chip: to read one is to pick a row of it.
Columns and constants are read where they are used; they stay in the caches, as all candidates
read the same ones.
"""

import triton
import triton.language as tl

from emlir_torch.population.functions import exponential, logarithm

OPERANDS = tl.constexpr(16)  # operands below are registers, as in ``encode``


@triton.jit
def _operand(
    number, registers, rows, columns, constants, at, inside, points, symbols, kind: tl.constexpr
):
    """The value of an operand: a register, a column or a constant."""
    if number < OPERANDS:
        value = tl.sum(tl.where(rows == number, registers, 0.0), axis=0)
    elif number < OPERANDS + symbols:
        value = tl.load(columns + (number - OPERANDS).to(tl.int64) * points + at, inside, other=1.0)
    else:
        value = tl.zeros_like(at).to(kind) + tl.load(constants + (number - OPERANDS - symbols))
    return value


@triton.jit
def _ln(x, is_single: tl.constexpr, is_extended: tl.constexpr):
    value = logarithm(x, is_single)
    if not is_extended:
        value = tl.where(x == 0, float("nan"), value)
    return value


@triton.jit
def _eml(x, y, is_single: tl.constexpr, is_extended: tl.constexpr):
    """An infinite logarithm absorbs exp(x) for every finite x, also where that overflows."""
    ln_y = _ln(y, is_single, is_extended)
    value = exponential(x, is_single) - ln_y
    if is_extended:
        drowned = (tl.abs(ln_y) == float("inf")) & (tl.abs(x) < float("inf"))
        value = tl.where(drowned, -ln_y, value)
    return value


@triton.jit
def _div(x, y, is_single: tl.constexpr):
    quotient = tl.div_rn(x, y) if is_single else x / y
    return tl.where(y == 0, float("nan"), quotient)


@triton.jit
def _apply(code, x, y, is_single: tl.constexpr, is_extended: tl.constexpr):
    """One operation; numbers as in ``encode.OPERATIONS``."""
    value = x
    if code == 1:
        value = _eml(x, y, is_single, is_extended)
    elif code == 2:
        value = x + y
    elif code == 3:
        value = x - y
    elif code == 4:
        value = x * y
    elif code == 5:
        value = _div(x, y, is_single)
    elif code == 6:
        value = -x
    elif code == 7:
        value = exponential(x, is_single)
    elif code == 8:
        value = _ln(x, is_single, is_extended)
    elif code == 9:
        value = tl.sqrt_rn(x) if is_single else tl.sqrt(x)
    elif code == 10:
        value = tl.sin(x)
    elif code == 11:
        value = tl.cos(x)
    elif code == 12:
        value = tl.abs(x)
    elif code == 13:
        value = tl.floor(x)
    elif code == 14:
        value = tl.minimum(x, y, propagate_nan=tl.PropagateNan.ALL)
    elif code == 15:
        value = tl.maximum(x, y, propagate_nan=tl.PropagateNan.ALL)
    return value


@triton.jit
def run_machine(
    instructions,
    offsets,
    constants,
    columns,
    target,
    out,
    points,
    symbols,
    blocks,
    kind: tl.constexpr,
    is_extended: tl.constexpr,
    reduction: tl.constexpr,
    registers_there: tl.constexpr,
    length: tl.constexpr,
):
    """One candidate on one block of points.

    ``reduction``: 0 stores the values in ``out`` (candidates, points); 1 and 2 store the sums of
    the block, ``squares`` and ``moments``, in ``out`` (candidates, blocks, 4).
    """
    candidate = tl.program_id(0).to(tl.int64)
    block = tl.program_id(1)
    is_single: tl.constexpr = kind == tl.float32
    at = block * length + tl.arange(0, length)
    inside = at < points
    rows = tl.arange(0, registers_there)[:, None]
    registers = tl.zeros((registers_there, length), dtype=kind)
    value = tl.zeros((length,), dtype=kind)
    for k in range(tl.load(offsets + candidate), tl.load(offsets + candidate + 1)):
        code = tl.load(instructions + 4 * k)
        first = tl.load(instructions + 4 * k + 2)
        second = tl.load(instructions + 4 * k + 3)
        x = _operand(first, registers, rows, columns, constants, at, inside, points, symbols, kind)
        y = _operand(second, registers, rows, columns, constants, at, inside, points, symbols, kind)
        value = _apply(code, x, y, is_single, is_extended)
        registers = tl.where(rows == tl.load(instructions + 4 * k + 1), value[None, :], registers)
    if reduction == 0:
        tl.store(out + candidate * points + at, value + 0.0, inside)
    else:
        aim = tl.load(target + at, inside, other=0.0)
        sums = out + (candidate * blocks + block) * 4
        _store_sums(value.to(tl.float64), aim, inside, at == block * length, sums, reduction)


@triton.jit
def _store_sums(f, aim, inside, is_first, sums, reduction: tl.constexpr):
    if reduction == 1:
        gap = tl.where(inside, f - aim, 0.0)
        tl.store(sums, tl.sum(gap * gap, axis=0))
    else:
        shift = tl.sum(tl.where(is_first, f, 0.0), axis=0)
        moved = tl.where(inside, f - shift, 0.0)
        tl.store(sums, shift)
        tl.store(sums + 1, tl.sum(moved, axis=0))
        tl.store(sums + 2, tl.sum(moved * moved, axis=0))
        tl.store(sums + 3, tl.sum(moved * aim, axis=0))
