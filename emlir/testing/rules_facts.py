"""Facts about the symbols of a rule: what its own conditions say."""

from collections.abc import Sequence

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr
from emlir.rewrite.conditions import Condition
from emlir.rewrite.context import Context
from emlir.rewrite.facts import Facts, Known
from emlir.semantics import Semantics


class PatternFacts(Facts):
    """Facts under the conditions of a rule, for symbols that stand for any defined value."""

    def __init__(self, semantics: Semantics, conditions: Sequence[Condition]) -> None:
        truths = [c.subject for c in conditions if c.kind == "holds"]
        super().__init__(semantics, Assumptions.of(truths))
        self._said = {(c.kind, c.subject) for c in conditions}

    def _refined(self, node: Expr, known: Known) -> Known:
        """Add what the conditions say about this very term."""
        known = super()._refined(node, known)
        said = self._said
        return Known(
            known.real or ("real", node) in said,
            known.finite or ("finite", node) in said,
            known.sign,
        )

    def _has_value(self, node: Expr) -> bool:
        return super()._has_value(node) or ("defined", node) in self._said


def pattern_context(
    semantics: Semantics, conditions: Sequence[Condition], allow_obligations: bool = False
) -> Context:
    """Return a context in which exactly the conditions of a rule are known."""
    facts = PatternFacts(semantics, conditions)
    return Context(semantics, allow_obligations=allow_obligations, _facts=facts)
