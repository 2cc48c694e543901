"""Values of nodes: what they are exactly, and up to multiples of 2 pi i."""

from collections.abc import Callable
from dataclasses import dataclass

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


def apply(algebra: Algebra, way: Lowering, args: tuple[Value, ...]) -> Value:
    """The value of an operator with a lowering to the operators of ``MEANING``."""
    holes = HOLES[: len(args)]
    known = dict(zip(holes, args, strict=True))
    for node in postorder((way.build(*holes),)):
        if node not in known:
            known[node] = MEANING[node.op.name](algebra, *(known[arg] for arg in node.args))
    return known[next(reversed(known))]
