"""Equality saturation: what it finds, that it is sound, and that wrong rules are caught."""

from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.plugin_api import Context, all_rules, manager, rule
from emlir.rewrite.plan import plan
from emlir.rewrite.replay import replay
from emlir.testing import eml_trees, expressions
from emlir_egraph import Limits, UnsoundError, saturate
from emlir_egraph.check import check_equal
from emlir_egraph.error import most_accurate
from emlir_egraph.rules import RULES as REGROUPING
from emlir_egraph.samples import Samples
from emlir_egraph.select import directed, installed
from tests.truth import assert_same_value

FINITE = "finite a; finite b; finite c"
SMALL = (
    rule("eml_def", "eml(a, b) -> exp(a) - ln(b)"),
    rule("exp_1", "exp(1) -> e"),
    rule("ln_1", "ln(1) -> 0"),
    rule("sub_0", "a - 0 -> a"),
    rule("ln_exp", "ln(exp(a)) -> a", semantics=("real", "extended")),
    rule("exp_ln", "exp(ln(a)) -> a", when="a > 0"),
    rule("cancel", "a - (a - b) -> b", when="finite a; defined a; finite b"),
    rule("cancel_same", "a - a -> 0", when="finite a; defined a"),
    rule("distribute", "a*(b + c) -> a*b + a*c", when=FINITE),
    rule("square", "a^2 -> a*a"),
    rule("double", "a + a -> 2*a"),
    rule("pythagoras", "sin(a)^2 + cos(a)^2 -> 1", when="finite a; defined a", semantics="real"),
    rule("exp_mul", "exp(a)*exp(b) -> exp(a + b)", when="finite a; finite b"),
    rule("abs_positive", "abs(a) -> a", when="a >= 0"),
    rule("abs_square", "sqrt(a^2) -> abs(a)", semantics="real"),
    *REGROUPING[:2],
)
"""A few rules that make saturation quick and complete on small terms."""


def best(text, cost="size", rules=SMALL, **options):
    return str(saturate(emlir.parse(text), cost, rules=rules, **options).expr)


@pytest.mark.parametrize(
    ("text", "assume", "found"),
    [
        ("eml(1, eml(eml(1, x), 1))", "x > 0", "ln(x)"),
        ("eml(1, eml(eml(1, eml(x, 1)), 1))", None, "x"),
        ("eml(eml(1, eml(eml(1, x), 1)), eml(y, 1))", "x > 0", "x - y"),
        ("eml(eml(1, eml(eml(1, x), 1)), eml(y, 1))", None, "exp(ln(x)) - y"),
        ("a*a + 2*a*b + b*b", None, "(a + b)^2"),
        ("x*y + x*z", None, "x*(y + z)"),
        ("sin(x)^2 + cos(x)^2", None, "1"),
        ("exp(ln(x) - ln(x))*exp(y)", None, "exp(ln(x) - ln(x) + y)"),
        ("sqrt(x*x)", "x > 0", "x"),
        ("sqrt(x*x)", None, "abs(x)"),
        ("2*3 + x", None, "6 + x"),
    ],
)
def test_finds(text, assume, found):
    result = saturate(emlir.parse(text), "size", assume=assume, rules=SMALL)
    expected = emlir.parse(found)
    assert emlir.cost(result.expr, "size") == emlir.cost(expected, "size"), result.expr
    assert result.before == emlir.cost(emlir.parse(text), "size")
    assert result.after == emlir.cost(result.expr, "size")


def test_says_that_it_is_complete():
    done = saturate(emlir.parse("x*y + x*z"), "size", rules=SMALL)
    assert done.stop == "saturated"
    assert str(done.expr) == "x*(y + z)"
    assert "saturated with" in str(done)


def test_cost_models_choose_differently():
    text = "exp(x)*exp(y) + exp(x)"
    assert best(text, "transcendental") != best(text, "dag")
    assert emlir.cost(emlir.parse(best(text, "transcendental")), "transcendental") == 2
    square = "(x + y + 1)*(x + y + 1)"
    assert best(square, "depth") != best(square, "size")


