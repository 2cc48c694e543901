"""rpn, eml and json: forms, and errors with their place."""

import json

import pytest

import emlir
from emlir.expr import symbol


@pytest.mark.parametrize(
    ("text", "infix"),
    [
        ("11xE1EE", "eml(1, eml(eml(1, x), 1))"),
        ("1 x E", "eml(1, x)"),
        ("x 2 ^ -3/2 *", "x^2*(-3/2)"),
        ("x 0 < x y where", "where(x < 0, x, y)"),
        ("pi e +", "pi + e"),
        ("xE", "xE"),
        ("x1E", "eml(x, 1)"),
        ("`a b` sin", "sin(`a b`)"),
        ("x neg", "-x"),
    ],
)
def test_rpn(text, infix):
    if text == "xE":
        assert emlir.parse(text, "rpn") is symbol("xE")
    else:
        assert emlir.parse(text, "rpn") is emlir.parse(infix)


def test_an_edited_json_text_is_refused():
    text = emlir.emit(emlir.parse("x + 2"), "json")
    assert emlir.parse(text, "json") is emlir.parse("x + 2")
    with pytest.raises(emlir.ParseError, match="digest"):
        emlir.parse(text.replace('"2"', '"3"'), "json")


def test_json_is_json_with_each_node_once():
    shared = emlir.parse("exp(x) + exp(x)")
    document = json.loads(emlir.emit(shared, "json"))
    assert document["nodes"] == [["symbol", "x"], ["exp", 0], ["add", 1, 1]]
    assert document["digest"] == shared.digest


def test_eml_shares():
    assert emlir.emit(emlir.parse("exp(x) + exp(x)"), "eml") == "%0 = exp(x)\n%1 = add(%0, %0)\n%1"
    assert emlir.emit(emlir.parse("exp(x) + x"), "eml") == "add(exp(x), x)"


def test_json_that_is_nested_too_deeply():
    with pytest.raises(emlir.ParseError, match="nested too deeply"):
        emlir.parse("[" * 100_000, "json")
