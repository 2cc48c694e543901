"""Running pipelines: ``rewrite(expr, "fold,lift", assume=..., semantics=...)``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr
from emlir.rewrite.context import Context as Context, Pass as Pass
from emlir.rewrite.log import Log, Progress
from emlir.rewrite.plan import PlannedPass, plan
from emlir.semantics import check_semantics

Observer = Callable[[str, Expr, Expr, Context], None]
_observers: list[Observer] = []


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Call ``observer(text, before, after, context)`` after every pass, as a verifier does."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A result with the record of how it came about."""

    expr: Expr
    log: Log
    context: Context

    @property
    def obligations(self) -> tuple[Expr, ...]:
        """Truths under which the result is defined only where the original is.

        Those of a pass ``lower`` are also needed for its value; see :func:`emlir.lower`.
        """
        return self.log.obligations


def rewrite(expr: Expr, passes: str, *, assume: Any = None, semantics: str = "real") -> Expr:
    """Apply a pipeline of passes, from left to right; see :mod:`emlir.rewrite.plan`.

    Every pass keeps value and domain under ``semantics`` wherever the assumptions hold.
    ``assume`` is anything that :meth:`emlir.Assumptions.of` takes.

    Raises :class:`emlir.UnknownNameError` for a pass that no plugin offers, and
    ``ValueError`` for a pipeline that cannot be read.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("eml(x, 1) - eml(0, 1)"), "lift,fold"))
    'exp(x) - 1'
    """
    return trace(expr, passes, assume=assume, semantics=semantics).expr


def trace(
    expr: Expr,
    passes: str,
    *,
    assume: Any = None,
    semantics: str = "real",
    allow_obligations: bool = False,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Rewriting:
    """Apply a pipeline and return the result with its log.

    Args:
        allow_obligations: rules that extend the domain (x/x to 1) may fire where their
            condition is not shown, and ``lower`` may take a tree that is right under a
            condition; the conditions are ``.obligations`` of the result.
        limit: the largest number of rule applications in one pass.
        progress: called with the text of the pass that runs and the number of its steps, at
            the start and after every step.

    Raises as :func:`rewrite` does.

    >>> import emlir
    >>> done = emlir.trace(emlir.parse("x/x"), "simplify", allow_obligations=True)
    >>> str(done.expr), [str(condition) for condition in done.obligations]
    ('1', ['x != 0'])
    """
    assumptions = Assumptions.of(assume)
    context = Context(
        check_semantics(semantics),
        assumptions,
        allow_obligations=allow_obligations,
        limit=limit,
        log=Log(progress=progress),
    )
    for step in plan(passes):
        expr = _run(step, expr, context)
    return Rewriting(expr, context.log, context)


def _run(step: PlannedPass, expr: Expr, context: Context) -> Expr:
    section = context.log.open(step.text, expr)
    section.after = step.run(expr, context)
    for observer in _observers:
        observer(step.text, expr, section.after, context)
    return section.after
