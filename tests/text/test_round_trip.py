"""Every notation of the hub reads back the very object that it wrote."""

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.expr import symbol
from emlir.testing import (
    check_round_trip,
    conformance,
    eml_trees,
    expressions,
    symbol_names,
    truths,
)

NOTATIONS = ("infix", "eml", "rpn", "json")


@pytest.mark.parametrize("syntax", NOTATIONS)
@given(expr=st.one_of(expressions(names=symbol_names()), truths()))
def test_random_expressions(syntax, expr):
    check_round_trip(expr, syntax)


@pytest.mark.parametrize("syntax", NOTATIONS)
@given(expr=eml_trees())
def test_pure_eml(syntax, expr):
    check_round_trip(expr, syntax)


@pytest.mark.parametrize("syntax", NOTATIONS)
@given(name=symbol_names())
def test_any_name(syntax, name):
    check_round_trip(symbol(name) + 1, syntax)
    check_round_trip(symbol(name), syntax)


@given(expr=expressions())
def test_spans_are_where_the_nodes_stand(expr):
    text = emlir.emit(expr)
    back, spans = emlir.parse(text, spans=True)
    assert back is expr
    for node, places in spans.items():
        for start, end in places:
            assert emlir.parse(text[start:end]) is node


def test_a_wrong_writer_is_caught(monkeypatch):
    monkeypatch.setattr(conformance, "emit", lambda expr, syntax: "x")
    with pytest.raises(AssertionError, match="reads back"):
        check_round_trip(symbol("y"), "infix")


def test_spans_are_refused_where_they_are_not_kept():
    with pytest.raises(ValueError, match="spans"):
        emlir.parse("1 x E", "rpn", spans=True)
    with pytest.raises(TypeError, match="text"):
        emlir.parse(3)
