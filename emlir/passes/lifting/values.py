"""Values of nodes: what they are exactly, and up to multiples of 2 pi i."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from emlir.expr.operator import Lowering
from emlir.expr.traverse import postorder
from emlir.passes.lifting.algebra import Algebra
from emlir.passes.lifting.gauss import MINUS, real
from emlir.passes.lifting.sums import Sum, add, scale
from emlir.passes.lowering.template import HOLES


@dataclass(frozen=True, slots=True)
class Value:
    """``exact`` is the value; ``loose`` equals it up to a multiple of 2 pi i."""

    exact: Sum
    loose: Sum


def same(x: Sum) -> Value:
    """A value of which nothing simpler is known loosely."""
    return Value(x, x)


def _exp(algebra: Algebra, x: Value) -> Value:
    return same(algebra.exp(x.loose))


def _ln(algebra: Algebra, x: Value) -> Value:
    return Value(algebra.ln(x.exact), algebra.ln_up_to_turns(x.exact))


def _sub(algebra: Algebra, x: Value, y: Value) -> Value:
    return Value(algebra.minus(x.exact, y.exact), algebra.minus(x.loose, y.loose))


def _add(algebra: Algebra, x: Value, y: Value) -> Value:
    return Value(add(x.exact, y.exact), add(x.loose, y.loose))


def _neg(algebra: Algebra, x: Value) -> Value:
    return Value(scale(x.exact, MINUS), scale(x.loose, MINUS))


def _mul(algebra: Algebra, x: Value, y: Value) -> Value:
    return same(algebra.times(x.exact, y.exact))


def _div(algebra: Algebra, x: Value, y: Value) -> Value:
    return same(algebra.times(x.exact, algebra.power(y.exact, real(-1).re)))


MEANING: dict[str, Callable[..., Value]] = {
    "exp": _exp,
    "ln": _ln,
    "sub": _sub,
    "add": _add,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
}
"""The operators in which those of a basis are unfolded."""


@lru_cache
def _steps(way: Lowering, arity: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The operators of an unfolding in order, with the places of their arguments."""
    places = {hole: place for place, hole in enumerate(HOLES[:arity])}
    steps = []
    for node in postorder((way.build(*HOLES[:arity]),)):
        if node not in places:
            places[node] = len(places)
            steps.append((node.op.name, tuple(places[arg] for arg in node.args)))
    return tuple(steps)


def apply(algebra: Algebra, way: Lowering, args: tuple[Value, ...]) -> Value:
    """The value of an operator with a lowering to the operators of ``MEANING``."""
    known = list(args)
    for name, places in _steps(way, len(args)):
        known.append(MEANING[name](algebra, *[known[place] for place in places]))
    return known[-1]
