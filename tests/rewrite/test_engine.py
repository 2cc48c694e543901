"""Patterns, rules, the engine and its strategies."""

import pytest

import emlir
from emlir.assumptions import Assumptions
from emlir.plugin_api import (
    Context,
    bottom_up,
    chain,
    fixpoint,
    once,
    repeat,
    rule,
    top_down,
)
from emlir.rewrite.matching import fill, match
from emlir.rewrite.pattern import variants

ZERO = rule("zero", "a + 0 -> a")
LN_EXP = rule("ln_exp", "ln(exp(a)) -> a", semantics="real")
EXP_LN = rule("exp_ln", "exp(ln(a)) -> a", when="a > 0", kind="extending")
GROW = rule("grow", "exp(a) -> exp(exp(a))")
SWAP = rule("swap", "a + b -> b + a")
STRATEGIES = (once, bottom_up, top_down, fixpoint)


def parse(text):
    return emlir.parse(text)


def context(assume=None, **options):
    return Context("real", Assumptions.of(assume), **options)


@pytest.mark.parametrize(
    ("pattern", "term", "binding"),
    [
        ("a + b", "x + exp(y)", {"a": "x", "b": "exp(y)"}),
        ("a - a", "exp(x) - exp(x)", {"a": "exp(x)"}),
        ("a - a", "x - y", None),
        ("2*a", "2*x", {"a": "x"}),
        ("2*a", "3*x", None),
        ("exp(a)*exp(b)", "exp(x)*ln(y)", None),
    ],
)
def test_match(pattern, term, binding):
    found = match(parse(pattern), parse(term))
    shown = None if found is None else {name: str(part) for name, part in found.items()}
    assert shown == binding
    if found is not None:
        assert fill(parse(pattern), found) is parse(term)


def test_variants_swap_commutative_arguments():
    assert {str(v) for v in variants(parse("a*b + 0"))} == {
        "a*b + 0",
        "0 + a*b",
        "b*a + 0",
        "0 + b*a",
    }


def test_conditions_hold_back_a_rule():
    run = fixpoint([EXP_LN])
    assert run(parse("exp(ln(x))"), context("x > 0")) is parse("x")
    assert run(parse("exp(ln(x))"), context()) is parse("exp(ln(x))")


def test_obligations_are_returned():
    done = emlir.trace(parse("x/x + y"), "simplify", allow_obligations=True)
    assert (str(done.expr), [str(c) for c in done.obligations]) == ("1 + y", ["x != 0"])


@pytest.mark.parametrize(
    ("strategy", "result"),
    [
        (once, "ln(exp(x)) + y"),
        (bottom_up, "x + y"),
        (top_down, "ln(exp(x)) + y"),  # what a rule gives is not tried again
        (fixpoint, "x + y"),
    ],
)
def test_strategies(strategy, result):
    term = parse("(ln(exp(x)) + 0) + (y + 0)")
    if strategy is once:
        assert str(strategy([ZERO])(term, context())) == "ln(exp(x)) + (y + 0)"
    else:
        assert str(strategy([ZERO, LN_EXP])(term, context())) == result


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("rules", [[GROW], [SWAP], [GROW, SWAP]])
def test_every_strategy_ends(strategy, rules):
    passes = strategy(rules)
    passes(parse("exp(x + y) + exp(exp(y)) + exp(x + y)"), context(limit=50))


def test_the_limit_is_kept_and_noted():
    rules = [rule(f"r{k}", f"a + {k} -> a + {k + 1}") for k in range(20)]
    done = context(limit=5)
    done.log.open("test", parse("x + 0"))
    assert str(fixpoint(rules)(parse("x + 0"), done)) == "x + 5"
    assert done.log.sections[-1].exhausted


def test_combinators():
    passes = chain([once([ZERO]), once([ZERO])])
    assert passes(parse("x + 0 + 0"), context()) is parse("x")
    assert repeat([once([ZERO])])(parse("x + 0 + 0 + 0"), context()) is parse("x")


def test_a_deep_chain():
    term = parse("x")
    for _ in range(15_000):
        term = emlir.exp(term) + 0
    assert fixpoint([ZERO])(term, context()).dag_size == 15_001


def test_shared_parts_are_rewritten_once():
    term = parse("x + 0")
    for _ in range(200):
        term = term * term
    log = context()
    log.log.open("test", term)
    fixpoint([ZERO])(term, log)
    assert len(log.log.sections[0].steps) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a + b", "left -> right"),
        ("a -> b + a", "b only on the right"),
        ("a -> a", "no operator"),
    ],
)
def test_bad_rules(text, words):
    with pytest.raises(ValueError, match=words):
        rule("bad", text)


def test_an_extending_rule_has_no_way_back():
    assert str(SWAP.reversed()) == "b + a -> a + b"
    with pytest.raises(ValueError, match="no way back"):
        EXP_LN.reversed()
