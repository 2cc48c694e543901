"""Class tables: complete, without duplicates, and every row is what its formula gives."""

import numpy as np
import pytest

import emlir
from emlir_enumerate import ELEMENTARY, EML, build_table
from emlir_enumerate.dedup import Seen, equal_rows, functional

X = np.linspace(0.3, 2.9, 40)


@pytest.mark.parametrize("basis", [ELEMENTARY, EML])
def test_rows_are_the_values_of_their_formulas(basis):
    table = build_table({"x": X}, basis, max_size=5)
    for row in range(0, len(table), max(1, len(table) // 150)):
        expr = table.expression(row)
        assert expr.tree_size <= table.size[row]  # 1/2 is one number when it is written
        np.testing.assert_allclose(
            emlir.evaluate(expr, {"x": X}), table.values[row], rtol=1e-12, atol=1e-14
        )


def test_no_class_twice():
    table = build_table({"x": X}, max_size=4)
    table_size = np.max(np.abs(table.values), axis=1, keepdims=True)
    shape = table.values / np.where(table_size > 0, table_size, 1.0)
    near = np.abs(shape[:, None, :] - shape[None, :, :]).max(axis=2) < 1e-12
    same = near & (np.abs(table_size - table_size.T) <= 1e-12 * table_size)
    assert same.sum() == len(table)


def test_sizes_are_ordered_and_complete():
    table = build_table({"x": X}, max_size=5)
    assert table.complete == 5
    assert (np.diff(table.size) >= 0).all()
    assert table.op.dtype == table.left.dtype == np.int32


@pytest.mark.parametrize("text", ["x^2 + x", "exp(-x)", "sin(2*x)", "x/(x + 1)", "ln(x)/x", "2^x"])
def test_finds_known_functions(text):
    table = build_table({"x": X}, max_size=5)
    wanted = emlir.evaluate(emlir.parse(text), {"x": X})
    gap = np.abs(table.values - wanted).max(axis=1)
    assert gap.min() < 1e-12


def test_eml_counts_are_those_of_the_literature():
    # distinct finite real classes over {1, x} by leaves: 2, 4, 16, 70, 320
    table = build_table({"x": np.linspace(0.31, 2.17, 64)}, EML, max_size=9)
    counts = [int((table.size == 2 * leaves - 1).sum()) for leaves in range(1, 6)]
    assert counts[:3] == [2, 4, 16]
    assert counts[3] == pytest.approx(70, abs=8)
    assert counts[4] == pytest.approx(320, abs=60)


def test_undefined_rows_are_dropped():
    table = build_table({"x": np.linspace(-1.0, 1.0, 21)}, max_size=3)
    assert np.isfinite(table.values).all()
    texts = {str(table.expression(row)) for row in range(len(table))}
    assert "ln(x)" not in texts
    assert "exp(x)" in texts


def test_row_limit_and_blocks():
    tried = []
    table = build_table({"x": X}, max_size=6, max_rows=500, on_block=tried.append)
    assert len(table) == 500
    assert table.complete < 6
    assert sum(tried) >= 500


def test_two_variables():
    rng = np.random.default_rng(0)
    columns = {"a": rng.uniform(1, 2, 30), "b": rng.uniform(1, 2, 30)}
    table = build_table(columns, max_size=3)
    wanted = columns["a"] / columns["b"]
    assert np.abs(table.values - wanted).max(axis=1).min() < 1e-14


def test_a_small_logarithm_is_not_lost():
    values = np.vstack([np.full(20, 3.0), 3.0 + 1e-9 * np.linspace(0, 1, 20)])
    assert not equal_rows(values[:1], values[1:])[0]
    assert Seen().new_rows(values, functional(values), values).tolist() == [0, 1]


def test_rounding_is_one_class():
    values = np.vstack([X, X * (1 + 1e-13)])
    assert Seen().new_rows(values, functional(values), values).tolist() == [0]
