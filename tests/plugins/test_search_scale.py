"""Data in any unit: the formula for s*y is s times that for y, however small or large s is."""

import warnings

import numpy as np
import pytest

import emlir
from emlir_search.noise import make_noise


@pytest.mark.parametrize("size", [1e22, 1e-34])
def test_a_sum_is_found_in_any_unit(size):
    a, b, c = np.random.default_rng(4).uniform(1, 3, (3, 200))
    y = a * b + 3.3 * np.sin(c) - 2.2 / a
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = emlir.fit(np.stack([a, b, c]), size * y, names=list("abc"))
    assert found.r2 > 1 - 1e-9
    at = {"a": 10.0, "b": 10.0, "c": 10.0}
    wanted = 100 + 3.3 * np.sin(10) - 0.22
    assert emlir.evaluate(found.expression, at) / size == pytest.approx(wanted)
    sizes = [abs(constant.value) for constant in found.constants]
    assert all(0.9 < value / size < 4 for value in sizes)


@pytest.mark.parametrize("size", [1e-16, 1e-22, 1e-34, 1e-60])
def test_resolution_is_relative_to_small_values(size):
    y = size * np.random.default_rng(1).uniform(1, 2, 50)
    assert make_noise("additive", y).floor == pytest.approx(1e-12)


def test_resolution_of_short_small_values():
    y = np.array([1.25e-30, 2.5e-30, 3.1e-30])
    assert make_noise("additive", y).floor == pytest.approx(0.01 / 12**0.5 / 3.1)


def test_all_digits_of_a_small_constant_are_found():
    f = np.random.default_rng(1).uniform(1e14, 1e15, 60)
    assert str(emlir.fit(f, 6.62607015e-34 * f).expression) == "6.62607015e-34*x"


X = np.random.default_rng(1).uniform(0.5, 3, 60)


@pytest.mark.parametrize(
    ("y", "wanted"),
    [
        (1.7e9 + 0.001 * X, "0.001*x + 1700000000"),
        (1e8 + 1e-6 * X, "1e-6*x + 100000000"),
        (1e8 + 0.3 * np.sin(3 * X), "0.3*sin(3*x) + 100000000"),
        (5 + 1e-9 * np.exp(X), "1e-9*exp(x) + 5"),
    ],
)
def test_what_varies_beside_a_large_offset_is_found(y, wanted):
    assert str(emlir.fit(X, y, time_limit=20).expression) == wanted


def test_a_column_of_very_wide_range_is_left_as_it_is():
    x = np.geomspace(1e-300, 1e300, 60)
    assert str(emlir.fit(x, x**0.1).expression) == "x^0.1"


@pytest.mark.parametrize(("size", "factor"), [(1e-310, 1.0), (5e-321, 1e10), (1e305, 1.0)])
def test_what_is_printed_is_what_was_fitted_to_columns_of_extreme_size(size, factor):
    x = X * size
    y = (x / size) * factor
    found = emlir.fit(x, y)
    assert found.r2 > 0.999
    np.testing.assert_allclose(found.predict(x), y, rtol=0.1)
