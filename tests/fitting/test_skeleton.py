"""Skeletons: formulas without their constants."""

import numpy as np
import pytest
from hypothesis import given

import emlir
from emlir.fitting.skeleton import HOLE, skeleton
from emlir.testing import expressions

POINTS = {"x": np.array([0.3, 1.7, 2.5]), "y": np.array([1.1, 0.4, 3.2])}


def values(expr):
    return np.broadcast_to(emlir.evaluate(expr, POINTS), (3,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x - y", "2*y + 3*x"),
        ("x", "-4*x"),
        ("2*x + 3", "x - 1"),
        ("x*y", "y*x*5"),
        ("2*(x + 3)", "x + 3"),
        ("x*(2*x + 4)", "3*x*(x + 1)"),
        ("(2*x + 4)^2", "(x + 1)^2"),
        ("1/(x + 1)", "3/(2*x + 5)"),
        ("x/(2*y)", "x/y"),
        ("sqrt(2*x)", "5*sqrt(x)"),
        ("x^1.5", "2*x^1.4998"),
        ("2*exp(3*x)", "exp(x + 1)"),
        ("ln(3*x)", "2*ln(x) + 1"),
        ("sin(2*pi*x)", "sin(6.28*x)"),
        ("exp(2*x) + exp(x)", "exp(x/3) - exp(4*x)"),
        ("exp(1)", "7"),
        ("where(x > 1, x, y)", "where(3*x > 2, -x, y)"),
        ("max(2*x, y)", "max(x, 3*y)"),
    ],
)
def test_the_same_skeleton(one, other):
    assert skeleton(emlir.parse(one)).expr is skeleton(emlir.parse(other)).expr


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", "y"),
        ("x^2", "x^3"),
        ("x^2", "x^(5/2)"),
        ("x", "x + 1"),
        ("x*y", "x/y"),
        ("ln(2 - x)", "ln(2 + x)"),
        ("sqrt(1 - x)", "sqrt(1 + x)"),
        ("sin(x)", "cos(x)"),
        ("(x + 1)^2", "(x + 1)*(y + 1)"),
    ],
)
def test_another_skeleton(one, other):
    assert skeleton(emlir.parse(one)).expr is not skeleton(emlir.parse(other)).expr


def test_a_constant_has_one_place():
    assert skeleton(emlir.parse("2*(3*x)")).values == (6.0,)
    assert skeleton(emlir.parse("2*exp(x + 1)")).values == pytest.approx((2 * np.e, 1.0))
    assert skeleton(emlir.parse("3*(2*x + 4)^2")).values == (12.0, 2.0)
    assert skeleton(emlir.parse("2*pi*x")).values == pytest.approx((2 * np.pi,))
    assert skeleton(emlir.parse("ln(x) + x - x")).values == (1.0,)


@given(expressions())
def test_the_skeleton_with_its_constants_is_the_formula(expr):
    found = skeleton(expr)
    again = found.filled([repr(value) for value in found.values])
    assert HOLE.name not in again.symbols
    wanted, seen = values(expr), values(again)
    there = np.isfinite(wanted) & (np.abs(wanted) < 1e9)
    np.testing.assert_allclose(seen[there], wanted[there], rtol=1e-6, atol=1e-9)


def test_a_wrong_order_of_constants_would_be_seen():
    found = skeleton(emlir.parse("2*exp(3*x) + y"))
    swapped = found.filled([repr(value) for value in reversed(found.values)])
    assert not np.allclose(values(swapped), values(emlir.parse("2*exp(3*x) + y")))
