"""The stages that find laws in many variables, each on laws of its kind and on others."""

import numpy as np
import pytest

import emlir
from emlir.plugin_api import Budget, OutOfTimeError, Problem, symbol
from emlir_search.groups import grouped
from emlir_search.index import CERTAIN, indices
from emlir_search.laws import Laws
from emlir_search.match import make_view
from emlir_search.polynomials import polynomials, polynomials_of_functions
from emlir_search.pursuit import MATCHED
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner, spread
from emlir_search.scaled import MARK, scaled_table, with_scales
from emlir_search.shorten import shortest
from emlir_search.sums import quotients, sums
from emlir_search.transforms import IDENTITY, OF_PRODUCTS, SQUARE, TRANSFORMS, usable
from emlir_search.wide import wide_table


def problem(text, rows=600, low=1.0, high=3.0, noise=0.0):
    truth = emlir.parse(text)
    rng = np.random.default_rng(4)
    columns = {name: rng.uniform(low, high, rows) for name in truth.symbols}
    y = np.broadcast_to(emlir.evaluate(truth, columns), rows)
    y = y + noise * np.std(y) * rng.normal(size=rows)
    return Problem(columns, y, ("additive",), seed=0, budget=Budget(1e9))


def closest(stage, refiner):
    """The closest match of a stage, as a formula with its constants fitted."""
    best = min(stage, key=lambda match: match.rank)
    for _ in refiner.consider(with_scales(best.form()), best.noise):
        pass
    for _ in refiner.finish():
        pass
    return best.left, refiner.candidate(refiner.leader).expression


def view_at(refiner, transform, points):
    found = make_view(transform, refiner.noises[0], points)
    assert found is not None
    return found


def same(found, text):
    """Whether a formula has the values of another, far outside of the data too."""
    truth = emlir.parse(text)
    rng = np.random.default_rng(9)
    columns = {name: rng.uniform(0.5, 6.0, 200) for name in truth.symbols}
    got, wanted = (emlir.evaluate(expr, columns) for expr in (found, truth))
    defined = np.isfinite(wanted)
    np.testing.assert_allclose(got[defined], wanted[defined], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("a*b + 3*sin(c) - 2/a", sums),
        ("a*b/(a + b)", quotients),
        ("(2 + 3*a)/(1 + 5*a*b)", quotients),
    ],
)
def test_sums_and_quotients_of_classes(text, stage):
    refiner = Refiner(problem(text))
    points = spread(refiner.y, 100)
    columns = {name: column[points] for name, column in refiner.columns.items()}
    wide = wide_table(columns, lambda count: None, 3_000)
    left, found = closest(stage(refiner, wide, view_at(refiner, IDENTITY, points)), refiner)
    assert left < MATCHED
    same(found, text)


@pytest.mark.parametrize(
    ("text", "transform", "stage"),
    [
        ("x^6 + x^5 + x^4 + x^3 + x^2 + x", IDENTITY, polynomials),
        ("sqrt((a - b)^2 + (c - d)^2)", SQUARE, polynomials),
        ("a + b + 2*sqrt(a*b)*cos(c)", IDENTITY, polynomials_of_functions),
    ],
)
def test_polynomials(text, transform, stage):
    refiner = Refiner(problem(text))
    points = spread(refiner.y, 600)
    left, found = closest(stage(refiner, view_at(refiner, transform, points), points), refiner)
    assert left < 100 * MATCHED
    same(found, text)


def test_a_polynomial_under_noise_keeps_few_terms():
    refiner = Refiner(problem("a^2 - 3*a*b + 2", noise=0.02))
    points = spread(refiner.y, 600)
    (match,) = polynomials(refiner, view_at(refiner, IDENTITY, points), points)
    assert len(match.form().parameters) <= 5


def test_the_argument_of_an_unknown_function_is_found():
    refiner = Refiner(problem("n*f^2*tanh(m*b/(k*t))"))
    best, *_ = indices(refiner)
    assert best.left < CERTAIN
    powers = {name: round(power, 3) for name, power in best.powers.items()}
    assert {"m", "b", "k", "t"} == set(best.body.symbols)
    assert (powers["n"], powers["f"]) == (1, 2)


def test_no_argument_is_certain_where_there_is_none():
    found = indices(Refiner(problem("a*b + exp(c)*d + sin(a + d)")))
    assert all(index.left > CERTAIN for index in found)


def test_groups_are_found_one_after_the_other():
    steps = grouped(Refiner(problem("q*(f + b*v*sin(t))", low=1.0, high=4.0)))
    assert [len(step.columns) for step in steps[:2]] == [4, 3]
    found = {str(step.factor) for step in steps[:2]} | set(map(str, steps[0].meaning.values()))
    assert {"b*v"} <= found or "q" in found


