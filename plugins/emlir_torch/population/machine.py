"""The population machine: a Triton kernel that interprets the code of one candidate a program.

A block of points lives in the registers of the chip: the accumulator, which has the value of the
last instruction, and eight named blocks. Which of them an instruction takes is a branch that all
threads go alike. Columns and constants are read where they are used; they stay in the caches, as
all candidates read the same ones.
"""

import triton
import triton.language as tl

from emlir_torch.population.functions import exponential, logarithm

# How ``encode`` packs an instruction and numbers its operands.
FIRST_LEAF = tl.constexpr(9)
OPERAND_BITS = tl.constexpr(24)
OPERAND_MASK = tl.constexpr((1 << 24) - 1)
TARGET_MASK = tl.constexpr(255)


@triton.jit
def _register(number, r0, r1, r2, r3, r4, r5, r6, r7):
    """Registers are numbered from 1: operand 0 is the accumulator."""
    value = r0
    if number < 5:
        if number == 2:
            value = r1
        elif number == 3:
            value = r2
        elif number == 4:
            value = r3
    elif number == 5:
        value = r4
    elif number == 6:
        value = r5
    elif number == 7:
        value = r6
    else:
        value = r7
    return value


@triton.jit
def _leaf(operand, columns, constants, at, inside, points, symbols, kind: tl.constexpr):
    """A column or a constant."""
    number = operand - FIRST_LEAF
    if number < symbols:
        value = tl.load(columns + number.to(tl.int64) * points + at, inside, other=1.0)
    else:
        value = tl.zeros_like(at).to(kind) + tl.load(constants + (number - symbols))
    return value


@triton.jit
def _eml(x, y, is_single: tl.constexpr, is_extended: tl.constexpr):
    """An infinite logarithm absorbs exp(x) for every finite x, also where that overflows."""
    ln_y = logarithm(y, is_single, is_extended)
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
        value = logarithm(x, is_single, is_extended)
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
def _values(
    instructions, start, stop, constants, columns, at, inside, points, symbols,
    kind: tl.constexpr, is_extended: tl.constexpr,
):  # fmt: skip
    """The values of one candidate on a block of points."""
    is_single: tl.constexpr = kind == tl.float32
    value = tl.zeros_like(at).to(kind)
    r0, r1, r2, r3 = value, value, value, value
    r4, r5, r6, r7 = value, value, value, value
    following = tl.load(instructions + start)
    for k in range(start, stop):
        word = following
        following = tl.load(instructions + k + 1)  # a spare one ends the code
        second = (word & OPERAND_MASK).to(tl.int32)
        first = ((word >> OPERAND_BITS) & OPERAND_MASK).to(tl.int32)
        store = ((word >> (2 * OPERAND_BITS)) & TARGET_MASK).to(tl.int32)
        code = (word >> (2 * OPERAND_BITS + 8)).to(tl.int32)
        x, y = value, value
        if first >= FIRST_LEAF:
            x = _leaf(first, columns, constants, at, inside, points, symbols, kind)
        elif first > 0:
            x = _register(first, r0, r1, r2, r3, r4, r5, r6, r7)
        if second >= FIRST_LEAF:
            y = _leaf(second, columns, constants, at, inside, points, symbols, kind)
        elif second > 0:
            y = _register(second, r0, r1, r2, r3, r4, r5, r6, r7)
        value = _apply(code, x, y, is_single, is_extended)
        if store > 0:
            if store == 1:
                r0 = value
            elif store == 2:
                r1 = value
            elif store == 3:
                r2 = value
            elif store == 4:
                r3 = value
            elif store == 5:
                r4 = value
            elif store == 6:
                r5 = value
            elif store == 7:
                r6 = value
            else:
                r7 = value
    return value


@triton.jit
def run_machine(
    instructions, offsets, constants, columns, target, out, points, symbols, stretch,
    kind: tl.constexpr, is_extended: tl.constexpr, reduction: tl.constexpr, length: tl.constexpr,
):  # fmt: skip
    """One candidate on one stretch of points, block by block.

    ``reduction``: 0 stores the values in ``out`` (candidates, points); 1 and 2 store the sums of
    the stretch, ``squares`` and ``moments``, in ``out`` (candidates, stretches, 4).
    """
    candidate = tl.program_id(0).to(tl.int64)
    begin = tl.program_id(1) * stretch
    start, stop = tl.load(offsets + candidate), tl.load(offsets + candidate + 1)
    shift = tl.zeros((), dtype=tl.float64)
    total, squares, products = shift, shift, shift
    for block in range(begin, tl.minimum(begin + stretch, points), length):
        at = block + tl.arange(0, length)
        inside = at < points
        value = _values(
            instructions, start, stop, constants, columns, at, inside, points, symbols,
            kind, is_extended,
        )  # fmt: skip
        if reduction == 0:
            tl.store(out + candidate * points + at, value + 0.0, inside)
        else:
            f = value.to(tl.float64)
            aim = tl.load(target + at, inside, other=0.0)
            if reduction == 1:
                gap = tl.where(inside, f - aim, 0.0)
                squares += tl.sum(gap * gap, axis=0)
            else:
                if block == begin:
                    shift = tl.sum(tl.where(at == begin, f, 0.0), axis=0)
                moved = tl.where(inside, f - shift, 0.0)
                total += tl.sum(moved, axis=0)
                squares += tl.sum(moved * moved, axis=0)
                products += tl.sum(moved * aim, axis=0)
    if reduction > 0:
        sums = out + (candidate * tl.num_programs(1) + tl.program_id(1)) * 4
        tl.store(sums, squares if reduction == 1 else shift)
        tl.store(sums + 1, total)
        tl.store(sums + 2, squares)
        tl.store(sums + 3, products)
