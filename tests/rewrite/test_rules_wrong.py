"""The checker: every wrong rule and every wrong claim is rejected, right ones are not."""

import dataclasses

import pytest

from emlir.plugin_api import rule
from emlir.rewrite.axioms import AXIOMS
from emlir.testing import check_rule, examine_rule
from emlir.testing.rules import proof_problem
from tests.rewrite.wrong_rules import CLAIMS, WRONG, claim


@pytest.mark.parametrize("bad", WRONG, ids=lambda bad: bad.name)
def test_a_wrong_rule_is_rejected_at_a_point(bad):
    with pytest.raises(AssertionError, match=rf"^the rule {bad.name}: at .*: "):
        check_rule(bad)


@pytest.mark.parametrize(("bad", "message"), CLAIMS, ids=[bad.name for bad, _ in CLAIMS])
def test_a_wrong_claim_is_rejected(bad, message):
    with pytest.raises(AssertionError, match=message):
        check_rule(bad)


@pytest.mark.parametrize("bad", WRONG, ids=lambda bad: bad.name)
def test_nothing_wrong_is_decided_or_defined(bad):
    """The proof procedures refuse wrong rules by themselves, without the attack."""
    for proof in ("decided", "definition"):
        assert proof_problem(dataclasses.replace(bad, proof=proof))


def test_the_message_names_rule_point_and_values():
    bad = rule("square_root", "sqrt(a^2) -> a", semantics="real")
    with pytest.raises(AssertionError) as caught:
        check_rule(bad)
    assert str(caught.value) == (
        "the rule square_root: at a = -1 (real): sqrt(a^2) is 1.00000000000, a is -1.00000000000"
    )


def test_two_rules_that_derive_each_other():
    one = claim("one", "tan(-a) -> -tan(a)", "derived", "other")
    other = claim("other", "tan(-a) -> -tan(a)", "derived", "one")
    assert "circular" in examine_rule(one, points=5, more=(one, other)).problem


def test_a_derivation_from_a_sampled_rule_is_refused():
    guess = rule("guess", "tan(-a) -> -tan(a)")
    derived = claim("hope", "tan(-a) -> -tan(a)", "derived", "guess")
    assert "only sampled" in examine_rule(derived, points=5, more=(guess,)).problem


def test_a_rule_that_says_nothing_is_rejected():
    empty = rule("empty", "a + 0 -> a", when="a > 0; a < 0", proof="decided", semantics="real")
    assert "no point" in examine_rule(empty).problem


def test_a_dropped_symbol_needs_to_be_defined():
    choice = rule("same", "where(a > b, c, c) -> c", semantics="real")
    assert "undefined" in examine_rule(choice).problem
    extending = rule("same", "where(a > b, c, c) -> c", semantics="real", kind="extending")
    assert [str(condition) for condition in extending.when] == ["defined a", "defined b"]
    assert examine_rule(extending).accepted


def test_conditions_of_plugin_authors_may_be_the_usual_ones():
    usual = rule("self", "a/a -> 1", when="a != 0", kind="extending", semantics="real")
    assert check_rule(usual).accepted


def test_the_report_counts():
    report = check_rule(rule("twice", "a + a -> 2*a", proof="decided"))
    assert report.accepted
    assert len(report.attacks) == 3
    assert report.compared > 300
    assert str(report).startswith("twice: decided, ")


def test_the_attack_is_reproducible():
    good = rule("twice", "a + a -> 2*a", proof="decided")
    assert examine_rule(good, seed=7) == examine_rule(good, seed=7)


def test_a_broken_axiom_would_be_found():
    for axiom in AXIOMS:
        if axiom.right.is_symbol or axiom.right.sort == "truth":
            continue
        broken = dataclasses.replace(axiom, right=axiom.right + 1)
        assert examine_rule(broken, points=5).problem.startswith("at "), axiom.name
