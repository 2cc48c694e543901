"""Ridge regression against scikit-learn's, and as a member of the check on rows left out."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from emlir.plugin_api import Budget, Problem, symbol
from emlir_search.form import Form, parameter
from emlir_search.held_out import checked
from emlir_search.noise import make_noise
from emlir_search.refine import Refiner
from emlir_search.ridge import PENALTIES, ridge

NAMES = [f"v{k}" for k in range(30)]


def linear_form(names):
    total = parameter(0)
    for k, name in enumerate(names, 1):
        total = total + parameter(k) * symbol(name)
    parameters = tuple(parameter(k) for k in range(len(names) + 1))
    return Form(total, parameters, np.zeros(len(parameters)))


def data(rows=60, noise=3.0):
    rng = np.random.default_rng(3)
    common = rng.normal(size=rows)
    columns = {name: 5 + common + rng.normal(size=rows) for name in NAMES}
    y = 7 + sum(0.2 * column for column in columns.values()) + noise * rng.normal(size=rows)
    return columns, y


def test_it_agrees_with_scikit_learn():
    columns, y = data()
    noise = make_noise("additive", y)
    theta = ridge(linear_form(NAMES), columns, noise)
    scaler = StandardScaler()
    rows = np.stack(list(columns.values()), axis=1)
    model = RidgeCV(PENALTIES * len(y), gcv_mode="eigen").fit(scaler.fit_transform(rows), y)
    ours = linear_form(NAMES).run(columns, theta)[0]
    theirs = model.predict(scaler.transform(rows))
    assert np.sqrt(np.mean((ours - theirs) ** 2)) < 0.15 * np.std(theirs)


def test_without_noise_nothing_is_drawn():
    columns, _ = data()
    y = 7 + 0.2 * columns["v0"] - columns["v1"]
    theta = ridge(linear_form(NAMES), columns, make_noise("additive", y))
    assert linear_form(NAMES).run(columns, theta)[0] == pytest.approx(y, rel=1e-5)


def test_weights_count_as_repeated_rows():
    columns, y = data(noise=0.3)
    twice = {name: np.concatenate([column, column[:20]]) for name, column in columns.items()}
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    form = linear_form(NAMES[:3])
    one = ridge(form, columns, make_noise("additive", y, weights))
    two = ridge(form, twice, make_noise("additive", np.concatenate([y, y[:20]])))
    assert one == pytest.approx(two, rel=0.05)


def test_what_is_not_linear_or_has_no_column_is_refused():
    columns, y = data()
    form = linear_form(NAMES[:2])
    assert ridge(form, columns, make_noise("multiplicative", np.abs(y) + 1)) is None
    constant = {"v0": np.full(60, 2.0), "v1": np.full(60, 3.0)}
    assert ridge(form, constant, make_noise("additive", y)) is None


def test_it_leads_where_many_columns_tell_the_same_and_has_no_standard_errors():
    columns, y = data(rows=130, noise=8.0)
    refiner = Refiner(Problem(columns, y, ("additive",), seed=0, budget=Budget(1e9)))
    constant = Form(parameter(0), (parameter(0),), np.array([0.5]))
    for _ in refiner.consider(constant, refiner.noises[0]):
        pass
    for _ in refiner.finish():
        pass
    (candidate,) = checked(refiner)
    assert set(candidate.expression.symbols) == set(NAMES)
    assert candidate.constants == ()
