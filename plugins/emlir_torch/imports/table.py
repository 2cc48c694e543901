"""Which builder belongs to which function or method that torch.fx records."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn import functional

from emlir.plugin_api import Expr, find_operator
from emlir_torch.imports import activations, basic

Builder = Callable[..., Expr]


def _unary(name: str) -> Builder:
    def build(input: Expr) -> Expr:
        made: Expr = find_operator(name)(input)
        return made

    return build


def _binary(name: str) -> Builder:
    def build(input: Expr, other: Expr) -> Expr:
        made: Expr = find_operator(name)(input, other)
        return made

    return build


_SAME = (
    "exp expm1 log1p sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sigmoid floor"
)
_ALIASES = {
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide true_divide truediv",
    "floor_divide": "floordiv",
    "remainder": "mod",
    "pow": "float_power",
    "neg": "negative",
    "pos": "positive clone contiguous detach",
    "abs": "absolute",
    "log": "",
    "logit": "",
    "sigmoid": "expit",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "",
    "logical_and": "and_ bitwise_and __and__",
    "logical_or": "or_ bitwise_or __or__",
    "logical_not": "invert bitwise_not __invert__",
    "clamp": "clip",
    "sign": "sgn",
}


def _builders() -> dict[str, Builder]:
    found: dict[str, Builder] = {name: _unary(name) for name in _SAME.split()}
    found |= {name: _binary(name) for name in ("hypot", "logaddexp")}
    for module in (basic, activations):
        made = {name: value for name, value in vars(module).items() if callable(value)}
        found |= {n: f for n, f in made.items() if getattr(f, "__module__", "") == module.__name__}
    found["eq"] = found.pop("equals")
    del found["method_where"], found["_apply"], found["are_truths"]
    for name, others in _ALIASES.items():
        found |= dict.fromkeys(others.split(), found[name])
    return found


def _functions(builders: dict[str, Builder]) -> Iterator[tuple[Any, Builder]]:
    for module in (operator, torch, torch.special, functional, torch._C._nn):
        for name, builder in builders.items():
            target = getattr(module, name, None)
            if callable(target):
                yield target, builder


_BUILDERS = _builders()
FUNCTIONS: dict[Any, Builder] = dict(_functions(_BUILDERS))
"""Builders by the function of ``operator``, ``torch``, ``torch.special`` or ``nn.functional``."""
METHODS: dict[str, Builder] = {
    name: builder for name, builder in _BUILDERS.items() if hasattr(torch.Tensor, name)
} | {"where": basic.method_where}
"""Builders by the name of the method of a tensor."""
SHARING = frozenset(
    {operator.pos, torch.positive, torch.detach, "positive", "detach", "contiguous"}
)
"""Functions and methods whose result may have the memory of their argument."""
IN_PLACE: dict[Any, Any] = {
    getattr(operator, f"i{name.strip('_')}"): getattr(operator, name)
    for name in "add sub mul truediv floordiv mod pow and_ or_".split()
}
"""Python's operators that change their first argument, with those that make a new value."""
SUPPORTED = tuple(sorted(name for name in _BUILDERS if not name.endswith("_")))
"""The names of all operations that can be imported."""
