"""Units: the products that are chosen have the units that they must have."""

import warnings

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import Budget, Problem
from emlir_search.dimensionless import choose_products, dimensionless
from emlir_search.refine import Refiner
from tests.benchmarks.feynman.table import equation, equations


def problem(units, y_unit, rows=30):
    from emlir.fitting.dimensions import read_unit

    rng = np.random.default_rng(2)
    columns = {name: rng.uniform(1, 3, rows) for name in units}
    dimensions = {name: read_unit(unit) for name, unit in units.items() if unit is not None}
    return Problem(
        columns,
        rng.uniform(1, 2, rows),
        ("additive",),
        seed=0,
        budget=Budget(1e9),
        units=dimensions,
        y_unit=None if y_unit is None else read_unit(y_unit),
    )


def unit_of(exponents, units):
    total = {}
    for name, power in exponents.items():
        for base, own in units[name].items():
            total[base] = total.get(base, 0) + power * own
    return {base: power for base, power in total.items() if power}


@pytest.mark.parametrize("entry", equations()[::3], ids=lambda entry: entry.name)
def test_products_of_the_feynman_equations_have_their_units(entry):
    asked = problem(entry.units, entry.y_unit)
    products = choose_products(asked)
    assert unit_of(products.factor, asked.units) == asked.y_unit
    assert all(group and not unit_of(group, asked.units) for group in products.groups)


def test_there_are_as_many_as_buckingham_says():
    entry = equation("I.41.16")
    assert len(choose_products(problem(entry.units, entry.y_unit)).groups) == 1


@pytest.mark.parametrize(
    ("units", "y_unit"),
    [({"a": "m", "b": None}, "m"), ({"a": "m", "b": "s"}, None), ({"a": "m", "b": "m^2"}, "s")],
)
def test_nothing_is_made_of_units_that_are_unknown_or_cannot_be(units, y_unit):
    assert choose_products(problem(units, y_unit)) is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("units", "y_unit"),
    [
        ({"a": "m", "b": None}, "m"),
        ({"a": "m", "b": "s"}, None),
        ({"a": "m", "b": "s"}, "m/s"),
        ({"a": "m*s", "b": "s"}, "m"),
        ({"a": "1", "b": "1"}, "1"),
        ({"a": "m", "b": "m^2"}, "1"),
    ],
)
def test_other_units_are_not_complained_about(units, y_unit):
    dimensionless(Refiner(problem(units, y_unit)))


def test_a_power_law_has_no_products_left():
    assert dimensionless(Refiner(problem({"a": "m", "b": "s"}, "m/s"))) is None


@given(st.lists(st.sampled_from(["m", "s", "m/s", "m^2", "1", "kg*m/s^2"]), min_size=2, max_size=5))
def test_groups_never_have_a_unit(units):
    asked = problem({f"x{k}": unit for k, unit in enumerate(units)}, units[0])
    products = choose_products(asked)
    assert unit_of(products.factor, asked.units) == asked.y_unit
    assert all(not unit_of(group, asked.units) for group in products.groups)


def test_a_unit_that_y_cannot_have_is_told():
    x = np.random.default_rng(1).uniform(1, 4, (2, 40))
    options = {"units": {"x1": "m", "x2": "s"}, "strategy": "exact"}
    with pytest.warns(RuntimeWarning, match="y_unit cannot be made"):
        found = emlir.fit(x, x[0] + x[1], y_unit="kg", **options)
    assert str(found.expression) in ("x1 + x2", "x2 + x1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        emlir.fit(x, x[0] * x[1], y_unit="m*s", **options)


def test_a_law_is_found_with_units():
    law = emlir.parse("h*w^3/(exp(h*w/(k*T)) - 1)")
    rng = np.random.default_rng(1)
    columns = {name: rng.uniform(1, 4, 200) for name in ("h", "w", "k", "T")}
    y = emlir.evaluate(law, columns)
    units = {"h": "J*s", "w": "1/s", "k": "J/K", "T": "K"}
    found = emlir.fit(
        np.stack(list(columns.values()), axis=1),
        y,
        names=list(columns),
        units=units,
        y_unit="J/s^2",
        time_limit=30,
    )
    assert found.stopped == "done"
    np.testing.assert_allclose(
        found.predict(np.array([[2.0, 5, 3, 7]])),
        emlir.evaluate(law, {"h": 2.0, "w": 5.0, "k": 3.0, "T": 7.0}),
        rtol=1e-8,
    )
