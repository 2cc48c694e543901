"""The check on rows left out: linear models win where searched formulas only look better."""

import numpy as np

from emlir.plugin_api import Budget, OutOfTimeError, Problem, SizeLimits, symbol
from emlir_search.form import Form, parameter
from emlir_search.held_out import checked
from emlir_search.refine import Refiner
from emlir_search.share import Share


def refined(y, columns, form, limits=None):
    problem = Problem(
        columns, y, ("additive",), seed=0, budget=Budget(1e9), limits=limits or SizeLimits()
    )
    refiner = Refiner(problem)
    for _ in refiner.consider(form, refiner.noises[0]):
        pass
    for _ in refiner.finish():
        pass
    return refiner


def data(rows=300, noise=1.0):
    rng = np.random.default_rng(1)
    columns = {name: rng.normal(size=rows) for name in "abcd"}
    return columns, columns["a"] + columns["b"] - columns["c"], noise * rng.normal(size=rows)


CONSTANT = Form(parameter(0), (parameter(0),), np.array([0.5]))


def test_a_linear_model_replaces_what_is_worse_on_rows_left_out():
    columns, y, noise = data()
    (candidate,) = checked(refined(y + noise, columns, CONSTANT))
    assert {"a", "b", "c"} <= set(candidate.expression.symbols)
    assert 0.6 < candidate.held_out < 0.85


def test_a_law_stays_where_it_is():
    columns, _, noise = data(noise=0.1)
    y = columns["a"] * columns["b"]
    from emlir import parse

    law = Form(parameter(0) * parse("a*b"), (parameter(0),), np.ones(1))
    (candidate,) = checked(refined(y + noise, columns, law))
    assert candidate.expression == parse("a*b")
    assert candidate.held_out > 0.97
    assert candidate.unexplained is False


def test_what_no_formula_expresses_is_said():
    columns, _, noise = data()
    y = np.where(np.floor(3 * columns["a"]) % 2 == 0, 1.0, -1.0) * columns["b"] + 0.01 * noise
    line = Form(parameter(0), (parameter(0),), np.array([0.5]))
    y = y + columns["b"] ** 3
    (candidate,) = checked(refined(y, columns, line))
    assert candidate.unexplained is True


def test_clean_data_and_few_rows_are_not_checked():
    columns, y, noise = data()
    line = Form(parameter(0) * symbol("a"), (parameter(0),), np.array([0.5]))
    assert not list(checked(refined(columns["a"] + 1e-12 * noise, columns, line)))
    few = {name: column[:8] for name, column in columns.items()}
    assert not list(checked(refined((y + noise)[:8], few, CONSTANT)))


def test_a_share_ends_before_the_whole_and_goes_on():
    whole = Budget(1e9)
    share = Share.of(whole, 0.5)
    share.spend(3, "work")
    assert whole.work == 3
    whole.time_limit = 1e-9 + 1.5 * whole.elapsed
    try:
        share.spend(1, "work")
    except OutOfTimeError:
        share.part = 1.0
    else:
        raise AssertionError("the share did not end")
    whole.time_limit = 1e9
    share.spend(1, "work")
    assert whole.work == 5


def test_what_is_too_large_takes_no_lead():
    columns, y, noise = data(noise=0.1)
    refiner = refined(y + noise, columns, CONSTANT, SizeLimits(max_size=7))
    a, b, c = (symbol(name) for name in "abc")
    places = tuple(parameter(k) for k in range(4))
    p, q, r, s = places
    law = Form(p * a + q * b + r * c + s, places, np.ones(4))
    assert not list(refiner.consider(law, refiner.noises[0]))
    part = Form(p * a + q * b, (p, q), np.ones(2))
    assert list(refiner.consider(part, refiner.noises[0]))
    assert all(found.expression.tree_size <= 7 for found in refiner.finish())
    assert set(refiner.leader.form.expr.symbols) >= {"a", "b"}
    (candidate,) = checked(refiner)
    assert candidate.expression.tree_size <= 7 and candidate.held_out > 0.4
