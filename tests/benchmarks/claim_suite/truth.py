"""Claims evaluated with mpmath alone, so that their truth does not rest on emlir.

A claim's text is read by Python, after numbers are quoted and ``^`` and ``=`` are respelled:
both languages have the same precedences.
"""

import ast
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import CodeType
from typing import Any

from mpmath import mp, mpc, mpf

DIGITS = 50
CLOSE = mpf(10) ** -40
"""Sides that differ by less, relative to their size, may be equal."""

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
EQUALS = re.compile(r"(?<![<>!=])=(?!=)")

Point = Mapping[str, Any]


class UndefinedError(ArithmeticError):
    """An expression has no real value at a point."""


def value(text: str, point: Point) -> Any:
    """Return a side of a claim at a point of numbers or decimal strings."""
    return _run(text, point, {})


def fails(claim: str, point: Point) -> bool:
    """Whether a claim is false or undefined at a point, beyond what rounding may do.

    Sides that come out equal refute a strict relation: where that happens on purpose, both
    sides are exact.
    """
    try:
        return not _run(claim, point, {"relation": _holds})
    except UndefinedError:
        return True


def _holds(op: str, a: Any, b: Any) -> bool:
    near = abs(a - b) <= CLOSE * max(1, abs(a), abs(b))
    holds = {"Lt": a < b, "LtE": near or a <= b, "Gt": a > b, "GtE": near or a >= b, "Eq": near}
    return bool(holds[op])


def _run(text: str, point: Point, more: Mapping[str, Any]) -> Any:
    with mp.workdps(DIGITS):
        names = {**FUNCTIONS, "e": +mp.e, "pi": +mp.pi, **more}
        names |= {name: number(coordinate) for name, coordinate in point.items()}
        try:
            return _real(eval(_code(text), {"__builtins__": {}}, names))
        except ZeroDivisionError as error:
            raise UndefinedError(text) from error


@cache
def _code(text: str) -> CodeType:
    quoted = NUMBER.sub(lambda match: f"number('{match[0]}')", text).replace("^", "**")
    tree = _Calls().visit(ast.parse(EQUALS.sub("==", quoted), mode="eval"))
    return compile(ast.fix_missing_locations(tree), text, "eval")


class _Calls(ast.NodeTransformer):
    """Makes calls of powers, which are partial, and of relations, which need a tolerance."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return _call("power", node.left, node.right) if isinstance(node.op, ast.Pow) else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        (op,), (right,) = node.ops, node.comparators
        return _call("relation", ast.Constant(type(op).__name__), node.left, right)


def _call(name: str, *args: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def number(value: Any) -> Any:
    """Return a number, or the decimal or fraction that a string spells, at working precision."""
    exact = Fraction(value) if isinstance(value, str | Decimal | Fraction) else None
    return mpf(value) if exact is None else mpf(exact.numerator) / exact.denominator


def _real(value: Any) -> Any:
    if isinstance(value, mpc):
        raise UndefinedError("not real")
    return value


def _power(base: Any, exponent: Any) -> Any:
    """The real power: a negative base needs an integer."""
    return _real(base**exponent)


def _partial(function: Callable[[Any], Any], defined: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(x: Any) -> Any:
        if not defined(x):
            raise UndefinedError(f"at {x}")
        return function(x)

    return checked


LN = _partial(mp.log, lambda x: x > 0)

FUNCTIONS: Mapping[str, Any] = {
    "number": number,
    "power": _power,
    "exp": mp.exp,
    "ln": LN,
    "eml": lambda x, y: mp.exp(x) - LN(y),
    "sqrt": _partial(mp.sqrt, lambda x: x >= 0),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "atan": mp.atan,
    "abs": abs,
    "min": min,
    "max": max,
    "floor": mp.floor,
    "where": lambda condition, yes, no: yes if condition else no,
}
