"""Which numbers of an expression are constants to be trained, and their values as expressions."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import count
from math import isfinite
from typing import Any, Literal

import torch
from torch import Tensor

from emlir.plugin_api import Expr, exact, find_operator, number, postorder, rebuild, symbol
from emlir_torch.plan import nearest

Choice = Literal["auto", "all"]
Chooser = Callable[[Fraction, bool], bool]
"""Whether a number is trained, from its value and whether it is an exponent."""

_STRUCTURAL = frozenset(map(Fraction, (0, 1, -1, 2, -2)))


def chooser(expr: Expr, trainable: Choice | Literal[False] | Iterable[object]) -> Chooser:
    """Return the function that says which numbers are trained; see ``ExprModule``."""
    if trainable is False:
        return lambda value, is_exponent: False
    if trainable == "all":
        return lambda value, is_exponent: True
    if trainable == "auto":
        return _is_fitted
    if isinstance(trainable, str | bool) or not isinstance(trainable, Iterable):
        raise ValueError(f"trainable is 'auto', 'all', False or some numbers, not {trainable!r}")
    chosen = {exact(value) for value in trainable}
    there = {node.number for node in postorder((expr,)) if node.is_number}
    for value in chosen - there:
        shown = ", ".join(map(str, sorted(there))) or "none"
        raise ValueError(f"{value} is not a number of the expression: there are {shown}")
    return lambda value, is_exponent: value in chosen


def _is_fitted(value: Fraction, is_exponent: bool) -> bool:
    return value not in _STRUCTURAL and not (is_exponent and value.denominator == 1)


def split(expr: Expr, choose: Chooser, start: Mapping[str, Any]) -> tuple[Expr, dict[Expr, Expr]]:
    """Put a symbol of its own in the place of every constant.

    Returns the template, and for each of these symbols the number, or the symbol of ``start``,
    whose place it took. Raises ``ValueError`` for a symbol of ``start`` that is not there.
    """
    absent = [name for name in start if name not in expr.symbols]
    if absent:
        raise ValueError(f"no symbol {absent[0]!r} in the expression")
    places: dict[Expr, Expr] = {}
    made: dict[Expr, Expr] = {}
    for node in postorder((expr,)):
        args = tuple(_placed(node, k, made, places, choose) for k in range(len(node.args)))
        is_start = node.is_symbol and node.name in start
        made[node] = _place(node, places) if is_start else rebuild(node, args)
    if expr.is_number and choose(expr.number, False):
        made[expr] = _place(expr, places)
    return made[expr], {place: source for source, place in places.items()}


def _placed(
    node: Expr, k: int, made: dict[Expr, Expr], places: dict[Expr, Expr], choose: Chooser
) -> Expr:
    arg = node.args[k]
    if arg.is_number and choose(arg.number, node.op.name == "pow" and k == 1):
        return _place(arg, places)
    return made[arg]


def _place(source: Expr, places: dict[Expr, Expr]) -> Expr:
    return places.setdefault(source, symbol(f"\0{len(places)}"))


def start_value(source: Expr, start: Mapping[str, Any]) -> complex:
    """Return the first value of a constant."""
    if source.is_number:
        return nearest(source.number)
    value = start[source.name]
    if isinstance(value, Tensor):
        if value.numel() != 1:
            shape = tuple(value.shape)
            raise ValueError(
                f"start has a tensor of shape {shape} for {source.name!r}, not a number"
            )
        value = value.item()
    return value if isinstance(value, complex) else nearest(exact(value))


def number_of(source: Expr, value: Tensor, dyadic: bool) -> Expr:
    """Return the current value of a constant as an expression; see ``ExprModule.expression``."""
    if source.is_number:
        first = torch.tensor(nearest(source.number), dtype=value.dtype)
        if bool(first == value):
            return source
    real = _real_number(source, value.real, dyadic)
    if not value.is_complex() or not bool(value.imag):
        return real
    imaginary: Expr = _real_number(source, value.imag, dyadic) * find_operator("i")()
    return real + imaginary


def _real_number(source: Expr, value: Tensor, dyadic: bool) -> Expr:
    if not isfinite(value.item()):
        raise ValueError(f"the constant that started as {source} is now {value.item()}")
    if dyadic:
        return number(Fraction(value.item()))
    return number(Fraction(_shortest(value)))


def _shortest(value: Tensor) -> str:
    """Return the shortest decimal that reads back to a real value in its dtype."""
    if value.dtype is not torch.bfloat16:
        return str(value.numpy())
    decimals = (f"{value.item():.{digits}g}" for digits in count(1))  # NumPy has no bfloat16
    return next(text for text in decimals if torch.tensor(float(text), dtype=value.dtype) == value)
