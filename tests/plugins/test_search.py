"""The strategy exact: laws are found, constants snap only where they should, scores are sane."""

from fractions import Fraction

import numpy as np
import pytest

import emlir
from emlir.fitting.problem import Budget, Problem
from emlir_search.exact import STRATEGY
from emlir_search.form import Form, parameter
from emlir_search.noise import make_noise
from emlir_search.polish import polish
from emlir_search.score import number_cost, structure_cost
from emlir_search.snap import round_to, snap
from emlir_search.tidy import tidy

X = np.linspace(0.5, 9.0, 30)


def noisy(y, seed=1, size=0.01):
    return y * np.exp(np.random.default_rng(seed).normal(0, size, y.shape))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3.7*x^1.73", "3.7*x^1.73"),
        ("5*exp(-0.4*x)", "5*exp(-0.4*x)"),
        ("4*ln(x) + 20", "4*ln(x) + 20"),
        ("sqrt(x^2 + 1)", "sqrt(x^2 + 1)"),
    ],
)
def test_laws_without_noise(text, wanted):
    y = emlir.evaluate(emlir.parse(text), {"x": X})
    assert emlir.fit(X, y).expression is emlir.parse(wanted)


@pytest.mark.slow
def test_saturation_with_noise():
    result = emlir.fit(X, noisy(2.5 * X / (X + 1.7)))
    assert result.noise.model == "multiplicative"
    assert 0.005 < result.noise.sigma < 0.02
    grid = np.linspace(0.1, 50, 20)
    np.testing.assert_allclose(result.predict(grid), 2.5 * grid / (grid + 1.7), rtol=0.03)


@pytest.mark.slow
def test_arrhenius_with_noise():
    temperature = np.linspace(280.0, 400.0, 12)
    result = emlir.fit(temperature, noisy(2e9 * np.exp(-6000 / temperature)), names=["T"])
    factor, inner = result.expression.args
    assert result.expression.op.name == "mul"
    assert factor.is_number
    assert inner.op.name == "exp"
    exponent = inner.args[0]
    assert exponent.op.name == "div"
    assert float(exponent.args[0].number) == pytest.approx(-6000, rel=0.02)


def test_two_variables_and_an_inverse_square():
    rng = np.random.default_rng(5)
    mass, distance = rng.uniform(1, 5, (2, 40))
    result = emlir.fit(
        np.stack([mass, distance]), noisy(6.67 * mass / distance**2), names=["m", "r"]
    )
    value = emlir.evaluate(result.expression, {"m": 2.0, "r": 10.0})
    assert value == pytest.approx(6.67 * 2 / 100, rel=0.01)
    assert result.expression.tree_size <= 7


def candidates(y, **options):
    budget = Budget(options.pop("time_limit", 60.0))
    problem = Problem({"x": X}, y, options.pop("noises", ("additive",)), 0, budget)
    return STRATEGY.search(problem)


def test_the_first_candidate_comes_at_once():
    assert next(candidates(np.sin(X))).expression.is_number


def fitted(text, start, y, noise="additive"):
    expr = emlir.parse(text).subs({"a": parameter(0), "b": parameter(1)})
    parameters = tuple(parameter(k) for k in range(len(start)))
    form = Form(expr, parameters, np.array(start, float))
    return polish(form, {"x": X}, make_noise(noise, y))


def test_polish_finds_the_least_squares():
    rng = np.random.default_rng(0)
    y = 3 * X + 1 + rng.normal(0, 0.1, X.size)
    found = fitted("a*x + b", [1, 0], y)
    np.testing.assert_allclose(found.theta, np.polyfit(X, y, 1), rtol=1e-9)
    _, covariance = np.polyfit(X, y, 1, cov=True)
    np.testing.assert_allclose(found.errors, np.sqrt(np.diag(covariance)), rtol=1e-6)


def test_polish_refuses_what_is_undefined_or_has_too_many_constants():
    assert fitted("a*ln(x - 5)", [1], X) is None
    short = Form(emlir.parse("x") * parameter(0), (parameter(0),), np.array([1.0]))
    noise = make_noise("additive", X[:1])
    assert polish(short, {"x": X[:1]}, noise) is None


