"""Judging a rule at a point whose values are closed terms, exactly, where balls cannot tell.

Whether a divisor is exactly 0 at pi/2 or at the root of 2 no ball can say; the normal forms of
``rules_elementary`` often can.
"""

from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.rewrite.matching import fill
from emlir.rewrite.rule import Rule
from emlir.semantics import Semantics
from emlir.testing.rules_cases import Case, SplitError
from emlir.testing.rules_execute import Executor
from emlir.testing.rules_facts import PatternFacts
from emlir.testing.rules_field import NotDecidedError
from emlir.testing.rules_outcome import Outcome
from emlir.testing.rules_roots import Point
from emlir.testing.rules_unfold import unfolded


def exact_judgement(rule: Rule, point: Point, semantics: Semantics) -> str | None:
    """Return what is wrong with both sides at a point; ``None`` if nothing can be told."""
    if any(condition.kind in ("literal", "strip") for condition in rule.when):
        return None
    executor = Executor(Case({}, {}), PatternFacts(semantics, ()))
    try:
        left, right = (_at(side, point, executor) for side in (rule.left, rule.right))
        applies = all(_holds(c.kind, _at(c.subject, point, executor)) for c in rule.when)
    except (SplitError, NotDecidedError):
        return None
    if not (applies or rule.kind == "extending"):
        return None
    if _differ(left, right):
        return f"{rule.left} and {rule.right} are different numbers"
    undefined = [side.kind == "undefined" for side in (left, right)]
    if undefined[0] and applies and _is_sure(right):
        return f"{rule.left} is undefined, {rule.right} is not"
    if undefined[1] and not undefined[0] and _is_sure(left):
        return f"{rule.left} is defined, {rule.right} is not"
    return None


def _at(term: Expr, point: Point, executor: Executor) -> Outcome:
    closed = unfolded(fill(term, point), executor.facts.semantics)
    nodes = [executor(node) for node in postorder((closed,))]
    return nodes[-1]


def _holds(kind: str, outcome: Outcome) -> bool:
    if not _is_sure(outcome):
        return False
    if kind == "holds":
        return outcome.kind == "truth" and bool(outcome.sign)
    if kind == "finite":
        return outcome.kind == "finite"
    return kind == "defined" or (outcome.kind == "infinite" or outcome.real is True)


def _differ(left: Outcome, right: Outcome) -> bool:
    """Whether both are finite and their difference is a rational number that is not 0."""
    if not (left.kind == right.kind == "finite" and _is_sure(left) and _is_sure(right)):
        return False
    difference = left.value + -right.value
    return not difference.is_zero and difference.is_constant


def _is_sure(outcome: Outcome) -> bool:
    return outcome.kind in ("finite", "infinite", "truth") and not outcome.needs
