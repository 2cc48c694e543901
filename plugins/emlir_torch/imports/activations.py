"""Activation functions of torch as expressions, with torch's names and arguments."""

from typing import Any

import emlir
from emlir.plugin_api import Expr, find_operator
from emlir_torch.imports.basic import abs, clamp, maximum, minimum

Number = Any  # an expression, or a number as Python writes it

_SELU_ALPHA = "1.6732632423543772848170429916717"
_SELU_SCALE = "1.0507009873554804934193349852946"


def relu(input: Expr) -> Expr:
    return maximum(input, 0)


def relu6(input: Expr) -> Expr:
    return clamp(input, 0, 6)


def leaky_relu(input: Expr, negative_slope: Number = 0.01) -> Expr:
    return emlir.where(input >= 0, input, negative_slope * input)


def elu(input: Expr, alpha: Number = 1) -> Expr:
    return emlir.where(input > 0, input, alpha * emlir.expm1(input))


def celu(input: Expr, alpha: Number = 1) -> Expr:
    return emlir.where(input > 0, input, alpha * emlir.expm1(input / alpha))


def selu(input: Expr) -> Expr:
    return emlir.parse(_SELU_SCALE) * elu(input, emlir.parse(_SELU_ALPHA))


def gelu(input: Expr, approximate: str = "none") -> Expr:
    if approximate != "tanh":
        raise ValueError("it needs erf, which emlir does not have: use approximate='tanh'")
    inner = emlir.sqrt(2 / find_operator("pi")()) * (input + 0.044715 * input**3)
    return input / 2 * (1 + emlir.tanh(inner))


def silu(input: Expr) -> Expr:
    return input * emlir.sigmoid(input)


def mish(input: Expr) -> Expr:
    return input * emlir.tanh(emlir.softplus(input))


def softplus(input: Expr, beta: Number = 1, threshold: Number = 20) -> Expr:
    scaled = input if beta == 1 else beta * input
    curve = emlir.softplus(scaled)
    return emlir.where(scaled > threshold, input, curve if beta == 1 else curve / beta)


def logsigmoid(input: Expr) -> Expr:
    return -emlir.softplus(-input)


def softsign(input: Expr) -> Expr:
    return input / (1 + abs(input))


def tanhshrink(input: Expr) -> Expr:
    return input - emlir.tanh(input)


def hardtanh(input: Expr, min_val: Number = -1, max_val: Number = 1) -> Expr:
    return clamp(input, min_val, max_val)


def hardsigmoid(input: Expr) -> Expr:
    return relu6(input + 3) / 6


def hardswish(input: Expr) -> Expr:
    return input * hardsigmoid(input)


def threshold(input: Expr, threshold: Expr, value: Expr) -> Expr:
    return emlir.where(input > threshold, input, value)


def hardshrink(input: Expr, lambd: Number = 0.5) -> Expr:
    return emlir.where(abs(input) > lambd, input, 0)


def softshrink(input: Expr, lambd: Number = 0.5) -> Expr:
    return maximum(input - lambd, 0) + minimum(input + lambd, 0)
