"""``check_preserved``: whether a pass kept value and domain, judged by balls at points."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random

from emlir.assumptions import Assumptions, Interval
from emlir.backend import PointValue
from emlir.evaluate import ball_backend
from emlir.expr.core import Expr, number
from emlir.rewrite.context import Context
from emlir.rewrite.pipeline import Rewriting
from emlir.semantics import Semantics
from emlir.testing.rules_values import core_values, more_values, random_value

BITS = 300
VALUE_CHANGING = ("differentiate", "specialise")
"""Passes that are not meant to keep the value."""
REAL_SYMBOLS = ("lower", "lift", "strict")
"""Passes in which symbols are finite reals, and whose results may be defined on more."""

Point = Mapping[str, Expr]


def check_rewriting(done: Rewriting, *, points: int = 16, seed: int = 0) -> int:
    """Check a traced pipeline from its first expression to its result.

    Returns the number of points that were compared; raises ``AssertionError`` with the point.
    """
    before = done.log.sections[0].before
    return check_preserved(
        before, done.expr, done.context, obligations=done.obligations, points=points, seed=seed
    )


def check_preserved(
    before: Expr,
    after: Expr,
    context: Context,
    *,
    obligations: tuple[Expr, ...] = (),
    points: int = 16,
    seed: int = 0,
    extends: bool = False,
) -> int:
    """Check that ``after`` has the value of ``before`` wherever ``before`` is defined.

    Where the obligations hold, ``before`` must be defined wherever ``after`` is, unless the
    change ``extends`` the domain. The points are corners and random values of the semantics
    that meet the assumptions. What 300 bits cannot decide is skipped.

    Returns the number of points that were compared; raises ``AssertionError`` with the point.
    """
    value_at = ball_backend().at_points(context.semantics, BITS)
    compared = 0
    facts = context.assumptions.facts
    names = sorted({name for term in (before, *facts) for name in term.symbols})
    for point in _points(names, context, Random(seed), points):
        values = {name: value_at(term, {}) for name, term in point.items()}
        if any(value_at(fact, values).truth is not True for fact in facts):
            continue
        left, right = value_at(before, values), value_at(after, values)
        where = ", ".join(f"{name} = {value}" for name, value in point.items())
        problem = _problem(left, right)
        if not problem and right.state in ("number", "truth") and not extends:
            lost = left.state == "undefined"
            granted = all(value_at(needed, values).truth is True for needed in obligations)
            problem = "it is defined where the original is not" if lost and granted else ""
        assert not problem, f"{before} became {after}: at {where} ({context.semantics}) {problem}"
        compared += left.state in ("number", "truth") and right.state == left.state
    return compared


def _problem(left: PointValue, right: PointValue) -> str:
    if left.state not in ("number", "truth"):
        return ""
    if right.state == "undefined":
        return "it lost its value"
    if right.state == left.state and left.differs(right):
        return f"it is {right}, not {left}"
    return ""


def _points(names: Sequence[str], context: Context, random: Random, count: int) -> Iterator[Point]:
    semantics: Semantics = "real" if context.reals else context.semantics
    corners = [*core_values(semantics), *more_values(semantics)]
    for _ in range(count if names else 1):
        point = {}
        for name in names:
            box = context.assumptions.boxes.get(name)
            value = random.choice(corners) if random.random() < 0.4 else None
            if box is not None:
                value = _inside(box, random)
            point[name] = random_value(semantics, random) if value is None else value
        yield point


def _inside(box: Interval, random: Random) -> Expr:
    hi = box.hi
    lo = box.lo if box.lo is not None else (Fraction(-10) if hi is None else hi - 20)
    hi = lo + 20 if hi is None else hi
    return number(lo + (hi - lo) * Fraction(random.randint(1, 9_999), 10_000))


def verify_pass(name: str, before: Expr, after: Expr, context: Context) -> None:
    """An observer of pipelines: every pass is checked at a few points.

    with observed(verify_pass):
        rewrite(...)

    What ``lower`` gives is right where its obligations hold, so they are assumed for it.
    """
    if any(word in name for word in VALUE_CHANGING) or after.dag_size > 400:
        return
    on_reals = any(word in name for word in REAL_SYMBOLS)
    section = context.log.sections[-1]
    obligations = tuple(needed for step in section.steps for needed in step.obligations)
    assumed = context.assumptions
    if on_reals:
        assumed = Assumptions(assumed.boxes, (*assumed.facts, *obligations))
    meant = Context(context.semantics, assumed, reals=on_reals)
    check_preserved(before, after, meant, obligations=obligations, points=6, extends=on_reals)
