"""Needs: conditions asked for while a sum or product is collected.

A condition that is shown costs nothing. Under ``allow_obligations`` one that is not shown
is granted and kept, to be noted with the step.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from emlir.expr.core import Expr, build
from emlir.rewrite.context import Context


@dataclass(slots=True)
class Needs:
    """What was granted without being shown, for one step."""

    context: Context
    granted: list[Expr] = field(default_factory=list)

    def finite(self, term: Expr) -> bool:
        """Whether the value is finite wherever it is defined."""
        shown = self.context.is_finite(term)
        return self._grant(shown, lambda: abs(term) < build("inf"))

    def defined(self, term: Expr) -> bool:
        """Whether the term is always defined."""
        return self._grant(self.context.is_defined(term), lambda: build("eq", term, term))

    def nonzero(self, term: Expr) -> bool:
        """Whether the value is not 0."""
        condition = build("ne", term, 0)
        return self._grant(self.context.holds(condition), lambda: condition)

    def _grant(self, shown: bool, condition: Callable[[], Expr]) -> bool:
        if not shown and self.context.allow_obligations:
            self.granted.append(condition())
            return True
        return shown


def weight(term: Expr) -> int:
    """What writing a term once counts against writing an operator or a number (1)."""
    return 3 if term.args else 2
