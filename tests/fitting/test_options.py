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


def noisy_line(rows=40):
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 10, rows)
    return x, 2.3457 * x + 1.2345 + rng.normal(0, 0.5, rows)


def test_rows_of_weight_zero_are_as_good_as_absent():
    x, y = noisy_line()
    rng = np.random.default_rng(2)
    more, wrong = rng.uniform(-10, 10, 120), rng.normal(0, 50, 120)
    weights = np.repeat([1, 0], [40, 120])
    alone = emlir.fit(x, y, strategy="exact")
    beside = emlir.fit(np.r_[x, more], np.r_[y, wrong], sample_weight=weights, strategy="exact")
    for name in ("expression", "constants", "noise", "r2", "held_out", "unexplained", "front"):
        assert getattr(alone, name) == getattr(beside, name)
    assert beside.residuals.size == 160


def test_rows_that_hardly_count_add_no_certainty():
    x, y = noisy_line()
    few = emlir.fit(x[:20], y[:20], strategy="exact", max_size=5, noise="additive")
    weights = np.repeat([1.0, 1e-9], 20)
    most = emlir.fit(x, y, strategy="exact", max_size=5, noise="additive", sample_weight=weights)
    assert str(few.expression) == str(most.expression)
    for one, other in zip(few.constants, most.constants, strict=True):
        assert one.error == pytest.approx(other.error, rel=1e-3)


def test_formulas_need_not_exist_in_rows_that_do_not_count(tmp_path):
    x = np.r_[-1.0, -2.0, X]
    weights = np.r_[0, 0, np.ones(30)]
    y = np.r_[0, 0, 3 * np.log(X)]
    result = emlir.fit(x, y, sample_weight=weights)
    assert str(result.expression) == "3*ln(x)"
    assert result.r2 == 1 and np.isnan(result.residuals[:2]).all()
    result.report(tmp_path / "page.html")


@pytest.mark.parametrize("count", [5, 4_000])
def test_the_rows_of_a_long_table_are_drawn_by_weight(count):
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, 20_000)
    y = np.where(np.arange(20_000) < count, 3 * x**2, -x)
    weights = np.where(np.arange(20_000) < count, 1.0, 0 if count == 5 else 1e-9)
    assert str(emlir.fit(x, y, sample_weight=weights, time_limit=20).expression) == "3*x^2"


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
        ([1.0, 2.0] + [0] * 28, "only 2 rows of 30 have a weight above 0"),
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


def test_the_seed_and_the_device_are_checked_before_the_search():
    seen = []
    options = {"progress": lambda doing, work: seen.append(doing)}
    with pytest.raises(ValueError, match="seed must not be below 0"):
        emlir.fit(X, X**2, seed=-1, **options)
    with pytest.raises(TypeError):
        emlir.fit(X, X**2, seed="a", **options)
    pytest.importorskip("torch")
    for strategy in ("auto", "evolution"):
        with pytest.raises(ValueError, match="cannot use the device 'nonsense'"):
            emlir.fit(X, X**2, device="nonsense", strategy=strategy, **options)
    assert seen == []


def test_names_that_look_like_marks_are_names():
    x = np.random.default_rng(0).uniform(0.5, 3, (2, 60))
    y = 1.7 * x[0] + 2.2 * np.sin(x[1])
    for names in (["\x000", "\x010"], ["\x02a", "b"]):
        found = emlir.fit(x, y, names=names, strategy="exact", time_limit=20)
        assert found.r2 > 1 - 1e-9 and set(found.expression.symbols) == set(names)
