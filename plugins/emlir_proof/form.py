"""Form: an expression that is to be bounded, with its derivatives, found when asked for."""

from collections.abc import Mapping
from fractions import Fraction

from emlir.plugin_api import Expr, postorder, symbol
from emlir_arb import prepare
from emlir_proof.linear import collect
from emlir_proof.signs import sign_of

MAX_GRADIENT = 20_000
"""Nodes times symbols above which no derivatives are formed; a quarter of that for theirs."""

_SMOOTH_FAMILIES = frozenset({"leaf", "eml", "arithmetic", "elementary"})
_CORNERS = frozenset({"piecewise.abs", "piecewise.min", "piecewise.max"})


class Form:
    """A number expression with equal terms cancelled, for use where the original is defined.

    ``sign`` is the sign that it has by its form alone, 0 if that does not show.
    """

    def __init__(self, expr: Expr, free: tuple[str, ...], budget: int = MAX_GRADIENT) -> None:
        self.expr = prepare(collect(prepare(expr, "real")), "real")
        self.free = free
        self.budget = budget
        self.sign = sign_of(self.expr)
        self._gradient: dict[str, Form] | None = None

    def gradient(self) -> "Mapping[str, Form]":
        """Return the partial derivatives; empty if bounds on them would not bound changes."""
        if self._gradient is None:
            self._gradient = self._differentiate()
        return self._gradient

    def has_order(self, order: int) -> bool:
        """Whether there are derivatives of that order to use."""
        return not order or any(each.has_order(order - 1) for each in self.gradient().values())

    def _differentiate(self) -> "dict[str, Form]":
        order = list(postorder((self.expr,)))
        if len(order) * len(self.free) > self.budget or not all(map(_changes_gently, order)):
            return {}
        try:
            return {
                name: Form(self.expr.diff(name), self.free, self.budget // 4) for name in self.free
            }
        except ValueError:  # an operator without a derivative
            return {}


def _changes_gently(node: Expr) -> bool:
    """Whether the operator is continuous where defined and its derivative bounds its change.

    floor, mod and where jump, with derivatives that do not show it; an operator of another
    plugin may do anything.
    """
    return node.op.family in _SMOOTH_FAMILIES or node.op.qualified_name in _CORNERS


def at(expr: Expr, point: Mapping[str, Fraction]) -> Expr:
    """Return ``expr`` with exact numbers in the place of symbols."""
    return expr.subs({symbol(name): value for name, value in point.items()})
