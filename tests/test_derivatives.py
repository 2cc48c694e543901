"""Gradients, Jacobians and Hessians, against the forward mode and against balls."""

import numpy as np
import pytest
from hypothesis import given

import emlir
from emlir.plugin_api import Operator
from emlir.rewrite.context import Context
from emlir.testing import expressions
from emlir.testing.preservation import check_preserved

x, y = emlir.symbols("x y")


@pytest.mark.parametrize("semantics", emlir.SEMANTICS)
@given(expr=expressions(max_nodes=14))
def test_reverse_is_forward(semantics, expr):
    """The value is the same wherever both modes have one, and neither has one alone."""
    for name, part in zip(expr.symbols, emlir.gradient(expr), strict=True):
        check_preserved(expr.diff(name), part, Context(semantics), points=8)


@given(expr=expressions(max_nodes=10, families=("arithmetic", "elementary")))
def test_second_derivatives(expr):
    names = expr.symbols
    entries = emlir.hessian(expr).to_exprs()
    for i, first in enumerate(names):
        for j, second in enumerate(names):
            forward = expr.diff(first).diff(second)
            check_preserved(forward, entries[i * len(names) + j], Context("real"), points=5)


def test_a_branch_that_is_not_chosen_needs_no_derivative():
    expr = emlir.parse("where(x > 0, x*ln(x), -x) * y + max(x, sqrt(x - 5))")
    parts = emlir.gradient(expr)
    values = [emlir.evaluate(part, {"x": [-1.0, 0.0, 2.0], "y": 3.0}) for part in parts]
    assert np.isnan(values[0]).tolist() == [True, True, True]  # sqrt(x - 5) has no value
    inner = emlir.gradient(expr.args[0])
    assert emlir.evaluate(inner[0], {"x": [-1.0, 0.0], "y": 3.0}).tolist() == [-3.0, -3.0]


def test_many_choices_are_linear_work():
    expr = x
    for k in range(3_000):
        expr = emlir.where(y > k, emlir.exp(expr), emlir.sin(expr)) * expr
    assert emlir.gradient(expr, ["x"])[0].dag_size < 100_000


def test_deep_graphs():
    expr = x
    for _ in range(15_000):
        expr = emlir.eml(expr, y)
    d_x, d_y = emlir.gradient(expr)
    assert d_x.dag_size < 90_000
    assert d_y.symbols == ("x", "y")


def test_a_system_is_one_program():
    system = [emlir.parse("exp(x*y) + x"), emlir.parse("exp(x*y)*y")]
    program = emlir.jacobian(system, ["x", "y"])
    assert len(program.roots) == 4
    values = emlir.compile(program)({"x": [0.5, 1.0], "y": 2.0})
    assert values.shape == (4, 2)
    x_, y_ = 0.5, 2.0
    e = np.exp(x_ * y_)
    np.testing.assert_allclose(values[:, 0], [y_ * e + 1, x_ * e, y_ * y_ * e, e + x_ * y_ * e])
    separate = sum(len(emlir.Program.from_exprs([entry])) for entry in program.to_exprs())
    assert len(program) < separate


def test_symbols_that_do_not_matter():
    assert emlir.gradient(emlir.parse("x^2"), ["z", "x"]) == (
        emlir.const(0),
        emlir.parse("2*x"),
    )
    assert emlir.gradient(emlir.const(3)) == ()
    assert emlir.hessian(emlir.const(3)).to_exprs() == ()
    assert emlir.gradient(x, ["x"]) == (emlir.const(1),)


def test_bad_input():
    with pytest.raises(TypeError, match="truth"):
        emlir.gradient(x > 0)
    with pytest.raises(TypeError, match="symbols"):
        emlir.gradient(x, [x + 1])
    with pytest.raises(ValueError, match="twice"):
        emlir.gradient(x, ["x", x])
    blank = Operator(name="test_blank", arity=1, family="test")
    with pytest.raises(ValueError, match="test_blank"):
        emlir.gradient(blank(x))


def test_a_wrong_derivative_would_be_found():
    wrong = emlir.gradient(emlir.parse("sin(x)*y"), ["x"])[0] + 0 * emlir.ln(x)
    with pytest.raises(AssertionError):
        check_preserved(emlir.parse("sin(x)*y").diff("x"), wrong, Context("real"), points=20)


def test_one_name_is_one_symbol():
    expr = emlir.parse("a*ab + b")
    assert emlir.gradient(expr, "ab") == (emlir.symbols("a"),)
    assert emlir.gradient(expr, emlir.symbols("b")) == (emlir.const(1),)
    assert len(emlir.hessian(expr, "ab").roots) == 1


@pytest.mark.parametrize("derive", [emlir.gradient, emlir.hessian, emlir.jacobian])
def test_text_is_no_expression(derive):
    with pytest.raises(TypeError, match="an expression is wanted, not str"):
        derive("x")


def test_the_jacobian_of_one_expression():
    with pytest.raises(TypeError, match=r"write \[expr\]"):
        emlir.jacobian(x)
