"""Deciding identities: what it knows, what it refuses, and that solvers are asked."""

import pytest

from emlir import MissingDependencyError, parse
from emlir.plugin_api import Rule, rule
from emlir.testing import rules_smt
from emlir.testing.rules_attack import attack
from emlir.testing.rules_decision import undecided_reason
from emlir.testing.rules_unfold import unfolded

REAL, LINE, ALL = ("real",), ("real", "extended"), ("real", "extended", "complex")

DECIDED = [
    ("-(-a) -> a", ALL, "", "equivalence"),
    ("(a + b) + c -> a + (b + c)", ALL, "", "equivalence"),
    ("(a*b)*c -> a*(b*c)", LINE, "", "equivalence"),
    ("exp(a + b) -> exp(a)*exp(b)", LINE, "", "equivalence"),
    ("a/a -> 1", ALL, "a != 0; finite a", "extending"),
    ("ln(a*b) -> ln(a) + ln(b)", ALL, "a > 0; b > 0", "equivalence"),
    ("(a^b)^c -> a^(b*c)", REAL, "a > 0", "equivalence"),
    ("max(max(a, b), c) -> max(a, max(b, c))", ALL, "", "equivalence"),
    ("max(a, b) + min(a, b) -> a + b", ALL, "real a; real b", "equivalence"),
    ("1/(2 + a + a*a)*(2 + a + a^2) -> 1", REAL, "defined a", "equivalence"),
    ("cos(a + 2*pi) -> cos(a)", ALL, "", "equivalence"),
    ("1 - cos(a) -> 2*sin(a/2)^2", ALL, "", "equivalence"),
    ("log1p(a) - log1p(-a) -> 2*atanh(a)", REAL, "", "equivalence"),
    ("ln(a + sqrt(a^2 + 1)) -> asinh(a)", REAL, "", "equivalence"),
    ("softplus(a) - a -> softplus(-a)", REAL, "", "equivalence"),
    ("where(true, a, b) -> a", ALL, "", "equivalence"),
]

REFUSED = [
    ("exp(a + b) -> exp(a)*exp(b)", "complex", "", "equivalence"),
    ("a*(b + c) -> a*b + a*c", "extended", "", "equivalence"),
    ("a/a -> 1", "real", "a != 0", "equivalence"),
    ("1/(a*a - 2)*(a^2 - 2) -> 1", "real", "defined a", "equivalence"),
    ("ln(a^2) -> 2*ln(a)", "real", "", "equivalence"),
    ("(a^b)^c -> a^(b*c)", "real", "", "equivalence"),
    ("sin(a)^2 + cos(a)^2 -> 1", "extended", "defined a", "equivalence"),
    ("max(a, b) -> a", "real", "a >= b - 1; defined b", "equivalence"),
]


def reason(text, semantics, when, kind):
    made = rule("r", text, when=when, kind=kind)
    return undecided_reason(made.left, made.right, made.when, made.kind, semantics)


@pytest.mark.parametrize(("text", "semantics", "when", "kind"), DECIDED)
def test_decided(text, semantics, when, kind):
    for meaning in semantics:
        assert reason(text, meaning, when, kind) == ""


@pytest.mark.parametrize(("text", "semantics", "when", "kind"), REFUSED)
def test_refused(text, semantics, when, kind):
    assert reason(text, semantics, when, kind)


def test_a_condition_says_nothing_where_its_terms_are_undefined():
    """1/a > 0 does not exclude a = 0, where only the right side has a value."""
    made = rule("r", "(a*a)/a -> a", when="1/a > 0", semantics="real")
    assert undecided_reason(made.left, made.right, made.when, made.kind, "real")


def test_without_a_solver_nothing_is_guessed(monkeypatch):
    monkeypatch.setattr(rules_smt, "_module", lambda name: None)
    made = rule("r", "(2 + a*a)/(2 + a*a) + a -> 1 + a", semantics="real")
    assert undecided_reason(made.left, made.right, made.when, made.kind, "real") == ""
    hard = rule("r", "(2 + a + a*a)/(2 + a + a*a) + a -> 1 + a", semantics="real")
    with pytest.raises(MissingDependencyError, match=r"emlir\[smt\]"):
        undecided_reason(hard.left, hard.right, hard.when, hard.kind, "real")


def test_one_solver_that_disagrees_is_enough_to_refuse(monkeypatch):
    hard = rule("r", "(2 + a + a*a)/(2 + a + a*a) + a -> 1 + a", semantics="real")
    assert undecided_reason(hard.left, hard.right, hard.when, hard.kind, "real") == ""
    monkeypatch.setitem(rules_smt._SOLVERS, "cvc5", lambda script: "sat")
    assert undecided_reason(hard.left, hard.right, hard.when, hard.kind, "real")


def test_long_terms_do_not_recurse():
    term = parse("a")
    for _ in range(3_000):
        term = -term
    assert undecided_reason(term, parse("a"), (), "equivalence", "complex") == ""


UNFOLDED = (
    "log1p(x) expm1(x) sigmoid(x) softplus(x) hypot(x,y) logaddexp(x,y) eml(x,y) tan(x) sinh(x)"
    " cosh(x) tanh(x) asinh(x) acosh(x) atanh(x) acos(x) mod(x,y)"
).split()


@pytest.mark.parametrize("text", UNFOLDED)
@pytest.mark.parametrize("semantics", ALL)
def test_unfolding_keeps_value_and_domain(text, semantics):
    """What the procedure writes operators with is attacked as a rule of its own."""
    term = parse(text)
    plain = unfolded(term, semantics)
    if plain is term:
        return
    made = Rule("unfolded", term, plain, semantics=(semantics,))
    assert attack(made, semantics, 60, 0).failure == ""
