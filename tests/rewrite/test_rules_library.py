"""The shipped rules: each is proven as it says, attacked, and right where the engine fires it."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from emlir import const, parse, symbols
from emlir.assumptions import Assumptions
from emlir.evaluate import ball_backend
from emlir.plugin_api import Context, all_rules
from emlir.rewrite.matching import fill
from emlir.testing import examine_rule, expressions
from emlir.testing.rules import proof_problem

SETS = "axioms algebra powers exponentials definitions trigonometry hyperbolic piecewise".split()
RULES = [rule for name, rule in all_rules().values() if name in SETS]
ATTACKED_EACH_TIME = RULES[:: max(1, len(RULES) // 40)]
X, Y = symbols("x y")
INFINITY, I = parse("inf"), parse("i")


def test_there_are_many_and_none_is_only_sampled():
    assert len(RULES) >= 250
    assert not [rule.name for rule in RULES if rule.proof == "sampled"]


def test_uses_are_those_that_passes_take_up():
    assert {use for rule in RULES for use in rule.uses} == {"simplify", "expand"}


def test_simplifying_rules_do_not_grow():
    for rule in RULES:
        if "simplify" in rule.uses:
            assert rule.right.tree_size <= rule.left.tree_size, rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_proof_holds(rule):
    assert proof_problem(rule) == ""


@pytest.mark.parametrize("rule", ATTACKED_EACH_TIME, ids=lambda rule: rule.name)
def test_some_are_attacked(rule):
    report = examine_rule(rule, points=30)
    assert report.accepted, report


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_all_are_attacked(rule):
    report = examine_rule(rule)
    assert report.accepted, report


FACTS = {
    "nothing": None,
    "positive": "x > 0, y > 0",
    "boxes": {"x": (Fraction(1, 8), 3), "y": (1, 2)},
    "order": "x >= y, y >= 1",
    "signs": "x < 0, y > 0",
}
_SMALL = st.fractions(-4, 4, max_denominator=6)


@st.composite
def firings(draw):
    """A rule, a semantics, assumptions, and terms put for the symbols of its left side."""
    rule = draw(st.sampled_from(RULES))
    semantics = draw(st.sampled_from(rule.semantics))
    assumed = draw(st.sampled_from(sorted(FACTS)))
    leaf = st.one_of(st.sampled_from([X, Y]), _SMALL.map(const))
    term = st.one_of(leaf, leaf, expressions(max_nodes=4))
    binding = {name: draw(term) for name in rule.left.symbols}
    return rule, semantics, FACTS[assumed], binding, draw(st.integers(0, 10**6))


def points(semantics, assumptions, random):
    """Closed values of x and y; those that do not satisfy the assumptions are left out later."""
    corners = [const(c) for c in (0, 1, -1, 2, Fraction(1, 2), Fraction(-5, 3))]
    if semantics != "real":
        corners += [INFINITY, -INFINITY]
    for _ in range(6):
        yield {
            name: _value(semantics, assumptions.boxes.get(name), corners, random) for name in "xy"
        }


def _value(semantics, box, corners, random):
    if box is not None and box.is_bounded:
        return const(box.lo + (box.hi - box.lo) * Fraction(random.randint(0, 16), 16))
    if random.random() < 0.5:
        return random.choice(corners)
    real = const(Fraction(random.randint(-64, 64), 16))
    if semantics == "complex" and random.random() < 0.5:
        return real + const(Fraction(random.randint(-64, 64), 16)) * I
    return real


def check_firing(rule, semantics, assumed, binding, seed):
    """Apply a rule as the engine does and compare value and domain at points."""
    assumptions = Assumptions.of(assumed)
    before = fill(rule.left, binding)
    outcome = rule.apply(before, Context(semantics, assumptions))
    if outcome is None:
        return
    evaluator = ball_backend().at_points(semantics, 300)
    for point in points(semantics, assumptions, Random(seed)):
        values = {name: evaluator(term, {}) for name, term in point.items()}
        if all(evaluator(fact, values).truth for fact in assumptions.facts):
            compare(before, outcome.expr, values, evaluator, point)


def compare(before, after, values, evaluator, point):
    left, right = evaluator(before, values), evaluator(after, values)
    if "undecided" in (left.state, right.state):
        return
    assert left.state == right.state, (before, after, point)
    if left.state != "undefined":
        assert not left.differs(right), (before, after, point)


RELAXED = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@given(firings())
@settings(RELAXED, max_examples=150)
def test_rules_are_right_where_they_fire(firing):
    check_firing(*firing)


@pytest.mark.slow
@given(firings())
@settings(RELAXED, max_examples=10_000)
def test_rules_are_right_where_they_fire_10000(firing):
    check_firing(*firing)
