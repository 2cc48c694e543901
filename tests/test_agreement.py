"""NumPy and balls agree under each semantics, on random expressions and on every operator."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.expr.table import all_operators
from emlir.testing import check_agreement, check_operator, columns, eml_trees, expressions
from emlir.testing.strategies import FAMILIES
from tests.conftest import EXAMPLES

FEW = max(30, EXAMPLES // 20)  # for each operator
KINDS = [
    ("real", "float64"),
    ("real", "float32"),
    ("extended", "float64"),
    ("extended", "float32"),
    ("complex", "complex128"),
    ("complex", "complex64"),
]
OPERATORS = [op for op in all_operators() if op.family in FAMILIES]


@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
@given(data=st.data())
def test_random_expressions_agree(semantics, dtype, data):
    expr = data.draw(expressions())
    points = data.draw(columns(("x", "y"), semantics))
    check_agreement(expr, points, semantics=semantics, dtype=dtype)


@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
@given(data=st.data())
def test_random_eml_trees_agree(semantics, dtype, data):
    expr = data.draw(eml_trees())
    points = data.draw(columns(("x", "y"), semantics))
    check_agreement(expr, points, semantics=semantics, dtype=dtype)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda op: op.name)
@settings(max_examples=FEW)
@given(data=st.data())
def test_the_parts_of_each_record_agree(operator, data):
    if "truth" in operator.takes:
        return
    names = ("x", "y", "z")[: operator.arity]
    check_operator(operator, data.draw(columns(names, "real", 8)))


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda op: op.name)
@settings(max_examples=FEW)
@given(data=st.data())
def test_each_operator_agrees_off_the_axis(operator, data):
    if "truth" in operator.takes:
        return
    names = ("x", "y", "z")[: operator.arity]
    for semantics, dtype in KINDS:
        points = data.draw(columns(names, semantics, 8))
        check_agreement(operator(*names), points, semantics=semantics, dtype=dtype)


def test_a_wrong_kernel_is_caught(monkeypatch):
    from emlir.kernels import elementary
    from emlir.kernels.kernel import Kernel

    monkeypatch.setattr(elementary, "exp", Kernel(lambda x: np.exp(x) * (1 + 1e-14)))
    with pytest.raises(AssertionError, match="outside the ball"):
        check_agreement(emlir.exp("wrong"), {"wrong": [1.0]})


def test_agreement_is_required_at_ordinary_points():
    assert (
        check_agreement(emlir.parse("exp(x)/y + ln(y)"), {"x": [1.0, 2.0], "y": [3.0, -1.0]}) == 2
    )


def test_an_infinity_beside_a_value_that_may_be_real():
    """exp(z) - ln 0 is infinite for every finite z, real or not."""
    expr = emlir.parse("eml(eml(eml(1, x), 1), y)")
    at = {"x": [-0.015625, -2.0], "y": [0.0, 0.0]}
    assert check_agreement(expr, at, semantics="complex") == 2
    off_axis = emlir.parse("eml(x, y)")
    assert check_agreement(off_axis, {"x": [1j, -1e6 + 1j], "y": 0.0}, semantics="complex") == 2
    product = emlir.parse("eml(x, 1) * -ln(y)")
    assert check_agreement(product, {"x": [1j], "y": 0.0}, semantics="complex") == 1


def test_a_forgotten_absorption_is_caught(monkeypatch):
    from emlir.kernels import arithmetic
    from emlir.kernels.kernel import Kernel

    monkeypatch.setattr(arithmetic, "add", Kernel(np.add, complex=np.add))
    with pytest.raises(AssertionError, match="outside the ball"):
        check_agreement(emlir.parse("wrong + ln(0)"), {"wrong": [1j]}, semantics="complex")


@pytest.mark.parametrize("formula", ["x = y", "x != y", "not (x = y)"])
def test_equations_with_infinities_are_decided(formula):
    points = {"x": [np.inf, np.inf, 1j, np.inf], "y": [1j, np.inf, -np.inf, -np.inf]}
    assert check_agreement(emlir.parse(formula), points, semantics="complex") == 4


@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
def test_a_sum_of_exponentials_near_one_may_cancel(semantics, dtype):
    """logaddexp is a sum of two parts there, and no library is within 4 ulp of the result."""
    x = -np.log(2) + np.linspace(-1e-6, 1e-6, 41)
    assert check_agreement(
        emlir.parse("logaddexp(x, x)"), {"x": x}, semantics=semantics, dtype=dtype
    )
