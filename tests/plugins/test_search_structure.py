"""What residuals tell: structure, white noise, or nothing where no test has the power to see."""

import numpy as np
import pytest

from emlir.plugin_api import Budget, Problem
from emlir_search.auto import PATIENCE, is_enough
from emlir_search.form import Form, parameter
from emlir_search.refine import Refiner
from emlir_search.structure import leaves_structure

CONSTANT = Form(parameter(0), (parameter(0),), np.array([0.5]))


def refined(y, columns):
    """The constant as the formula, so that the residuals are y."""
    named = {f"x{k}": column for k, column in enumerate(columns)}
    refiner = Refiner(Problem(named, y, ("additive",), seed=0, budget=Budget(1e9)))
    list(refiner.consider(CONSTANT, refiner.noises[0]))
    list(refiner.finish())
    return refiner


def verdict(y, columns):
    refiner = refined(y, columns)
    return leaves_structure(refiner.leader, refiner)


def uniform(rows, variables, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 3, (variables, rows))


@pytest.mark.parametrize(("rows", "variables"), [(300, 200), (200, 40), (60, 15), (20, 1), (8, 1)])
def test_what_no_test_could_see_is_not_denied(rows, variables):
    noise = np.random.default_rng(2).normal(size=rows)
    assert verdict(noise, uniform(rows, variables)) is None


@pytest.mark.parametrize(("rows", "variables"), [(40, 1), (256, 2), (500, 10)])
def test_white_noise_is_seen_to_be_that(rows, variables):
    seen = [
        verdict(np.random.default_rng(seed).normal(size=rows), uniform(rows, variables))
        for seed in range(10)
    ]
    assert seen.count(False) >= 8


@pytest.mark.parametrize(("rows", "variables"), [(40, 1), (60, 3), (256, 2)])
def test_a_trend_as_strong_as_the_noise_is_not_missed(rows, variables):
    x = uniform(rows, variables)
    seen = [
        verdict(1.4 * x[0] + np.random.default_rng(seed).normal(size=rows), x) for seed in range(20)
    ]
    assert seen.count(True) >= 19


def test_one_of_very_many_variables_is_found():
    x = uniform(300, 200)
    noise = np.random.default_rng(1).normal(size=300)
    assert verdict(np.cos(2 * x[77]) + 0.3 * noise, x) is True


@pytest.mark.parametrize("rows", [120, 400])
def test_oscillations_too_fast_for_polynomials_show_in_neighbours(rows):
    x = np.linspace(0.1, 6, rows)
    noise = np.random.default_rng(1).normal(size=rows)
    assert verdict(np.sin(3 * x**2) + 0.1 * noise, [x]) is True


def test_stretches_show_what_is_smooth_only_in_places():
    x = np.linspace(0, 8, 160)
    noise = np.random.default_rng(4).normal(size=160)
    wave = np.where(x < 2, np.sin(6 * np.pi * x), 0)
    assert verdict(3 * wave + np.where(x < 2, 0.1, 1.0) * noise, [x]) is True


def test_evolution_goes_on_unless_white_noise_is_seen():
    noise = np.random.default_rng(3).normal(size=256)
    assert is_enough(refined(noise, uniform(256, 2)), 0)
    x = uniform(256, 2)
    assert not is_enough(refined(x[0] * x[1], x), 10_000)
    unsure = refined(noise[:60], uniform(60, 15))
    assert not is_enough(unsure, 15 * PATIENCE - 1)
    assert is_enough(unsure, 15 * PATIENCE)


def test_few_rows_in_one_variable_need_no_evolution_unless_neighbours_are_alike():
    noise = np.random.default_rng(3).normal(size=20)
    assert is_enough(refined(noise, uniform(20, 1)), 0)
    assert not is_enough(refined(noise, uniform(20, 2)), 0)
    x = np.linspace(0, 6, 20)
    wave = refined(np.sin(x) + 0.01 * noise, [x])
    assert not is_enough(wave, PATIENCE - 1)
    assert is_enough(wave, PATIENCE)
