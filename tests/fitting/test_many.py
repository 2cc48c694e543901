"""fit_many: how often the same structure returns, its constants, processes, and interrupts."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

import emlir
from emlir.fitting import Candidate
from tests.fitting.quick import use

X = np.linspace(0.5, 6.0, 20)
Y = 3 * X**2


@pytest.fixture
def answers(monkeypatch):
    """Make the strategy answer, for each seed, with a formula of the test; keep the problems."""
    seen = SimpleNamespace(problems=[])

    def search(problem):
        problem.budget.spend(7, "answering")
        seen.problems.append(problem)
        yield Candidate(emlir.parse(seen.formulas[problem.seed]), 0.0, "additive")

    def answer(*formulas):
        seen.formulas = formulas
        return seen

    use(monkeypatch, search)
    return answer


def many(formulas, answers, **options):
    answers(*formulas)
    return emlir.fit_many(
        X, Y, seeds=range(len(formulas)), strategy="exact", noise="additive", **options
    )


def test_structures_are_counted(answers):
    found = many(("3*x^2", "x + 1", "2.9*x*x", "3.1*x^2", "5*x - 2"), answers)
    assert [(kind.count, kind.seeds) for kind in found.structures] == [(3, (0, 2, 3)), (2, (1, 4))]
    assert found.share == 3 / 5
    assert found.expression is emlir.parse("3*x^2")
    best, other = found.structures
    assert best.r2 == 1.0 and best.loss == 0.0
    assert str(best.skeleton) == "c1*x^2"
    assert best.constants[0].values == (3.0, 2.9, 3.1)
    assert (best.constants[0].low, best.constants[0].high) == (2.9, 3.1)
    assert other.expression is emlir.parse("5*x - 2")
    assert str(found).splitlines() == [
        "3 of 5: c1*x^2  with c1 in [2.9, 3.1]",
        "2 of 5: c1*x + c2  with c1 in [1, 5]; c2 in [-2, 1]",
    ]


def test_of_equally_frequent_structures_the_closest_comes_first(answers):
    found = many(("x + 1", "3*x^2", "exp(x)"), answers)
    assert str(found.structures[0].skeleton) == "c1*x^2"
    assert found.share == 1 / 3


def test_coefficients_of_one_and_minus_one_are_written(answers):
    found = many(("x - exp(-x)", "x - exp(-x)"), answers)
    assert str(found) == "2 of 2: x - exp(-x)"
    assert found.structures[0].constants == ()


def test_names_of_constants_are_not_those_of_variables(answers):
    answers("3*c1^2", "2*c1^2")
    found = emlir.fit_many(X, Y, [0, 1], names=["c1"], strategy="exact", noise="additive")
    assert found.structures[0].skeleton is emlir.parse("c_1*c1^2")


def test_a_formula_that_is_undefined_on_a_row_is_not_chosen(answers):
    drawn = np.random.default_rng(0).integers(0, 20, 20)
    missing = float(X[min(set(range(20)) - set(drawn))])
    found = many((f"1/(x - {missing!r})", "x + 50"), answers, bootstrap=True)
    assert found.expression is emlir.parse("x + 50")
    assert found.structures[1].r2 == -np.inf


def test_seeds_and_options_reach_each_fit(answers):
    seen = answers(*["x"] * 8)
    weights = np.arange(1.0, 21.0)
    found = emlir.fit_many(
        X, Y, seeds=(3, 5), strategy="exact", sample_weight=weights, max_size=9, y_unit="m"
    )
    assert [problem.seed for problem in seen.problems] == [3, 5]
    assert [result.seed for result in found.results] == [3, 5]
    for problem in seen.problems:
        assert problem.limits.max_size == 9 and problem.y_unit is not None
        np.testing.assert_allclose(problem.weights, weights / weights.mean())
        np.testing.assert_array_equal(problem.y, Y)
    assert found.structures[0].seeds == (3, 5)


def test_bootstrap_draws_rows_by_the_seed(answers):
    seen = answers(*["x"] * 4)
    weights = np.arange(1.0, 21.0)
    options = {"strategy": "exact", "bootstrap": True, "sample_weight": weights}
    found = emlir.fit_many(X, Y, seeds=(0, 1, 1), **options)
    assert found.bootstrap
    zero, one, again = (problem.columns["x"] for problem in seen.problems)
    assert not np.array_equal(zero, one) and np.array_equal(one, again)
    for problem in seen.problems:
        assert len(problem.y) == 20 and len(set(problem.y)) < 20
        np.testing.assert_array_equal(problem.y, 3 * problem.columns["x"] ** 2)
        place = np.searchsorted(X, problem.columns["x"])
        np.testing.assert_allclose(
            problem.weights / problem.weights[0], weights[place] / weights[place][0]
        )


def test_progress_is_told_after_each_fit(answers):
    seen = []
    many(("x", "x"), answers, progress=lambda doing, work: seen.append((doing, work)))
    assert ("1 of 2 fits done", 7) in seen
    assert seen[-1] == ("2 of 2 fits done", 14)


def test_what_an_interrupt_leaves(monkeypatch):
    def search(problem):
        yield Candidate(emlir.parse("3*x^2"), 0.0, "additive")
        if problem.seed == 1:
            raise KeyboardInterrupt

    use(monkeypatch, search)
    found = emlir.fit_many(X, Y, range(4), strategy="exact", noise="additive")
    assert [result.stopped for result in found.results] == ["done", "interrupted"]
    assert found.structures[0].seeds == (0, 1)

    def nothing(problem):
        if problem.seed == 1:
            raise KeyboardInterrupt
        yield Candidate(emlir.parse("3*x^2"), 0.0, "additive")

    use(monkeypatch, nothing)
    found = emlir.fit_many(X, Y, range(4), strategy="exact", noise="additive")
    assert len(found.results) == 1
    with pytest.raises(KeyboardInterrupt):
        emlir.fit_many(X, Y, [1], strategy="exact", noise="additive")


def test_bad_calls():
    with pytest.raises(ValueError, match="at least one seed"):
        emlir.fit_many(X, Y, seeds=[])
    with pytest.raises(TypeError, match="'resume'"):
        emlir.fit_many(X, Y, resume="state.json")
    with pytest.raises(TypeError, match="no option 'depths'"):
        emlir.fit_many(X, Y, depths=3)
    with pytest.raises(emlir.DataError, match="20 rows"):
        emlir.fit_many(X[:9], Y)


def test_processes_give_the_same():
    options = {"seeds": range(2), "bootstrap": True, "strategy": "exact"}
    here = emlir.fit_many(X, Y, **options)
    with ProcessPoolExecutor(2) as pool:
        there = emlir.fit_many(X, Y, executor=pool, **options)
    assert str(here) == str(there) == "2 of 2: c1*x^2  with c1 = 3"
    assert [r.work for r in here.results] == [r.work for r in there.results]
    assert pickle.loads(pickle.dumps(here)).expression is here.expression


def test_noise_moves_the_constants():
    noisy = Y * (1 + 0.05 * np.random.default_rng(1).normal(size=20))
    found = emlir.fit_many(X, noisy, bootstrap=True, seeds=range(2), max_size=5, time_limit=0.5)
    assert sum(kind.count for kind in found.structures) == 2
    assert found.structures[0].r2 > 0.97
