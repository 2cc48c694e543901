"""Pipelines, lift, fold and define."""

from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.closed import fold_closed
from emlir.passes.simplify.needs import Needs
from emlir.passes.simplify.products import read_product
from emlir.rewrite.context import Context
from emlir.testing import eml_trees, expressions
from tests.truth import assert_same_value

SEMANTICS = ("real", "extended", "complex")
POINTS = st.fixed_dictionaries({name: st.fractions(-3, 3, max_denominator=20) for name in "xy"})


@pytest.mark.parametrize("semantics", SEMANTICS)
@pytest.mark.parametrize("passes", ["fold", "lift", "define", "lift,fold"])
@settings(max_examples=60)
@given(expr=st.one_of(expressions(max_nodes=10), eml_trees()), point=POINTS)
def test_passes_keep_value_and_domain(semantics, passes, expr, point):
    assert_same_value(expr, emlir.rewrite(expr, passes, semantics=semantics), point, semantics)


def test_a_wrong_pass_would_be_caught():
    with pytest.raises(AssertionError):
        assert_same_value(emlir.parse("x"), emlir.parse("x + 1e-30"), {"x": Fraction(1)})
    with pytest.raises(AssertionError, match="undefined"):
        assert_same_value(emlir.parse("x"), emlir.parse("exp(ln(x))"), {"x": Fraction(-1)})


@pytest.mark.parametrize(
    ("formula", "semantics", "folded"),
    [
        ("1/10 + 2/10 - 3/10", "real", "0"),
        ("ln(exp(7))*2", "real", "14"),
        ("e - (e - 3)", "real", "3"),
        ("eml(1, eml(eml(1, 1), 1))", "real", "0"),
        ("exp(eml(1, eml(1, eml(1, eml(eml(1, 1), 1)))))", "extended", "0"),
        ("2^10", "real", "1024"),
        ("2^10000", "real", "2^10000"),
        ("2^(1/2)", "real", "2^(1/2)"),
        ("ln(0)", "real", "ln(0)"),
        ("ln(0)", "extended", "-inf"),
        ("inf - inf", "extended", "inf - inf"),
        ("x*(1 + 1)", "real", "x*2"),
        ("max(1/3, 1/4) + abs(-2) + floor(-1/2) + mod(7, -3)", "real", "-2/3"),
        ("pi - pi", "real", "0"),
        ("exp(ln(3))", "real", "3"),
        ("exp(ln(-3))", "real", "exp(ln(-3))"),
        ("mod(1, 0) + 0^(-1)", "real", "mod(1, 0) + 0^-1"),
        ("0*inf", "extended", "0*inf"),
        ("2/inf", "extended", "0"),
    ],
)
def test_fold(formula, semantics, folded):
    assert str(emlir.rewrite(emlir.parse(formula), "fold", semantics=semantics)) == folded


def test_fold_stops_at_its_limits():
    many = emlir.const(0)
    for k in range(40):
        many = many + emlir.exp(emlir.const(k + 1))
    assert fold_closed(many - many, "real").op.name == "sub"
    deep = emlir.const(1)
    for _ in range(5_000):
        deep = emlir.eml(1, deep)
    assert fold_closed(deep, "real").dag_size <= deep.dag_size


def test_define():
    assert str(emlir.rewrite(emlir.parse("sigmoid(x) + log1p(y)"), "define")) == (
        "1/(1 + exp(-x)) + ln(1 + y)"
    )


@pytest.mark.parametrize(
    ("passes", "error", "words"),
    [
        ("nope", emlir.UnknownNameError, "a pass called 'nope'"),
        ("", ValueError, "empty place"),
        ("fold,,lift", ValueError, "empty place"),
    ],
)
def test_bad_pipelines(passes, error, words):
    with pytest.raises(error, match=words):
        emlir.rewrite(emlir.parse("x"), passes)
    with pytest.raises(ValueError, match="semantics"):
        emlir.rewrite(emlir.parse("x"), "fold", semantics="integer")


@pytest.mark.parametrize("formula", ["y/3/(-x)", "y/(-(3*x))*2", "y/3/(-(-(x^3)))"])
def test_the_sign_of_a_divisor_keeps_numbers_exact(formula):
    found = read_product(emlir.parse(formula), set(), Needs(Context()))
    assert isinstance(found.factor, Fraction)