@pytest.mark.parametrize("cost", ["k", "size", "dag", "depth", "transcendental"])
def test_never_more_expensive(cost):
    for text in ("(a + b)*(a + b) + a*b", "eml(x, eml(y, 1))", "x - (x - y)"):
        done = saturate(emlir.parse(text), cost, rules=SMALL)
        assert done.after <= done.before


def test_the_error_is_measured():
    unstable = rule("root", "sqrt(a) - sqrt(b) -> (a - b)/(sqrt(a) + sqrt(b))", when="b > 0")
    cancels = rule("shift", "(a + 1) - a -> 1", when="finite a; defined a")
    text = "sqrt(x + 1) - sqrt(x)"
    found = best(text, "error", rules=(unstable, cancels), assume="x in [1000, 1000000000000]")
    assert found in ("1/(sqrt(x + 1) + sqrt(x))", "1/(sqrt(x) + sqrt(x + 1))")


def test_samples_tell_good_from_bad():
    good, bad = emlir.parse("expm1(x)"), emlir.parse("exp(x) - 1")
    context = Context(assumptions=emlir.Assumptions.of("x in [0.0000001, 0.000001]"))
    samples = Samples.of(good, context)
    assert samples.wrong_bits(good) < 1 < 10 < samples.wrong_bits(bad)
    assert most_accurate([bad, good], bad, context) is good


SEMANTICS = ("real", "extended", "complex")
POINTS = st.fixed_dictionaries({name: st.fractions(-3, 3, max_denominator=20) for name in "xy"})


@pytest.mark.parametrize("semantics", SEMANTICS)
@settings(max_examples=15, deadline=None)
@given(expr=st.one_of(expressions(max_nodes=8), eml_trees(max_nodes=6)), point=POINTS)
def test_value_and_domain_are_kept(semantics, expr, point):
    limits = Limits(nodes=400, iterations=4)
    found = saturate(expr, "size", semantics=semantics, rules=SMALL, limits=limits).expr
    assert_same_value(expr, found, point, semantics)
    assert_same_value(found, expr, point, semantics)


@settings(max_examples=3, deadline=None)
@given(expr=expressions(max_nodes=6), point=POINTS)
def test_the_library_keeps_value_and_domain(expr, point):
    found = saturate(expr, "k", limits=Limits(nodes=300, iterations=3)).expr
    assert_same_value(expr, found, point)
    assert_same_value(found, expr, point)


def test_two_numbers_in_one_class_are_caught():
    wrong = rule("wrong", "a*b -> a")
    with pytest.raises(UnsoundError, match=r"2 = 6; .*wrong"):
        saturate(emlir.parse("2*3 + x"), "size", rules=(*SMALL, wrong))


def test_true_and_false_in_one_class_are_caught():
    wrong = (rule("t", "a < b -> true"), rule("f", "a < b -> false"))
    with pytest.raises(UnsoundError, match="false = true"):
        saturate(emlir.parse("where(x < y, x, y)"), "size", rules=wrong)


@pytest.mark.parametrize(
    ("wrong", "text", "semantics"),
    [
        (rule("value", "sqrt(a^2) -> a"), "sqrt(x^2)", "real"),
        (rule("domain", "exp(ln(a)) -> a"), "exp(ln(x))", "real"),
        (rule("cut", "ln(exp(a)) -> a", semantics="complex"), "ln(exp(x))", "complex"),
        (rule("pole", "a/a -> 1"), "x/x", "real"),
        (rule("tiny", "sin(a)/a -> cos(a)"), "sin(x)/x", "real"),
    ],
)
def test_a_wrong_result_is_caught_at_a_point(wrong, text, semantics):
    with pytest.raises(UnsoundError, match="was made equal to"):
        saturate(emlir.parse(text), "size", semantics=semantics, rules=[wrong])


def test_the_check_respects_what_is_assumed():
    context = Context(assumptions=emlir.Assumptions.of("x > y, y in (0, 3]"))
    check_equal(emlir.parse("abs(x - y)"), emlir.parse("x - y"), context)
    with pytest.raises(UnsoundError):
        check_equal(emlir.parse("abs(y - x)"), emlir.parse("y - x"), context)