def test_what_is_found_in_fewer_variables_is_translated():
    whole = Refiner(problem("a*exp(b/c)"))
    b, c = (whole.columns[name] for name in "bc")
    meaning = emlir.parse("b/c")
    reduced = Reduced.of(whole, {meaning: b / c}, emlir.parse("a"))
    np.testing.assert_allclose(reduced.y, np.exp(b / c), rtol=1e-12)
    for _ in Laws(reduced).products():
        pass
    same(whole.candidate(whole.leader).expression, "a*exp(b/c)")
    assert whole.leader.rms < 1e-12


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("a*(b + c/a)", "a*b + c"),
        ("x^2*(y/x + z/x^2)", "x*y + z"),
        ("a*(b + c)", "a*(b + c)"),
        ("-(a*(1 - b/a))/c", None),
        ("x", "x"),
    ],
)
def test_factors_are_multiplied_into_sums_where_that_is_shorter(text, short):
    expr = emlir.parse(text)
    found = shortest(expr)
    assert found.tree_size <= expr.tree_size
    assert short is None or found == emlir.parse(short)
    at = {name: np.array([1.7, 0.3]) + k for k, name in enumerate(expr.symbols)}
    np.testing.assert_allclose(emlir.evaluate(found, at), emlir.evaluate(expr, at), rtol=1e-12)


def test_scales_become_constants_that_are_fitted():
    refiner = Refiner(problem("x^2/(exp(1.7*x) - 1)"))
    points = spread(refiner.y, 128)
    table = scaled_table({"x": refiner.columns["x"][points]}, lambda count: None)
    marked = {name for k in range(0, len(table), 500) for name in table.expression(k).symbols}
    assert any(name.startswith(MARK) for name in marked)
    laws = Laws(refiner)
    for _ in laws.products():
        pass
    for _ in laws.likely():
        pass
    assert refiner.is_resolved(20)
    same(refiner.candidate(refiner.leader).expression, "x^2/(exp(1.7*x) - 1)")


@pytest.mark.parametrize("transform", [*TRANSFORMS, *OF_PRODUCTS], ids=lambda t: t.name)
def test_transforms_invert_and_their_slopes_are_derivatives(transform):
    y = np.linspace(0.2, 0.9, 20)
    target, slope = usable(transform, y)
    s = symbol("s")
    back = emlir.evaluate(transform.outer(s), {"s": target})
    np.testing.assert_allclose(back, y, rtol=1e-12)
    step = 1e-6
    rise = (transform.target(y + step) - transform.target(y - step)) / (2 * step)
    np.testing.assert_allclose(np.abs(1 / rise), slope, rtol=1e-6)


def test_every_stage_looks_at_the_clock():
    for part in ("products", "likely", "others"):
        stopped = Problem(
            {"x": np.arange(1.0, 40), "z": np.cos(np.arange(39.0))},
            np.sin(np.arange(1.0, 40)) + 2,
            ("additive",),
            seed=0,
            budget=Budget(1e9),
        )
        laws = Laws(Refiner(stopped))
        if part != "products":
            list(laws.products())
        stopped.budget.time_limit = 1e-9
        with pytest.raises(OutOfTimeError):
            list(getattr(laws, part)())


def test_two_of_two_hundred_variables():
    rng = np.random.default_rng(0)
    columns = {f"x{k}": rng.normal(size=300) for k in range(200)}
    y = 2 * columns["x3"] - columns["x100"] + 0.01 * rng.normal(size=300)
    refiner = Refiner(Problem(columns, y, ("additive",), seed=0, budget=Budget(1e9)))
    laws = Laws(refiner)
    for part in (laws.products, laws.likely):
        for _ in part():
            pass
    assert refiner.candidate(refiner.leader).expression == emlir.parse("2*x3 - x100")


@pytest.mark.parametrize(
    "text",
    [
        "-sqrt(a^2 + b^2 - 2*a*b*cos(c))",
        "-ln(1 + a*b + 2.2*c)",
        "-(a + 1.3*b*c + 0.7)^2",
        "-1 - 2*a^2*exp(-b*c)",
    ],
)
def test_laws_below_zero_are_found_as_those_above(text):
    rows = np.random.default_rng(4).uniform(0.5, 3, (3, 80))
    columns = dict(zip("abc", rows, strict=True))
    y = emlir.evaluate(emlir.parse(text), columns)
    found = emlir.fit(rows, y, names=list("abc"), strategy="exact")
    assert found.r2 > 1 - 1e-12
    assert found.expression.tree_size <= emlir.parse(text).tree_size + 4


def test_values_of_zero_beside_both_signs_are_no_obstacle():
    rows = np.random.default_rng(4).uniform(0.5, 3, (3, 60))
    y = np.random.default_rng(5).integers(-2, 3, 60).astype(float)
    columns = dict(zip("abc", rows, strict=True))
    problem = Problem(columns, y, ("additive",), seed=0, budget=Budget(1e9))
    assert isinstance(indices(Refiner(problem)), list)
