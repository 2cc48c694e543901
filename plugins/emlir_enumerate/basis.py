"""Bases: the operators and constants that formulas in a table are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import emlir
from emlir import Expr
from emlir.plugin_api import number


@dataclass(frozen=True, slots=True)
class Function:
    """An operator of a basis: how it acts on arrays, and how it is written.

    ``values`` gives NaN or an infinity where the operator is undefined in ``real``. A formula
    counts as larger by ``cost``; ``is_transcendental`` operators may be nested only as deep as
    the basis allows.
    """

    name: str
    arity: int
    values: Callable[..., Any]
    build: Callable[..., Expr]
    commutes: bool = False
    cost: int = 1
    is_transcendental: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """Operators, and the numbers that are leaves beside the variables.

    ``deepest`` is how deep transcendental operators may be nested; ``None`` is any depth.
    """

    functions: tuple[Function, ...]
    numbers: tuple[int, ...] = (1,)
    deepest: int | None = None

    def leaf(self, value: int) -> Expr:
        """Return a number as an expression."""
        return number(value)


def _eml(x: Any, y: Any) -> Any:
    return np.exp(x) - np.log(y)


def _square(x: Any) -> Any:
    return x**2


def _transcendental(name: str, values: Callable[..., Any], build: Callable[..., Expr]) -> Function:
    return Function(name, 1, values, build, cost=2, is_transcendental=True)


ARITHMETIC = (
    Function("add", 2, np.add, emlir.add, commutes=True),
    Function("mul", 2, np.multiply, emlir.mul, commutes=True),
    Function("sub", 2, np.subtract, emlir.sub),
    Function("div", 2, np.divide, emlir.div),
)
ELEMENTARY = Basis(
    (
        Function("exp", 1, np.exp, emlir.exp),
        Function("ln", 1, np.log, emlir.ln),
        Function("sqrt", 1, np.sqrt, emlir.sqrt),
        Function("sin", 1, np.sin, emlir.sin),
        Function("cos", 1, np.cos, emlir.cos),
        *ARITHMETIC,
        Function("pow", 2, np.power, emlir.power),
    ),
    numbers=(1, 2),
)
"""Ordinary elementary functions."""

SQUARE = Function("square", 1, _square, _square)
ALGEBRAIC = Basis((*ARITHMETIC, SQUARE), numbers=())
"""Quotients of polynomials with factors of one."""
COMMON = Basis(
    (
        *ARITHMETIC,
        SQUARE,
        Function("sqrt", 1, np.sqrt, emlir.sqrt, cost=2),
        _transcendental("exp", np.exp, emlir.exp),
        _transcendental("ln", np.log, emlir.ln),
        _transcendental("sin", np.sin, emlir.sin),
        _transcendental("cos", np.cos, emlir.cos),
    ),
    deepest=1,
)
"""What laws are commonly made of: squares are cheap, and no exp of an exp."""

EML = Basis((Function("eml", 2, _eml, emlir.eml),))
"""eml(x, y) = exp(x) - ln(y) and the constant 1: enough for all of them."""
