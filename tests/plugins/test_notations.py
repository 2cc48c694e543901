"""The guarantee, for every notation that can be read and written: the same object comes back."""

import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import manager
from emlir.testing import (
    check_operators,
    check_round_trip,
    conformance,
    eml_trees,
    expressions,
    symbol_names,
    truths,
)
from emlir.text.syntax import find_syntax

NOTATIONS = "infix eml rpn json sympy latex smtlib2 wolfram fpcore mathml".split()
DOCUMENT = Path(__file__).parents[2] / "docs" / "notations.md"


@pytest.mark.parametrize("syntax", NOTATIONS)
@given(data=st.data())
def test_every_term_over_the_operators_that_a_notation_has(syntax, data):
    terms = st.one_of(
        expressions(names=symbol_names(), syntax=syntax),
        truths(names=symbol_names(), syntax=syntax),
        expressions(syntax=syntax),
    )
    check_round_trip(data.draw(terms), syntax)


@pytest.mark.parametrize("syntax", NOTATIONS)
def test_every_operator_is_read_back_or_refused_by_name(syntax):
    assert check_operators(syntax) >= 35


def test_a_notation_that_hides_a_lack_is_caught(monkeypatch):
    monkeypatch.setattr(conformance, "emit", lambda expr, syntax: emlir.emit(expr))
    with pytest.raises(AssertionError, match="does not list"):
        check_operators("fpcore")


def test_a_refusal_without_the_name_is_caught(monkeypatch):
    def refuse(expr, syntax):
        raise emlir.InexpressibleError("no")

    monkeypatch.setattr(conformance, "emit", refuse)
    with pytest.raises(AssertionError, match="does not name"):
        conformance._check_refusal(emlir.parse("exp(x)"), "exp", "fpcore")


@pytest.mark.parametrize("syntax", [name for name in NOTATIONS if name not in ("fpcore",)])
@given(expr=eml_trees(max_nodes=40))
def test_pure_eml(syntax, expr):
    check_round_trip(expr, syntax)


def test_the_document_lists_every_notation_and_its_operators():
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", DOCUMENT.read_text("utf-8"), re.M))
    assert set(rows) == set(manager().names("syntaxes")) - {"lisp"}
    everything = {op.name for op in emlir.plugin_api.all_operators() if op.family in FAMILIES}
    for name, lacks in rows.items():
        operators = find_syntax(name).operators
        missing = everything - (everything if operators is None else operators)
        assert set(re.findall(r"`(\w+)`", lacks)) == missing, name


FAMILIES = ("eml", "arithmetic", "elementary", "piecewise")
