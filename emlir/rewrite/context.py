"""Context: what a pass may rely on, and where it notes what it did."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr
from emlir.rewrite.facts import Facts
from emlir.rewrite.log import Log
from emlir.semantics import Semantics


@dataclass(slots=True)
class Context:
    """The meaning of the expression, what is assumed, and the record of the steps.

    semantics, assumptions
        Under which a pass keeps value and domain.
    reals
        Whether every symbol is a finite real number; else it is any value of the semantics
        that the assumptions allow (in ``complex`` any finite complex number or infinity,
        unless a box or an order says that it is real).
    allow_obligations
        Whether rules that extend the domain may fire, and trees of ``lower`` be taken, where
        their condition is not shown; the condition is then noted in the log.
    limit
        The largest number of rule applications in one pass; ``None`` is a multiple of the
        size of the expression. What was done before the limit is kept.
    """

    semantics: Semantics = "real"
    assumptions: Assumptions = field(default_factory=Assumptions)
    reals: bool = False
    allow_obligations: bool = False
    limit: int | None = None
    log: Log = field(default_factory=Log)
    _facts: Facts | None = field(default=None, repr=False)

    @property
    def facts(self) -> Facts:
        """The facts about expressions that follow from the assumptions."""
        if self._facts is None:
            self._facts = Facts(self.semantics, self.assumptions, self.reals)
        return self._facts

    def fresh(self) -> "Context":
        """Return the same context with an empty log."""
        return replace(self, log=Log())

    def holds(self, condition: Expr) -> bool:
        """Whether the assumptions are shown to imply ``condition``.

        Facts are used as they are written, then signs, then balls over the boxes. False
        means only that it was not shown.
        """
        return self.facts.holds(condition)

    def is_defined(self, expr: Expr) -> bool:
        """Whether ``expr`` is shown to have a value wherever its symbols have one."""
        return self.facts.defined(expr)

    def is_real(self, expr: Expr) -> bool:
        """Whether the value is shown to be real or an infinity, wherever there is one."""
        return self.semantics != "complex" or self.facts.of(expr).real

    def is_finite(self, expr: Expr) -> bool:
        """Whether the value is shown to be finite, wherever there is one."""
        return self.semantics == "real" or self.facts.of(expr).finite


Pass = Callable[[Expr, Context], Expr]
