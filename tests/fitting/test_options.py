"""Options of a fit: weights of rows, units, limits."""

from fractions import Fraction

import numpy as np
import pytest

import emlir
from emlir.fitting.dimensions import combined, read_unit

X = np.linspace(1, 5, 30)


def test_rows_of_weight_zero_do_not_count():
    y = 2 * X**2
    y[5::7] += 40
    weights = np.ones_like(y)
    weights[5::7] = 0
    assert str(emlir.fit(X, y, sample_weight=weights).expression) == "2*x^2"
    assert emlir.fit(X, y, time_limit=5).r2 < 0.9


@pytest.mark.slow
def test_weights_are_those_of_repeated_rows():
    rng = np.random.default_rng(0)
    y = 3 * np.exp(-X) + rng.normal(0, 0.01, X.size)
    counts = rng.integers(1, 4, X.size)
    options = {"max_size": 7, "noise": "additive"}
    weighted = emlir.fit(X, y, sample_weight=counts, **options)
    repeated = emlir.fit(np.repeat(X, counts), np.repeat(y, counts), **options)
    assert weighted.r2 == pytest.approx(repeated.r2, abs=1e-6)
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), atol=2e-3)


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([1, 2], "2 weights for 30 rows"),
        (-np.ones(30), "must not be below 0"),
        (np.zeros(30), "some must be above"),
        (np.full(30, np.nan), "sample_weight is nan in row 1"),
        (["a"] * 30, "sample_weight"),
    ],
)
def test_bad_weights(weights, says):
    with pytest.raises(emlir.DataError, match=says):
        emlir.fit(X, X**2, sample_weight=weights)


def test_units_are_products_of_powers():
    assert read_unit("kg*m/s^2") == {"kg": 1, "m": 1, "s": -2}
    assert read_unit("sqrt(m)/m^(1/2)") == read_unit("1") == {}
    assert read_unit("1/s") == {"s": -1}
    assert combined({"m": Fraction(1)}, {"s": Fraction(1)}, -2) == {"m": 1, "s": -2}


@pytest.mark.parametrize(
    ("units", "says"),
    [
        ({"z": "m"}, "a unit is given for 'z'; the variables are x"),
        ({"x": "m + s"}, "no product of powers"),
        ({"x": "m^"}, "is no unit"),
        ({"x": "m s"}, "is no unit"),
    ],
)
def test_bad_units(units, says):
    with pytest.raises(emlir.DataError, match=says):
        emlir.fit(X, X**2, units=units)


def test_limits_hold_for_the_front():
    y = 2 * X**2 + np.sin(3 * X) - 5
    result = emlir.fit(X, y, max_size=5, depth=3, time_limit=5)
    assert all(m.expression.tree_size <= 5 and m.expression.depth <= 3 for m in result.front)


def test_options_are_checked():
    with pytest.raises(ValueError, match="max_size must be at least 1"):
        emlir.fit(X, X**2, max_size=0)
    with pytest.raises(TypeError, match="no option 'maxsize'"):
        emlir.fit(X, X**2, maxsize=3)
