"""Every pass keeps value and domain, up to the obligations that it returned."""

import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.rewrite.context import Context
from emlir.rewrite.pipeline import observed
from emlir.testing import eml_trees, expressions
from emlir.testing.preservation import check_preserved, check_rewriting, verify_pass
from tests.conftest import EXAMPLES

PASSES = ("simplify", "expand", "collect(x)", "fold", "define", "cse", "simplify, expand, simplify")
SEMANTICS = emlir.SEMANTICS
FEW = EXAMPLES if EXAMPLES > 1_000 else 30  # each example is checked by balls at many points
BOXES = st.sampled_from(
    [None, {"x": (1, 3)}, {"x": (-2, 5), "y": (-1, 1)}, "x > 0, y > 0", "x != 0"]
)


@pytest.mark.parametrize("semantics", SEMANTICS)
@pytest.mark.parametrize("passes", PASSES)
@settings(max_examples=FEW)
@given(expr=st.one_of(expressions(max_nodes=12), eml_trees()), box=BOXES)
def test_value_and_domain(semantics, passes, expr, box):
    done = emlir.trace(expr, passes, assume=box, semantics=semantics)
    assert not done.obligations
    check_rewriting(done, points=10)


@pytest.mark.parametrize("semantics", SEMANTICS)
@settings(max_examples=FEW)
@given(expr=expressions(max_nodes=14, families=("arithmetic", "elementary")))
def test_obligations_say_where_the_domain_grew(semantics, expr):
    done = emlir.trace(expr, "simplify", semantics=semantics, allow_obligations=True)
    check_rewriting(done, points=10)


@settings(max_examples=40)
@given(expr=expressions(max_nodes=10))
def test_simplify_is_never_longer_and_has_one_result(expr):
    once = emlir.rewrite(expr, "simplify")
    assert once.tree_size <= expr.tree_size
    assert emlir.rewrite(once, "simplify") is once


@pytest.mark.parametrize(
    ("before", "after", "semantics"),
    [
        ("x", "x + 1/10^30", "real"),
        ("x/x", "1", "real"),
        ("ln(x^2)", "2*ln(x)", "real"),
        ("x - x", "0", "extended"),
        ("ln(exp(x))", "x", "complex"),
        ("x + 0*ln(y)", "x", "real"),
    ],
)
def test_a_wrong_change_is_found(before, after, semantics):
    with pytest.raises(AssertionError):
        check_preserved(emlir.parse(before), emlir.parse(after), Context(semantics), points=100)


def test_the_observer_sees_a_wrong_pass(monkeypatch):
    from emlir.passes.simplify import simplify

    monkeypatch.setattr(simplify, "_folded", lambda expr, context: {expr: expr + 1})
    with observed(verify_pass), pytest.raises(AssertionError, match="became"):
        emlir.rewrite(emlir.parse("x*y"), "simplify")


@pytest.mark.parametrize("formula", ["1/x^(-2)", "y/(-(x^(-2)))*3*2", "1/(1/x)", "x/(1/(y*x))"])
def test_a_divisor_in_a_divisor_keeps_its_domain(formula):
    check_rewriting(emlir.trace(emlir.parse(formula), "simplify"), points=60)
