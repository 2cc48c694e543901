"""Fuzzing the prover: false claims are never enclosed, true ones never refuted."""

from fractions import Fraction
from functools import partial

from hypothesis import assume, given, strategies as st

import emlir
from emlir import DomainError, Interval
from emlir.claims import Claim, Limits
from emlir.testing import expressions
from emlir_arb import working_precision
from emlir_proof import recheck
from emlir_proof.goal import Goal, at
from emlir_proof.judge import judge
from emlir_proof.points import HIGH, judge_point, refute
from emlir_proof.prover import PRECISION, PROVER

prove = partial(emlir.prove, prover="enclosure")

SHORT = Limits(0.05)

ends = st.fractions(-4, 4, max_denominator=9)
reaches = st.builds(
    lambda end, by: abs(end) * by, ends, st.sampled_from([0, 1, Fraction(1, 10**6)])
)
margins = st.sampled_from([Fraction(1), Fraction(1, 10**3), Fraction(1, 10**12)])


@st.composite
def boxes_around(draw, point):
    """Boxes of every shape that have ``point`` inside, or on a closed face."""
    box = {}
    for name, value in point.items():
        left, right = (
            abs(draw(ends)) * draw(st.sampled_from([0, 1, Fraction(1, 10**6)])) for _ in "lr"
        )
        lo_open, hi_open = bool(left) and draw(st.booleans()), bool(right) and draw(st.booleans())
        lo, hi = value - left, value + right
        endless = draw(st.integers(0, 9))
        box[name] = Interval(
            None if endless == 0 else lo, None if endless == 1 else hi, lo_open, hi_open
        )
    return box


@st.composite
def points(draw, expr):
    return {name: draw(ends) for name in expr.symbols}


def value_at(expr, point):
    """Bounds of the value, or None where the expression is not shown to be defined."""
    try:
        return emlir.enclose(at(expr, point), {})
    except DomainError:
        return None


def false_claims(data, expr):
    """A claim about ``expr`` that fails at a point, and a box around that point."""
    point = data.draw(points(expr))
    bounds = value_at(expr, point)
    margin = data.draw(margins)
    if bounds is None:
        goal = Goal(Claim(expr >= 0, {name: Interval(v, v) for name, v in point.items()}))
        assume(judge_point(goal, {})[0].truth.kind == "undefined")
        claim = data.draw(st.sampled_from([expr >= -(10**9), expr < 10**9, emlir.eq(expr, expr)]))
    else:
        lo, hi = bounds
        assume(abs(lo) < 1e300 and abs(hi) < 1e300)
        above, below = Fraction(hi) + margin, Fraction(lo) - margin
        claim = data.draw(
            st.sampled_from([expr > above, expr >= above, expr < below, expr <= below])
        )
    return claim, point, data.draw(boxes_around(point))


@given(st.data(), expressions(max_nodes=10))
def test_no_box_with_a_counterexample_is_decided_true(data, expr):
    """The refuter plays no part here: this is the judgement that verdicts rest on."""
    claim, _, box = false_claims(data, expr)
    goal = Goal(Claim(claim, box))
    with working_precision(PRECISION):
        assert not goal.free or not judge(goal, goal.start()).holds


@given(st.data(), expressions(max_nodes=8))
def test_false_claims_are_never_enclosed(data, expr):
    claim, _, box = false_claims(data, expr)
    assert PROVER.prove(Claim(claim, box), SHORT).verdict != "enclosed"


@given(st.data(), expressions(max_nodes=8))
def test_aliased_operands_hide_nothing(data, expr):
    """x/x, x - x and x*x for whole expressions x: their domain stays part of the claim."""
    claim, point, box = false_claims(data, expr)
    for harmless in (expr / expr >= 0, expr - expr <= 0, expr * expr >= 0):
        both = Claim(claim & harmless, box)
        assert PROVER.prove(both, SHORT).verdict != "enclosed"
    if value_at(expr, point) is None:
        assert PROVER.prove(Claim(emlir.eq(expr - expr, 0), box), SHORT).verdict != "enclosed"


@given(st.data(), expressions(max_nodes=8))
def test_true_claims_are_never_refuted(data, expr):
    box = data.draw(boxes_around(data.draw(points(expr))))
    try:
        lo, hi = emlir.enclose(expr, box)
    except DomainError:
        assume(False)
    assume(abs(lo) < 1e300 and abs(hi) < 1e300)
    claim = (expr >= Fraction(lo)) & (expr < Fraction(hi) + 1)
    verdict = PROVER.prove(Claim(claim, box), SHORT)
    assert verdict.verdict != "refuted"
    if verdict.verdict == "enclosed":
        recheck(verdict)


@given(st.data(), expressions(max_nodes=10))
def test_refutations_agree_with_the_value_at_the_point(data, expr):
    point = data.draw(points(expr))
    bounds = value_at(expr, point)
    assume(bounds is not None and max(map(abs, bounds)) < 1e300)
    box = {name: Interval(value, value) for name, value in point.items()}
    holds = Goal(Claim(expr <= Fraction(bounds[1]), box))
    fails = Goal(Claim(expr > Fraction(bounds[1]) + 1, box))
    assert refute(holds, {}, HIGH, 1) is None
    assert refute(fails, {}, HIGH, 1) is not None
