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
