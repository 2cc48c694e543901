"""Shapes of a rise from 0 to 1; a fall is one minus it."""

from collections.abc import Callable

from emlir import Expr, cos, e, eml, pi, sqrt
from emlir.plugin_api import number

_ONE = number(1)


def _cosine(x: Expr) -> Expr:
    return (_ONE - cos(pi() * x)) / 2


def _late(x: Expr) -> Expr:
    return _ONE - sqrt(_ONE - x)


def _exponential(x: Expr) -> Expr:
    """(exp(x) - 1)/(e - 1), as eml(x, e) = exp(x) - 1."""
    return eml(x, e()) / (e() - 1)


SHAPES: dict[str, Callable[[Expr], Expr]] = {
    "linear": lambda x: x,
    "cosine": _cosine,
    "1-sqrt": _late,
    "eml": _exponential,
}
"""The shapes by name: x, half a cosine, 1 - sqrt(1 - x), eml(x, e)/(e - 1)."""


def rising(shape: str, x: Expr) -> Expr:
    """Return the shape at ``x``, which goes from 0 to 1. ``ValueError`` for an unknown name."""
    if shape not in SHAPES:
        raise ValueError(f"no shape {shape!r}; there is {', '.join(SHAPES)}")
    return SHAPES[shape](x)
