"""Intervals of constants cover the truth as often as they say, whatever was snapped beside them."""

import numpy as np
import pytest

from emlir import parse
from emlir.plugin_api import Budget, Problem
from emlir_search.form import Form, parameter
from emlir_search.refine import Refiner

SLOPE, OFFSET = 2.3457, 1.2345
NORMAL = 1.96
A, B, C = (parameter(k) for k in range(3))
X = parse("x")


def refined(form, columns, y, noise="additive", weights=None):
    budget = Budget(1e9)
    refiner = Refiner(Problem(columns, y, (noise,), seed=0, budget=budget, weights=weights))
    list(refiner.consider(form, refiner.noises[0]))
    list(refiner.finish())
    return refiner.candidate(refiner.leader)


def line(rows, seed, form):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 10, rows)
    y = SLOPE * x + OFFSET + rng.normal(0, 0.5, rows)
    return refined(form, {"x": x}, y)


def covers(constant, truth):
    return abs(constant.value - truth) <= NORMAL * constant.error


@pytest.mark.parametrize("rows", [12, 40])
@pytest.mark.parametrize("has_offset", [True, False])
def test_intervals_of_slopes_cover_beside_what_was_snapped(rows, has_offset):
    form = Form(A * X + B, (A, B), np.ones(2)) if has_offset else Form(A * X, (A,), np.ones(1))
    found = [line(rows, seed, form) for seed in range(100, 140)]
    hits = [covers(c.constants[0], SLOPE) for c in found]
    assert np.mean(hits) >= 0.85
    # and are about as wide as those of the straight line; a missing offset moves the slope
    assert not has_offset or np.median([c.constants[0].error for c in found]) < 0.8 / np.sqrt(rows)


def test_snapped_constants_are_listed_with_what_the_data_say():
    found = [line(40, seed, Form(A * X + B, (A, B), np.ones(2))) for seed in range(100, 140)]
    snapped = [c for c in found if c.parameters == 1]
    assert len(snapped) > 20
    exact = [c.constants[1] for c in snapped]
    assert all(constant.exact is not None for constant in exact)
    assert np.mean([covers(constant, OFFSET) for constant in exact]) >= 0.85


def test_a_term_that_was_snapped_away_is_listed_as_zero():
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 10, 40)
    y = SLOPE * x + rng.normal(0, 0.5, 40)
    found = refined(Form(A * X + B / X, (A, B), np.ones(2)), {"x": x}, y)
    assert str(found.expression).endswith("*x")
    term, offset = (constant for constant in found.constants if constant.exact == "0")
    assert abs(term.value) < 3 * term.error
    assert abs(offset.value) < 3 * offset.error


def test_numbers_of_a_shape_stay_as_they_are():
    x = np.linspace(-3, 3, 60)
    y = 2.13 / (1 + np.exp(-1.7 * x)) + np.random.default_rng(2).normal(0, 0.01, 60)
    shape = A / (1 + parse("exp(y)").subs({"y": B * X}))
    found = refined(Form(shape, (A, B), np.array([2.0, -1.5])), {"x": x}, y)
    assert "1" not in {constant.exact for constant in found.constants}


def test_constants_that_cannot_be_told_apart_are_not_freed_together():
    x = np.linspace(1, 9, 40)
    y = 2.1371 / (1 + 0.3517 * x) + np.random.default_rng(2).normal(0, 0.001, 40)
    found = refined(Form(A / (B + C * X), (A, B, C), np.array([2.0, 1.0, 0.3])), {"x": x}, y)
    assert found.parameters == 2
    assert all(0 < constant.error < 0.1 for constant in found.constants)


def test_relative_noise_frees_no_offset():
    x = np.linspace(1, 9, 40)
    y = 2.1371 * x**1.73 * np.exp(np.random.default_rng(2).normal(0, 0.01, 40))
    form = Form(A * X**B, (A, B), np.array([2.0, 1.5]))
    found = refined(form, {"x": x}, y, "multiplicative")
    assert [constant.exact for constant in found.constants] == [None, None]
    logs = np.polyfit(np.log(x), np.log(y), 1, cov=True)[1]
    assert found.constants[1].error == pytest.approx(np.sqrt(logs[0, 0]), rel=0.05)
