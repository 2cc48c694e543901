"""Data of any size: what is found for s*y is s times what is found for y."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import Budget, Problem
from emlir_search.factors import products
from emlir_search.match import make_view
from emlir_search.noise import make_noise
from emlir_search.pursuit import MATCHED
from emlir_search.refine import Refiner, spread
from emlir_search.sums import sums, sums_of_kinds
from emlir_search.transforms import IDENTITY, OF_PRODUCTS, TRANSFORMS, usable
from emlir_search.wide import wide_table

SCALES = (1e-60, 1e-34, 1e-25, 1e19, 1e22, 1e30, 1e80)


def refiner(scale, rows=150):
    rng = np.random.default_rng(4)
    columns = {name: rng.uniform(1, 3, rows) for name in "abc"}
    a, b, c = columns.values()
    y = scale * (a * b + 3.3 * np.sin(c) - 2.2 / a)
    return Refiner(Problem(columns, y, ("additive",), seed=0, budget=Budget(1e9)))


def classes(found):
    points = spread(found.y, 100)
    columns = {name: column[points] for name, column in found.columns.items()}
    return wide_table(columns, lambda count: None, 3_000), points


@pytest.mark.parametrize("scale", SCALES)
def test_sums_are_found_at_any_scale(scale):
    found = refiner(scale)
    wide, points = classes(found)
    view = make_view(IDENTITY, found.noises[0], points)
    assert min(match.left for match in sums(found, wide, view)) < MATCHED


@pytest.mark.parametrize("scale", SCALES)
def test_single_terms_leave_the_same_at_any_scale(scale):
    lefts = []
    for factor in (1.0, scale):
        found = refiner(factor)
        wide, points = classes(found)
        view = make_view(IDENTITY, found.noises[0], points)
        kinds = np.arange(len(wide))
        lefts.append([match.left for match in sums_of_kinds(found, wide, view, kinds, 20)])
    np.testing.assert_allclose(*lefts, rtol=1e-3)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("transform", OF_PRODUCTS, ids=lambda transform: transform.name)
@pytest.mark.parametrize("scale", SCALES)
def test_products_are_looked_for_at_any_scale(scale, transform):
    found = refiner(scale)
    wide, points = classes(found)
    assert all(np.isfinite(m.left) for m in products(found, wide, points, transform))


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda transform: transform.name)
def test_a_transform_whose_target_is_rounding_or_vanishes_is_not_used(transform):
    for y in (np.linspace(1, 3, 9) * 1e-90, np.linspace(1, 3, 9) * 1e90):
        found = usable(transform, y)
        if found is not None:
            assert np.ptp(found[0]) > 1e-3 * np.max(np.abs(found[0]))
            assert 0 < float(np.sum(found[0] ** 2)) < np.inf


@given(
    st.integers(-290, -1) | st.integers(17, 290), st.sampled_from(["additive", "multiplicative"])
)
def test_what_the_digits_resolve_does_not_depend_on_the_scale(power, name):
    digits = (1.25, 2.5, 3.75, 9.99)
    y = np.array([float(f"{value}e{power}") for value in digits])
    assert make_noise(name, y).floor == pytest.approx(make_noise(name, np.array(digits)).floor)


def test_integers_that_may_be_counts_are_exact():
    assert make_noise("additive", np.array([1.0, 20.0, 300.0])).floor == pytest.approx(1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-34, 1e-25, 1e22, 1e30])
def test_the_law_is_found_at_any_scale_and_errors_scale_with_it(scale):
    x, z = np.random.default_rng(0).uniform(0.5, 3, (2, 60))
    y = 1.7 * x**2 + 2.2 * x * z
    plain, scaled = (emlir.fit(np.c_[x, z], s * y, time_limit=20) for s in (1.0, scale))
    grid = np.random.default_rng(1).uniform(0.1, 9, (50, 2))
    np.testing.assert_allclose(scaled.predict(grid), scale * plain.predict(grid), rtol=1e-9)
    assert scaled.r2 == pytest.approx(1)
    for one, other in zip(plain.constants, scaled.constants, strict=False):
        assert one.error / abs(one.value) == pytest.approx(other.error / abs(other.value), rel=0.1)


@pytest.mark.parametrize("strategy", ["evolution", "hybrid_mul"])
def test_other_strategies_find_laws_in_very_small_units(strategy):
    x = np.linspace(0.5, 3, 40)
    result = emlir.fit(x, 1e-25 * (x * x + x), strategy=strategy, time_limit=20)
    assert result.r2 == pytest.approx(1, abs=1e-9)


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
