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


@pytest.mark.parametrize(
    ("syntax", "text", "line", "column", "words"),
    [
        ("rpn", "", 1, 1, "no formula"),
        ("rpn", "x y", 1, 4, "2 values are left"),
        ("rpn", "x +", 1, 3, "takes 2 operands"),
        ("rpn", "x\ny 2x +", 2, 3, "not a number"),
        ("rpn", "x 0 < 1 +", 1, 9, "number"),
        ("rpn", "x log", 1, 3, "no operator, number or name"),
        ("eml", "eml(1, x", 1, 9, "expected"),
        ("eml", "eml(1 x)", 1, 7, "expected"),
        ("eml", "eml(1, x) y", 1, 11, "after the end"),
        ("eml", "%0 = eml(1, x)\n%1", 2, 1, "not bound"),
        ("eml", "%0 = eml(1, x)\n%0 = x\n%0", 2, 1, "bound twice"),
        ("eml", "%0 = eml(1, x)", 1, 15, "result is missing"),
        ("eml", "x\ny", 2, 1, "nothing may follow"),
        ("eml", "foo(x)", 1, 1, "foo"),
        ("eml", "eml(1)", 1, 1, "2 arguments"),
        ("eml", "exp", 1, 1, "operator"),
        ("eml", "log", 1, 1, "reserved"),
        ("eml", "eml(1, ²)", 1, 8, "not an identifier"),
        ("eml", "%0 = foo(1, x)\n%0", 1, 6, "foo"),
        ("eml", "", 1, 1, "result is missing"),
        ("json", "", 1, 1, "Expecting value"),
        ("json", '{"emlir": 1,\n "nodes": }', 2, 11, "Expecting value"),
        ("json", "[]", 1, 1, '"emlir": 1'),
        ("json", '{"emlir": 1, "nodes": [], "operators": {}}', 1, 1, "a list of rows"),
        ("json", '{"emlir": 1, "operators": {}, "nodes": [["eml", 0, 0]]}', 1, 1, "row 0"),
        ("json", '{"emlir": 1, "operators": {}, "nodes": [["symbol", 3]]}', 1, 1, "row 0"),
        ("json", '{"emlir": 1, "operators": {}, "nodes": [["number", "1/0"]]}', 1, 1, "zero"),
        ("json", '{"emlir": 1, "operators": {}, "nodes": [["wat", "1"]]}', 1, 1, "wat"),
        ("json", '{"emlir": 1, "operators": {}, "nodes": [5]}', 1, 1, "row 0"),
        (
            "json",
            '{"emlir": 1, "operators": {"exp": "elementary.exp@1"}, "nodes": [["exp", 0]]}',
            1,
            1,
            "earlier rows",
        ),
        (
            "json",
            '{"emlir": 1, "operators": {"exp": "elementary.exp@9"}, "nodes": [["symbol", "x"]]}',
            1,
            1,
            "exp@9",
        ),
        ("json", '{"emlir": 1, "operators": {"nope": "a.nope@1"}, "nodes": [1]}', 1, 1, "nope"),
        ("json", "[" * 100_000, 1, 1, "nested too deeply"),
    ],
)
def test_errors(syntax, text, line, column, words):
    with pytest.raises(emlir.ParseError) as caught:
        emlir.parse(text, syntax)
    assert words in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


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