def test_what_only_one_side_needs_must_be_defined():
    forgets = rule("forgets", "0*a -> 0", when="finite a")
    assert best("0*ln(x)", rules=[forgets]) == "0*ln(x)"
    assert best("0*ln(x)", rules=[forgets], assume="x > 1") == "0"


def test_extending_rules_are_left_out():
    extends = rule("extends", "a/a -> 1", when="a != 0", kind="extending")
    assert best("x/x", rules=[extends], assume="x > 0") == "x/x"


def test_rules_of_other_semantics_are_left_out():
    names = {item.name for item in directed(SMALL, "complex", [emlir.parse("eml(x, y)")])}
    assert "ln_exp" not in names and "eml_def" in names


def chain(length):
    expr = emlir.parse("x")
    for k in range(length):
        expr = emlir.eml(expr, 1) if k % 2 else emlir.sin(expr)
    return expr


def test_long_chains_do_not_recurse():
    done = saturate(chain(2_000), "size", rules=SMALL[:4], limits=Limits(iterations=4))
    assert done.expr.depth == 2_000


def test_too_much_is_refused():
    with pytest.raises(emlir.TooLargeError, match=r"100002 nodes.*20000.*nodes=") as caught:
        saturate(chain(100_000), "size", rules=SMALL)
    assert isinstance(caught.value, ValueError)


def test_the_node_limit_is_kept():
    total = emlir.parse(" + ".join(f"x{k}" for k in range(9)))
    done = saturate(total, "size", rules=SMALL, limits=Limits(nodes=200, iterations=30))
    assert done.nodes <= 200
    assert done.stop == "node limit"
    assert saturate(total, "size", rules=SMALL, limits=Limits(iterations=2)).stop == (
        "iteration limit"
    )
    assert saturate(total, "size", rules=SMALL, limits=Limits(seconds=1e-9)).stop == "time limit"


def test_the_result_is_always_the_same():
    text = "(a + b + c)*(a + b + d) + exp(a)*exp(b)"
    limits = Limits(nodes=1_500, iterations=8)
    runs = [saturate(emlir.parse(text), "dag", rules=SMALL, limits=limits) for _ in range(3)]
    assert all(first == second for first, second in pairwise(runs))


def test_limits_are_checked():
    with pytest.raises(ValueError, match="positive"):
        Limits(nodes=0)


def test_as_a_pass():
    expr = emlir.parse("x*y + x*z")
    done = emlir.trace(expr, "saturate(cost=size, nodes=500)")
    assert str(done.expr) == "x*(y + z)"
    assert [step.rule for step in done.log.steps] == ["saturate"]
    assert "e-nodes" in str(done.log)
    assert replay(done.log, done.context.fresh()) is done.expr
    assert emlir.rewrite(emlir.parse("x"), "saturate") is emlir.parse("x")


@pytest.mark.parametrize(
    "text", ["saturate(5)", "saturate(price=k)", "saturate(nodes=many)", "saturate(nodes=0)"]
)
def test_bad_options(text):
    with pytest.raises(ValueError, match=r"saturate|limits"):
        plan(text)


def test_an_unknown_cost_is_named():
    with pytest.raises(emlir.UnknownNameError, match="depth"):
        emlir.rewrite(emlir.parse("x"), "saturate(cost=dept)")


def test_without_egglog_the_pass_is_listed_as_missing():
    entry = manager().entry("passes", "saturate")
    assert entry.declaration.needs == ("egglog",)
    assert entry.declaration.extra == "emlir[egraph]"


def test_rules_of_the_library_are_taken_up():
    names = {item.name for item in installed("k")}
    assert {"regroup_sum", "eml_def", "ln_exp"} <= names
    assert not {item.name for item in installed("k") if "stabilise" in item.uses}
    assert all(entry[1].proof != "sampled" for entry in all_rules().values())


def test_finds_with_the_whole_library():
    done = saturate(emlir.parse("exp(x)*exp(y)/exp(x + y)"), "size", limits=Limits(nodes=500))
    assert str(done.expr) == "1"
