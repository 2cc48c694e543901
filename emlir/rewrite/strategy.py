"""Strategies: how rules are applied. Each makes a pass, terminates, and writes the log."""

from collections.abc import Callable, Iterable, Sequence

from emlir.expr.core import Expr
from emlir.rewrite.context import Context, Pass
from emlir.rewrite.engine import Engine
from emlir.rewrite.rule import Rewriter

Rules = Iterable[Rewriter]
ROUNDS = 50
"""How often ``repeat`` goes through its passes, at most."""


def once(rules: Rules) -> Pass:
    """Apply one rule at the first node where one fires, arguments first."""
    return _engine_pass(rules, Engine.once)


def bottom_up(rules: Rules) -> Pass:
    """Try every node once, arguments before their users."""
    return _engine_pass(rules, Engine.bottom_up)


def top_down(rules: Rules) -> Pass:
    """Try every node once, users before their arguments."""
    return _engine_pass(rules, Engine.top_down)


def fixpoint(rules: Rules) -> Pass:
    """Apply rules, arguments first and results again, until none fires or the limit is met."""
    return _engine_pass(rules, lambda engine, expr: engine.normalise(expr, {}))


def chain(passes: Sequence[Pass]) -> Pass:
    """Apply passes one after the other."""

    def run(expr: Expr, context: Context) -> Expr:
        for step in passes:
            expr = step(expr, context)
        return expr

    return run


def repeat(passes: Sequence[Pass]) -> Pass:
    """Apply passes in turn until a round changes nothing, at most ``ROUNDS`` times."""
    single = chain(passes)

    def run(expr: Expr, context: Context) -> Expr:
        for _ in range(ROUNDS):
            changed = single(expr, context)
            if changed is expr:
                return expr
            expr = changed
        context.log.note_exhausted()
        return expr

    return run


def _engine_pass(rules: Rules, drive: Callable[[Engine, Expr], Expr]) -> Pass:
    rewriters = tuple(rules)

    def run(expr: Expr, context: Context) -> Expr:
        return drive(Engine.for_expr(rewriters, context, expr), expr)

    return run
