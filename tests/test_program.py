"""Program: the columnar form is lossless."""

import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import Program
from emlir.testing import expressions


@given(st.lists(expressions(), min_size=1, max_size=4))
def test_expr_program_expr_is_the_identity(roots):
    program = Program.from_exprs(roots)
    assert program.to_exprs() == tuple(roots)
    assert pickle.loads(pickle.dumps(program)).to_exprs() == tuple(roots)


def test_the_columns():
    program = Program.from_exprs((emlir.parse("eml(1, x) + eml(1, x)"),))
    assert [op.name for op, _ in program.rows()] == ["number", "symbol", "eml", "add"]
    assert program.op.dtype == program.args.dtype == program.offsets.dtype == np.int32
    assert program.args.tolist() == [0, 0, 0, 1, 2, 2]
    assert program.offsets.tolist() == [0, 1, 2, 4, 6]
    assert program.constants == (1,)
    assert program.symbols == ("x",)
    assert len(program) == 4


def test_several_roots_are_evaluated_together():
    roots = tuple(map(emlir.parse, ["x + 1", "x", "2"]))
    compiled = emlir.plugins.manager().backend("numpy").compile(Program.from_exprs(roots), "real")
    column = np.array([1.0, 2.0])
    values = compiled.run({"x": column})
    assert [value.tolist() for value in values] == [[2, 3], [1, 2], [2, 2]]
    values[1][0] = 9
    assert column[0] == 1


@pytest.mark.parametrize(
    ("columns", "error", "words"),
    [
        ({}, ValueError, "no value for 'x'"),
        ({"x": [1, 2], "y": [1, 2, 3]}, ValueError, "different shapes"),
        ({"x": ["a"]}, TypeError, "not numeric"),
        ({"x": [1j]}, TypeError, "semantics='complex'"),
        ({"x": [None]}, TypeError, "not numeric"),
    ],
)
def test_bad_columns(columns, error, words):
    with pytest.raises(error, match=words):
        emlir.evaluate(emlir.parse("x + 1"), columns)


def test_columns_of_all_kinds():
    expr = emlir.parse("x/2")
    assert emlir.evaluate(expr, {"x": [1, 2]}).tolist() == [0.5, 1.0]
    assert emlir.evaluate(expr, {"x": np.arange(6)[::2]}).tolist() == [0, 1, 2]
    assert emlir.evaluate(expr, {"x": np.array([])}).shape == (0,)
    assert emlir.evaluate(expr, {"x": True}).shape == ()
    assert emlir.evaluate(emlir.const(3), {"x": [1, 2]}).tolist() == [3, 3]
    assert emlir.evaluate(emlir.parse("1e400"), {}) == np.inf
    with pytest.raises(ValueError, match="unknown semantics"):
        emlir.evaluate(expr, {"x": 1}, semantics="rational")
    with pytest.raises(emlir.UnknownNameError, match="backend called 'nope'"):
        emlir.evaluate(expr, {"x": 1}, backend="nope")


def test_status_says_why():
    x = [1.0, 0.0, -1.0, 800.0, 1e-320, 1 + 1e-15]
    _, status = emlir.evaluate(emlir.parse("ln(x - 1) + exp(x)"), {"x": x}, status=True)
    assert status.tolist() == [1, 1, 1, 2, 3, 0]
    _, status = emlir.evaluate(emlir.parse("ln(exp(x))"), {"x": [-800.0, 2.0]}, status=True)
    assert status.tolist() == [3, 0]
    _, status = emlir.evaluate(
        emlir.parse("ln(sin(x)^2 + cos(x)^2 - 1)"), {"x": [2.0]}, status=True
    )
    assert status.tolist() == [3]
    _, status = emlir.evaluate(emlir.parse("where(x > 0, 1, exp(1e9))"), {"x": [1.0]}, status=True)
    assert status.tolist() == [0]
    _, status = emlir.evaluate(emlir.const(2), {"x": [1.0, 2.0]}, status=True)
    assert status.tolist() == [0, 0]
