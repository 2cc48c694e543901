"""The parts of the prover, one by one."""

from fractions import Fraction
from functools import partial

import pytest

import emlir
from emlir import Interval, parse
from emlir.claims import Claim, relations
from emlir_arb import working_precision
from emlir_proof import boxes
from emlir_proof.goal import Goal
from emlir_proof.judge import judge
from emlir_proof.linear import collect
from emlir_proof.points import judge_point
from emlir_proof.signs import sign_of

prove = partial(emlir.prove, prover="enclosure")


@pytest.mark.parametrize(
    ("lo", "hi", "found"),
    [
        ("0.3", "0.4", "1/3"),
        ("-1", "2", "0"),
        ("3.14", "3.15", "22/7"),
        ("-0.7", "-0.6", "-2/3"),
        ("2", "2.5", "2"),
        ("1.5", "1.9", "3/2"),
        ("1.01", "1.99", "3/2"),
    ],
)
def test_the_simplest_rational_between_two(lo, hi, found):
    assert boxes.simplest(Interval(Fraction(lo), Fraction(hi))) == Fraction(found)


def _squares(*corners):
    return [{"x": Interval(a, b), "y": Interval(c, d)} for a, b, c, d in corners]


def test_covers_that_are_no_trees_of_cuts():
    whole = _squares((0, 3, 0, 3))[0]
    pinwheel = [(0, 2, 0, 1), (2, 3, 0, 2), (1, 3, 2, 3), (0, 1, 1, 3), (1, 2, 1, 2)]
    assert boxes.is_covered(whole, _squares(*pinwheel))
    for k in range(5):
        assert not boxes.is_covered(whole, _squares(*pinwheel[:k], *pinwheel[k + 1 :]))
    assert boxes.is_covered({}, [{}])
    assert not boxes.is_covered({}, [])


def test_covers_of_unbounded_and_open_boxes():
    half = Interval(Fraction(0), None, lo_open=True)
    left, right = Interval(Fraction(0), Fraction(1), True), Interval(Fraction(1), None)
    assert boxes.is_covered({"x": half}, [{"x": left}, {"x": right}])
    assert not boxes.is_covered({"x": Interval(Fraction(0), None)}, [{"x": left}, {"x": right}])
    assert not boxes.is_covered({"x": half}, [{"x": left}])
    assert not boxes.is_covered({"x": Interval(None, None)}, [{"x": half}])


@pytest.mark.parametrize(
    ("text", "collected"),
    [
        ("x + exp(x) - (1 + x)", "exp(x) + (-1)"),
        ("x - x", "0"),
        ("2*x - x*2 + 3", "3"),
        ("(x - y)/2 - x/2", "-(1/2*y)"),
        ("-(x - (y - x)) - y", "-(2*x)"),
        ("x/x + y/x", "y/x + 1"),
        ("x*y - y*x", "x*y - y*x"),
    ],
)
def test_collecting_terms(text, collected):
    assert emlir.rewrite(collect(parse(text)), "fold") is emlir.rewrite(parse(collected), "fold")


def test_collecting_a_term_that_doubles_again_and_again():
    x = emlir.symbols("x")
    term = x
    for _ in range(3000):
        term = term + term
    assert collect(term - x).dag_size == 3


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("exp(x)", 1),
        ("-exp(x)", -1),
        ("exp(x)*sigmoid(y) + 1", 1),
        ("exp(x) - 1", 0),
        ("-2/cosh(x)", -1),
        ("x", 0),
        ("2^x", 1),
        ("(-2)^x", 0),
        ("sqrt(exp(x)) - (-1)", 1),
        ("x^2", 0),
    ],
)
def test_signs_by_form(text, sign):
    assert sign_of(parse(text)) == sign


def test_relations_are_told_once_and_in_order():
    claim = parse("(x < 1 or not y > 2) and x < 1")
    assert [str(relation) for relation in relations(claim)] == ["x < 1", "y > 2"]


def test_operators_that_jump_are_never_bounded_by_their_derivative():
    for text in ["floor(x) < 3/4", "mod(x, 1) < 3/4", "where(x < 3/4, 0, 1) < 1/2"]:
        goal = Goal(Claim.of(text, "x in [0, 1]"))
        assert not goal.atoms[0].form.gradient()
        with working_precision(96):
            assert not judge(goal, goal.start()).holds
        assert prove(text, "x in [0, 1]").verdict == "refuted"


def test_points_are_judged_with_more_bits_until_decided():
    goal = Goal(Claim.of("exp(x) > 1 + 1e-60", "x in [0, 1]"))
    judgement, bits = judge_point(goal, {"x": Fraction(1, 10**59)})
    assert judgement.holds
    assert bits == 512


@pytest.mark.parametrize(
    ("text", "holds"),
    [("x > 0", True), ("exp(x) > 1 + x", True), ("max(x, 1/2) > 1/2", False), ("x*x > 0", True)],
)
def test_an_open_end_is_not_reached_only_where_the_slope_cannot_vanish(text, holds):
    goal = Goal(Claim.of(text, "x in (0, 1]"))
    with working_precision(96):
        assert judge(goal, goal.start()).holds is holds
