"""Evaluating expressions with balls, node by node."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from flint import ctx

from emlir.plugin_api import (
    Expr,
    InexpressibleError,
    Interval,
    Operator,
    Semantics,
    define,
    fold_closed,
    postorder,
)
from emlir_arb.ball import arithmetic, unary
from emlir_arb.interval import INF, NEG_INF, rational_ends
from emlir_arb.value import Arithmetic, Value


def prepare(expr: Expr, semantics: Semantics) -> Expr:
    """Fold closed subterms exactly and expand the operators that have no enclosure."""
    return define(fold_closed(expr, semantics), keep=_has_enclosure)


def _has_enclosure(op: Operator) -> bool:
    return op.enclosure is not None or op.family == "leaf"


OF_ITSELF = {"eq": True, "le": True, "ge": True, "ne": False, "lt": False, "gt": False}
"""Relations between a real value and itself, which no ball of 17/5 could decide."""


class Evaluator:
    """Value evaluation of prepared expressions over one box, remembering every node.

    ``values`` gives for each symbol a ball; see :func:`box_values`.
    """

    def __init__(
        self, values: Mapping[str, Value], semantics: Semantics = "real", ulps: int = 0
    ) -> None:
        self.values = values
        self.arithmetic = arithmetic(semantics, ulps)
        self.known: dict[Expr, Value] = {}

    def __call__(self, expr: Expr) -> Value:
        """Return the ball of an expression that went through :func:`prepare`."""
        for node in self._unknown(expr):
            self.known[node] = self._value(node)
        return self.known[expr]

    def _unknown(self, expr: Expr) -> list[Expr]:
        if expr in self.known:
            return []
        return [node for node in postorder((expr,)) if node not in self.known]

    def _value(self, node: Expr) -> Value:
        if node.is_symbol:
            return self.values[node.name]
        if node.is_number:
            return _number(node, self.arithmetic)
        if node.op.enclosure is None:
            raise InexpressibleError(f"balls have no operator {node.op.qualified_name}")
        args = [self.known[arg] for arg in node.args]
        if not args:
            return cast(Value, node.op.enclosure(self.arithmetic))
        if node.op.qualified_name == "arithmetic.mul" and node.args[0] is node.args[1]:
            return unary("square", args[0])
        if node.op.name in OF_ITSELF and node.args[0] is node.args[1] and args[0].kind == "real":
            return self.arithmetic.truth(OF_ITSELF[node.op.name])
        return cast(Value, node.op.enclosure(*args))


def _number(node: Expr, field: Arithmetic) -> Value:
    lo, hi = rational_ends(node.number)
    return field.real(lo, hi) if field.is_exact(node.number) else field.rounded(lo, hi)


def box_values(
    box: Mapping[str, Interval], semantics: Semantics = "real", ulps: int = 0
) -> dict[str, Value]:
    """Return a ball for each interval at the working precision."""
    field = arithmetic(semantics, ulps)
    values = {}
    for name, interval in box.items():
        lo = NEG_INF if interval.lo is None else rational_ends(interval.lo)[0]
        hi = INF if interval.hi is None else rational_ends(interval.hi)[1]
        values[name] = field.real(lo, hi)
    return values


def working_precision(bits: int) -> Any:
    """Return a context manager that sets Arb's precision."""
    return ctx.workprec(bits)


Decider = Callable[[Expr], bool | None]


class Everywhere(dict[str, Value]):
    """Values of a box in which a symbol without an interval is any real number."""

    def __missing__(self, name: str) -> Value:
        return arithmetic().real(NEG_INF, INF)