def never(units, doing):
    pass


def test_snap_needs_the_data_to_agree():
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 0.01, X.size)
    near = snap(fitted("a*x + b", [1, 0], 2 * X + 5 + noise), {"x": X}, never)
    assert near.form.expr is emlir.parse("2*x + 5")
    far = snap(fitted("a*x + b", [1, 0], 2.0371 * X + 5 + noise), {"x": X}, never)
    assert far.theta.size == 1
    assert far.theta[0] == pytest.approx(2.0371, abs=0.003)


def test_snap_finds_pi_and_drops_one_and_zero():
    exact = snap(fitted("a*x + b", [1, 1], np.pi * X), {"x": X}, never)
    assert exact.form.expr is emlir.pi() * emlir.symbols("x")
    plain = snap(fitted("a*x + b", [2, 1], X), {"x": X}, never)
    assert plain.form.expr is emlir.symbols("x")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1*x", "x"),
        ("x*x", "x^2"),
        ("x*sqrt(x)", "x^(3/2)"),
        ("3*(x*(1/y))", "3*x/y"),
        ("x + 0", "x"),
        ("0*ln(x) + x", "x"),
        ("x + -2*y", "x - 2*y"),
        ("x^1", "x"),
        ("x^(1/2)", "sqrt(x)"),
        ("x*y^(-2)", "x/y^2"),
        ("-(-x)", "x"),
        ("x/1", "x"),
        ("sqrt(sqrt(x))", "x^(1/4)"),
        ("sqrt(x^2)", "sqrt(x^2)"),
        ("x + x", "2*x"),
        ("ln(exp(x))", "x"),
        ("x/0", "x/0"),
        ("x*exp(0*y)", "x"),
        ("ln(cos(0))", "0"),
        ("2*(x - y) - (y - 1)", "2*x - 3*y + 1"),
        ("1 + x - 1 - x", "0"),
        ("-x + 5", "5 - x"),
        ("3 - 2*x/y", "3 - 2*x/y"),
        ("(x + 1)*(x + 1)", "(x + 1)^2"),
    ],
)
def test_tidy(text, wanted):
    assert tidy(emlir.parse(text)) is emlir.parse(wanted)


def test_tidy_does_not_recurse():
    expr = emlir.symbols("x")
    for _ in range(20_000):
        expr = emlir.sin(expr)
    assert tidy(expr) is expr


def test_costs():
    values = [Fraction(1), Fraction(2), Fraction(3, 2), Fraction(20, 3), Fraction(981, 100)]
    costs = [number_cost(value) for value in values]
    assert costs == sorted(costs)
    plain, closed = (structure_cost(emlir.parse(t), 1) for t in ("x^3", "x^sqrt(3)"))
    assert closed > plain + 4


@pytest.mark.parametrize(
    ("value", "step", "wanted"), [(1.23456, 0.01, "1.23"), (-1234.5, 10, "-1230"), (0.0, 1, "0")]
)
def test_rounding(value, step, wanted):
    assert round_to(value, step) == Fraction(wanted)


def test_resolution_is_that_of_the_digits():
    assert make_noise("additive", np.array([1.25, 2.5, 3.1])).floor == pytest.approx(
        0.01 / 12**0.5 / 3.1
    )
    assert make_noise("additive", np.array([1.0, 4.0, 9.0])).floor == 1e-12


def test_a_few_values_of_the_wrong_sign_do_not_hide_a_product():
    rng = np.random.default_rng(9)
    a, b, c = rng.uniform(1, 5, 40), rng.uniform(1, 5, 40), rng.uniform(0.2, 2, 40)
    y = a * np.exp(-b / c)
    y += rng.normal(0, 0.01 * y.std(), 40)
    assert (y < 0).any()
    found = emlir.fit(np.stack([a, b, c]), y, names=["a", "b", "c"])
    assert str(found.expression) in ("a*exp(-b/c)", "a/exp(b/c)")
