"""Replaying a log: every step is made again and checked.

A step of a rule must follow from that rule, at that node, under the same assumptions, with
the obligations that it noted. A step that was computed (folding, collecting, a whole pass)
is computed again, with the pass, which must make the same steps and arrive at the same
result: passes are deterministic.
"""

from emlir.expr.core import Expr
from emlir.rewrite.context import Context
from emlir.rewrite.library import all_rules
from emlir.rewrite.log import Log, Section, Step
from emlir.rewrite.plan import plan


class ReplayError(ValueError):
    """A log whose steps or result do not come out again."""


def replay(log: Log, context: Context) -> Expr:
    """Check a log under a context like the one that it was written in; return the result.

    Raises :class:`ReplayError` naming the first step or pass that does not come out again.
    """
    if not log.sections:
        raise ReplayError("the log has no pass")
    expr = log.sections[0].before
    for section in log.sections:
        if section.before is not expr:
            raise ReplayError(f"{section.name} does not begin where the pass before it ended")
        for step in section.steps:
            _check_step(step, context)
        expr = _run_again(section, context)
    return expr


def _check_step(step: Step, context: Context) -> None:
    entry = all_rules().get(step.rule.removeprefix("~"))
    if entry is None:
        return  # computed: it comes out again with its pass
    rule = entry[1].reversed() if step.rule.startswith("~") else entry[1]
    outcome = rule.apply(step.before, context)
    if outcome is None or outcome.expr is not step.after:
        raise ReplayError(f"the rule {step.rule} does not give {step.after!r} for {step.before!r}")
    if not set(outcome.obligations) <= set(step.obligations):
        raise ReplayError(f"a step of {step.rule} leaves out an obligation")


def _run_again(section: Section, context: Context) -> Expr:
    fresh = context.fresh()
    again = fresh.log.open(section.name, section.before)
    steps = plan(section.name)
    if len(steps) != 1:
        raise ReplayError(f"{section.name!r} is not one pass")
    again.after = steps[0].run(section.before, fresh)
    for noted, made in zip(section.steps, again.steps, strict=False):
        if noted != made:
            raise ReplayError(f"{section.name}: the step {noted.rule} comes out as {made.rule}")
    if _outcome(again) != _outcome(section):
        raise ReplayError(f"{section.name} does not come out as noted")
    return again.after


def _outcome(section: Section) -> tuple[Expr, int, bool]:
    return section.result, len(section.steps), section.exhausted
