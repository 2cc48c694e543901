"""Values at points: states, what is known of them, and when two certainly differ."""

import pytest

from emlir import parse
from emlir.evaluate import ball_backend

INSIDE = ball_backend().at_points("complex", 300)


def at(text, point=None):
    values = {name: INSIDE(parse(term), {}) for name, term in (point or {}).items()}
    return INSIDE(parse(text), values)


@pytest.mark.parametrize(
    ("text", "state", "real", "finite", "strip"),
    [
        ("3", "number", True, True, True),
        ("inf", "number", True, False, True),
        ("2 + i", "number", False, True, True),
        ("4*i", "number", False, True, False),
        ("1/0", "undefined", None, True, None),
    ],
)
def test_what_is_known(text, state, real, finite, strip):
    value = at(text)
    assert (value.state, value.is_real, value.in_strip) == (state, real, strip)
    assert state == "undefined" or value.is_finite is finite


def test_truths():
    assert at("1 < 2").truth is True
    assert at("1 > 2").truth is False
    assert at("1 < 2").differs(at("1 > 2"))
    assert not at("1 < 2").differs(at("2 < 3"))
    assert at("1 < 2").differs(at("1"))


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("1/3", "1/3 + 10^(-80)", True),
        ("sin(1)^2 + cos(1)^2", "1", False),
        ("inf", "-inf", True),
        ("inf", "10^300", True),
        ("i", "inf", True),
        ("i", "1", True),
        ("exp(i*pi)", "-1", False),
        ("ln(-2)", "ln(2) + i*pi", False),
    ],
)
def test_differs(one, other, apart):
    assert at(one).differs(at(other)) is apart
    assert at(other).differs(at(one)) is apart


def test_symbols_have_the_values_of_the_point():
    assert str(at("a*b", {"a": "2", "b": "i"})).startswith("2.0000")
    assert at("a - a", {"a": "inf"}).state == "undefined"


def test_sharp():
    assert at("pi").is_sharp
    assert at("inf").is_sharp
    assert at("sin(1)^2 + cos(1)^2 - 1").is_sharp
    assert not at("where(pi = a, 0, 1)", {"a": "pi"}).is_sharp


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("17/5 = 17/5", True),
        ("1/10 <= 1/10", True),
        ("1/10 < 1/10", False),
        ("x != x", False),
        ("inf >= inf", True),
        ("i = i", True),
    ],
)
def test_a_real_value_against_itself(text, truth):
    assert at(text, {"x": "1/3"}).truth is truth


def test_order_of_a_value_off_the_axis_with_itself():
    assert at("i <= i").state == "undefined"
    assert at("1/0 = 1/0").state == "undefined"
