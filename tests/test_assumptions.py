"""Assumptions: one object from boxes, text and facts, with exact and outward ends."""

import math
from fractions import Fraction

import numpy as np
import pytest

import emlir
from emlir import Assumptions, Interval


def test_text_mappings_and_facts_meet():
    known = Assumptions.of({"x": (0, 10)}, "x in [1, 20), y > 0", emlir.parse("z <= 3 and z > -1"))
    assert str(known.boxes["x"]) == "[1, 10]"
    assert str(known.boxes["y"]) == "(0, inf]"
    assert str(known.boxes["z"]) == "(-1, 3]"
    assert Assumptions.of(known, None, ["x < 5"]).boxes["x"] == Interval(
        Fraction(1), Fraction(5), False, True
    )


def test_float_ends_move_outward():
    interval = Interval.of((0.1, 0.3))
    assert interval.lo <= Fraction(1, 10) <= Fraction(0.1)
    assert interval.hi >= Fraction(3, 10) and interval.hi >= Fraction(0.3)
    assert Interval.of(("0.1", Fraction(1, 3))) == Interval(Fraction(1, 10), Fraction(1, 3))
    single = np.float32(0.1)
    assert Interval.of((0, single)).hi >= Fraction(float(single))
    assert Interval.of((-math.inf, "inf")) == Interval(None, None)


@pytest.mark.parametrize(
    "ends", [(1, 0), (math.nan, 1), (math.inf, 1), (0, -math.inf), 3, (1, 2, 3), ("a", 1), (1j, 2)]
)
def test_bad_intervals(ends):
    with pytest.raises((ValueError, TypeError)):
        Interval.of(ends)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x in [2, 1]", ValueError),
        ("x in (1, 1]", ValueError),
        ("x > 1, x < 0", ValueError),
        ("x in [a, b]", ValueError),
        ("x + 1 in [0, 1]", ValueError),
        ("1 in [0, 1]", ValueError),
        ("x +", emlir.ParseError),
        ("x + 1", TypeError),
        ("", emlir.ParseError),
    ],
)
def test_bad_text(text, error):
    with pytest.raises(error):
        Assumptions.of(text)


def test_symbols_as_keys_and_quoted_names():
    x = emlir.symbols("x")
    assert "x" in Assumptions.of({x: (0, 1)}).boxes
    assert "a b" in Assumptions.of("`a b` in [0, 1]").boxes
    assert set(Assumptions.of("`a, b` in [0, 1], `a) in [0` > 2").boxes) == {"a, b", "a) in [0"}
    assert Assumptions.of("0 < x").boxes["x"].lo_open


def test_strict_ends_are_facts():
    facts = Assumptions.of("x in (0, 1)").known_facts()
    assert emlir.parse("x > 0") in facts
    assert emlir.parse("x != 1") in facts
