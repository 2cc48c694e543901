"""Passes and pipelines: ``rewrite(expr, "fold,lift", assume=..., semantics=...)``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emlir.assumptions import Assumptions
from emlir.evaluate import ball_backend
from emlir.expr.core import Expr, build
from emlir.plugins import manager
from emlir.semantics import Semantics, check_semantics


@dataclass(frozen=True, slots=True)
class Context:
    """What a pass may rely on: the meaning of the expression and what is assumed."""

    semantics: Semantics = "real"
    assumptions: Assumptions = field(default_factory=Assumptions)
    _deciders: list[Callable[[Expr], bool | None]] = field(default_factory=list, repr=False)

    def holds(self, condition: Expr) -> bool:
        """Whether the assumptions are shown to imply ``condition``.

        Facts are used as they are written; the rest is decided by ball arithmetic over the
        boxes. False means only that it was not shown.
        """
        known = {fact: build("true") for fact in self.assumptions.known_facts()}
        condition = condition.subs(known)
        if condition.op.name == "true":
            return True
        if not self._deciders:
            self._deciders.append(ball_backend().decider(self.assumptions.boxes))
        return self._deciders[0](condition) is True


Pass = Callable[[Expr, Context], Expr]


def rewrite(expr: Expr, passes: str, *, assume: Any = None, semantics: str = "real") -> Expr:
    """Apply passes, named in a text separated by commas, from left to right.

    Every pass keeps value and domain under ``semantics`` wherever the assumptions hold.
    ``assume`` is anything that :meth:`emlir.Assumptions.of` takes.

    Raises :class:`emlir.UnknownNameError` for a pass that no plugin offers, and
    ``ValueError`` for an empty pipeline.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("eml(x, 1) - eml(0, 1)"), "lift,fold"))
    'exp(x) - 1'
    """
    names = [name.strip() for name in passes.split(",")]
    if not all(names):
        raise ValueError(f"the pipeline {passes!r} has an empty place: write 'fold,lift'")
    steps: list[Pass] = [manager().get("passes", name) for name in names]
    context = Context(check_semantics(semantics), Assumptions.of(assume))
    for step in steps:
        expr = step(expr, context)
    return expr
