"""Arithmetic, elementary and piecewise operations of torch as expressions.

Each function is named as in torch and takes arguments with torch's names.
"""

from typing import Any

import emlir
from emlir.plugin_api import Expr, find_operator


def _apply(name: str, *args: object) -> Expr:
    made: Expr = find_operator(name)(*args)
    return made


def are_truths(*args: Expr) -> bool:
    return all(arg.sort == "truth" for arg in args)


def add(input: Expr, other: Expr, *, alpha: Expr | None = None) -> Expr:
    """Of two truths, torch gives a truth: one of them, or both."""
    scaled = other if alpha is None else mul(alpha, other)
    return input | scaled if are_truths(input, scaled) else input + scaled


def sub(input: Expr, other: Expr, *, alpha: Expr | None = None) -> Expr:
    return input - (other if alpha is None else alpha * other)


def rsub(input: Expr, other: Expr, *, alpha: Expr | None = None) -> Expr:
    return sub(other, input, alpha=alpha)


def mul(input: Expr, other: Expr) -> Expr:
    return input & other if are_truths(input, other) else input * other


def div(input: Expr, other: Expr, *, rounding_mode: str | None = None) -> Expr:
    if rounding_mode not in (None, "floor"):
        raise ValueError(f"rounding_mode={rounding_mode!r}")
    return emlir.floor(input / other) if rounding_mode else input / other


def floor_divide(input: Expr, other: Expr) -> Expr:
    return emlir.floor(input / other)


def remainder(input: Expr, other: Expr) -> Expr:
    return input % other


def pow(input: Expr, exponent: Expr) -> Expr:
    return input**exponent


def neg(input: Expr) -> Expr:
    return -input


def pos(input: Expr) -> Expr:
    return input


def abs(input: Expr) -> Expr:
    return _apply("abs", input)


def square(input: Expr) -> Expr:
    return input**2


def reciprocal(input: Expr) -> Expr:
    return 1 / input


def rsqrt(input: Expr) -> Expr:
    return 1 / emlir.sqrt(input)


def exp2(input: Expr) -> Expr:
    return emlir.const(2) ** input


def log(input: Expr) -> Expr:
    return emlir.ln(input)


def log2(input: Expr) -> Expr:
    return emlir.ln(input) / emlir.ln(2)


def log10(input: Expr) -> Expr:
    return emlir.ln(input) / emlir.ln(10)


def logit(input: Expr) -> Expr:
    return emlir.ln(input / (1 - input))


def sinc(input: Expr) -> Expr:
    angle = find_operator("pi")() * input
    return emlir.where(equals(input, 0), 1, emlir.sin(angle) / angle)


def equals(input: Expr, other: object) -> Expr:
    return _apply("eq", input, other)


def ne(input: Expr, other: Any) -> Expr:
    return _apply("ne", input, other)


def lt(input: Expr, other: Expr) -> Expr:
    return input < other


def le(input: Expr, other: Expr) -> Expr:
    return input <= other


def gt(input: Expr, other: Expr) -> Expr:
    return input > other


def ge(input: Expr, other: Expr) -> Expr:
    return input >= other


def logical_and(input: Expr, other: Expr) -> Expr:
    return input & other


def logical_or(input: Expr, other: Expr) -> Expr:
    return input | other


def logical_not(input: Expr) -> Expr:
    return ~input


def where(condition: Expr, input: Expr, other: Expr) -> Expr:
    return emlir.where(condition, input, other)


def method_where(self: Expr, condition: Expr, other: Expr) -> Expr:
    return emlir.where(condition, self, other)


def minimum(input: Expr, other: Any) -> Expr:
    return _apply("min", input, other)


def maximum(input: Expr, other: Any) -> Expr:
    return _apply("max", input, other)


def clamp(input: Expr, min: Any = None, max: Any = None) -> Expr:
    low = input if min is None else maximum(input, min)
    return low if max is None else minimum(low, max)


def clamp_min(input: Expr, min: Expr) -> Expr:
    return maximum(input, min)


def clamp_max(input: Expr, max: Expr) -> Expr:
    return minimum(input, max)


def ceil(input: Expr) -> Expr:
    return -emlir.floor(-input)


def sign(input: Expr) -> Expr:
    return emlir.where(input > 0, 1, emlir.where(input < 0, -1, 0))


def lerp(input: Expr, end: Expr, weight: Expr) -> Expr:
    return input + weight * (end - input)


def addcmul(input: Expr, tensor1: Expr, tensor2: Expr, *, value: Expr | None = None) -> Expr:
    product = tensor1 * tensor2
    return input + (product if value is None else value * product)


def addcdiv(input: Expr, tensor1: Expr, tensor2: Expr, *, value: Expr | None = None) -> Expr:
    quotient = tensor1 / tensor2
    return input + (quotient if value is None else value * quotient)
