"""Trees of eml and products: pairs in closed form, the space, and the strategy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.plugin_api import Budget, Candidate, OutOfTimeError, Problem, manager
from emlir_enumerate import build_table
from emlir_search.evolve.backward import traced, wanted
from emlir_search.evolve.genomes import Genomes, genome
from emlir_search.evolve.grow import Grower
from emlir_search.evolve.links import links
from emlir_search.evolve.vary import Breeder
from emlir_search.evolve.vocabulary import Vocabulary
from emlir_search.form import Form, parameter
from emlir_search.hybrid import pairs as pairing, strategy as hybrid
from emlir_search.hybrid.pairs import Sums, best_pairs
from emlir_search.hybrid.space import BASIS, FUNCTIONS, bare, is_alive, pair_terms, tree_in

RNG = np.random.default_rng(0)
COLUMNS = {name: RNG.uniform(0.5, 2.5, 60) for name in "xyz"}
V = Vocabulary(("x", "y", "z"), FUNCTIONS)
parse = emlir.parse


def data(text, rows=80):
    law = parse(text)
    rng = np.random.default_rng(rows)
    columns = {name: rng.uniform(0.5, 2.5, rows) for name in law.symbols}
    return pd.DataFrame(columns), emlir.evaluate(law, columns)


def operators(expr):
    found, todo = set(), [expr]
    while todo:
        node = todo.pop()
        found.add(node.op.name)
        todo += node.args
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x*y", "x*y"),
        ("x^2", "x^2"),
        ("x*y*z", "x*y*z"),
        ("3*x*y + 2", "3*x*y + 2"),
        ("x*exp(x)", "x*eml(x, 1)"),
        ("exp(x) - ln(y)", "eml(x, y)"),
        ("z*exp(-x*y)", "z*eml(-(x*y), 1)"),
        ("4*x^5*exp(x*y)", "4*x^5*eml(x*y, 1)"),
    ],
)
def test_laws_without_inner_constants(text, expected):
    result = emlir.fit(*data(text), strategy="hybrid_mul")
    assert str(result.expression) == expected
    assert (result.label, result.stopped) == ("approximate", "done")


@pytest.mark.parametrize("text", ["2.5*x*exp(-0.7*x)", "4*x*exp(-2.5*y) + 1"])
@pytest.mark.slow
def test_laws_with_inner_constants(text):
    check_inner(text)


def test_a_law_with_an_inner_constant():
    check_inner("3*y*exp(-1.3*x)")


def check_inner(text):
    frame, y = data(text)
    result = emlir.fit(frame, y, strategy="hybrid_mul", time_limit=20)
    fresh, wanted = data(text, rows=81)
    np.testing.assert_allclose(result.predict(fresh), wanted, rtol=1e-6)
    assert operators(result.expression) <= {
        "eml", "mul", "add", "sub", "neg", "div", "pow", "number", "symbol",
    }  # fmt: skip


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_pairs_are_ranked_as_they_fit(seed):
    check_ranking(seed)


def check_ranking(seed):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-1, 2, (9, 40))
    values[4] = 1.0
    target, weight = rng.normal(size=40), rng.uniform(0.1, 2, 40)
    size = np.ones(9, dtype=np.int64)
    found = best_pairs(values, size, target, weight, 500)
    for pair in found:
        with np.errstate(invalid="ignore"):
            body = BASIS.functions[FUNCTIONS.index(pair.name)].values(
                values[pair.left], values[pair.right]
            )
        matrix = np.stack([weight, body * weight], axis=1)
        rest = target * weight - matrix @ np.linalg.lstsq(matrix, target * weight, rcond=None)[0]
        flat = weight / np.linalg.norm(weight)
        whole = target * weight - (target * weight @ flat) * flat
        left = 0.5 * 40 * np.log(rest @ rest / (whole @ whole)) + 2 * pairing.NODE
        assert pair.score == pytest.approx(left, abs=1e-6)
    scores = [pair.score for pair in found]
    assert scores == sorted(scores)
    emls = sum(pair.name == "eml" for pair in found)
    positive = int((values > 0).all(axis=1).sum())
    assert (len(found) - emls, emls) == (45, 9 * positive)


def test_a_wrong_ranking_is_caught(monkeypatch):
    correct = Sums.left
    shifted = lambda self, mean, square, match: correct(self, mean * 1.1, square, match)  # noqa: E731
    monkeypatch.setattr(Sums, "left", shifted)
    with pytest.raises(AssertionError):
        check_ranking(0)


def test_pairs_that_are_undefined_are_left_out():
    values = np.array([[1.0, 2, 3], [900, 1, 2], [-1, 2, 3], [1e200, 1, 2]])
    target = np.array([1.0, 4, 2])
    found = best_pairs(values, np.ones(4, dtype=np.int64), target, np.ones(3), 50)
    assert all(np.isfinite(pair.score) for pair in found)
    assert not [p for p in found if p.name == "eml" and (p.left in (1, 3) or p.right == 2)]
    nothing = best_pairs(np.empty((0, 3)), np.empty(0, dtype=np.int64), target, np.ones(3), 5)
    assert nothing == []


def test_the_best_pair_becomes_its_tree():
    table = build_table({n: COLUMNS[n] for n in "xy"}, BASIS, max_size=5)
    y = emlir.evaluate(parse("x*x*x*exp(x*y)"), COLUMNS)
    size = table.size.astype(np.int64)
    found = best_pairs(table.values, size, y, np.ones(60), 5)
    terms = pair_terms(found, table)
    tree = terms.term(0)[0]
    np.testing.assert_allclose(emlir.evaluate(tree, COLUMNS), y, rtol=1e-12)
    np.testing.assert_allclose(terms.values[0], y, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3*(x*eml(2*x, 1))", "x*eml(2*x, 1)"),
        ("eml(x*y, 3*(z*2))", "eml(x*y, z)"),
        ("eml(3, x)", "eml(1, x)"),
        ("5*eml(x, 3)", "eml(x, 1)"),
        ("2*3", "1"),
        ("x*eml(x, 3)", "x*eml(x, 3)"),
    ],
)
def test_what_scale_and_offset_do_is_taken_out(text, expected):
    assert str(bare(parse(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3*x^2*y + 2", "x*x*y"),
        ("e - 2*eml(x^3, 1)", "eml(x*x*x, 1)"),
        ("-x/2", "x"),
        ("x*y", "x*y"),
        ("4", "1"),
    ],
)
def test_printed_formulas_become_trees(text, expected):
    assert tree_in(parse(text)) is parse(expected)


def test_what_is_no_tree_is_no_genome():
    for text in ("x + y", "sin(x)", "x^2.5", "x/y", "x^9"):
        assert genome(tree_in(parse(text)), V, 40) is None


def test_look_alikes_are_told():
    columns = {"x": COLUMNS["x"], "y": COLUMNS["y"], "z": COLUMNS["z"]}
    for text, alive in (
        ("eml(x, 1)", True),
        ("eml(x, y)*z", True),
        ("eml(-250000, eml(x, 1))", False),
        ("x*eml(40, y)", False),
        ("x*y", True),
    ):
        assert is_alive(genome(parse(text), V, 40), V, columns) is alive, text


@given(st.integers(0, 10**6))
def test_random_trees_and_their_children_stay_in_the_space(seed):
    rng = np.random.default_rng(seed)
    grower = Grower(V, rng)
    pieces = [grower.piece(size) for size in range(1, 12)]
    population = Genomes.of(pieces)
    breeder = Breeder(V, 15, rng, grower)
    children = breeder.children(population, links(population, V), np.arange(len(pieces)))
    for tokens, _ in [*pieces, *children]:
        assert np.sum(V.arity[tokens] - 1) == -1
        assert tokens.max() < V.first + 2


def test_what_an_argument_of_eml_should_be():
    """The inverse of eml by either argument, with the slopes as weights."""
    piece = genome(parse("eml(x, y)"), V, 9)
    start = links(Genomes.of([piece]), V).start[0]
    values = traced(piece, V, COLUMNS)
    np.testing.assert_allclose(values[-1], np.exp(COLUMNS["x"]) - np.log(COLUMNS["y"]))
    for place, name, slope in (
        (0, "x", np.exp(COLUMNS["x"])),
        (1, "y", 1 / COLUMNS["y"]),
    ):
        target, weight = wanted(piece, start, place, values, (values[-1], np.full(60, 2.0)), V)
        np.testing.assert_allclose(target, COLUMNS[name])
        np.testing.assert_allclose(weight, 2 * slope)


def test_constants_that_are_one_are_fixed():
    p = [parameter(k) for k in range(4)]
    expr = p[0] + p[1] * emlir.eml(p[2] * parse("x"), p[3])
    form = hybrid.with_ones(Form(expr, tuple(p), np.array([1.0, 1.0, -0.5, 1.0])))
    assert form.parameters == tuple(p[:3])
    assert form.start.tolist() == [1.0, 1.0, -0.5]


class Epochs(Budget):
    """Ends after two epochs, whatever the time."""

    bred = 0

    def spend(self, units, doing):
        super().spend(units, doing)
        self.bred += doing == "evolving formulas"
        if self.bred == 2:
            raise OutOfTimeError(doing)


def shown(columns, y, seed):
    """What a search shows until it is stopped, and its work."""
    problem = Problem(columns, y, ("additive",), seed, Epochs(60.0))
    found = []
    try:
        for candidate in hybrid.STRATEGY.search(problem):
            found.append(str(candidate.expression))
    except OutOfTimeError:
        return found, problem.budget.work
    raise AssertionError("the search ended by itself")


def test_the_same_seed_gives_the_same_formulas(monkeypatch):
    monkeypatch.setattr(hybrid, "ROWS", 1000)
    monkeypatch.setattr(hybrid, "PAIRED", 200)
    frame, y = data("3*x*exp(-1.3*x) + sin(x)")
    runs = [shown({"x": frame["x"].to_numpy()}, y, seed) for seed in (2, 2, 3)]
    assert runs[0] == runs[1] != runs[2]


def test_time_is_over():
    frame, _ = data("x*y")
    result = emlir.fit(frame, np.sin(9 * frame["x"]), strategy="hybrid_mul", time_limit=0.5)
    assert result.stopped == "time limit" and result.time < 2.5
    assert np.isfinite(result.predict(frame)).all()


def test_the_known_are_bred_from():
    x, y = COLUMNS["x"], COLUMNS["y"]
    known = tuple(Candidate(parse(text), 1.0) for text in ("2*x^2*y + 1", "sin(x)"))
    problem = Problem({"x": x, "y": y}, x, ("additive",), 0, Budget(9), known=known)
    search = hybrid._Search(hybrid.Refiner(problem))
    assert [len(tokens) for tokens, _ in search._known()] == [5]


@pytest.mark.parametrize("variables", [5, 60])
def test_more_variables_than_needed(variables):
    columns = np.random.default_rng(variables).uniform(0.5, 2, (50, variables))
    y = columns[:, 0] * columns[:, -1]
    result = emlir.fit(columns, y, strategy="hybrid_mul")
    assert str(result.expression) == f"x1*x{variables}"


def test_negative_values_and_odd_data():
    x = np.linspace(-2, 2, 50)
    assert str(emlir.fit(x, x**2, strategy="hybrid_mul").expression) == "x^2"
    for columns, y in (([1.0, 2, 4], [1.0, 3, 5]), (x * 1e200, x), (x, x**3 * 1e250)):
        result = emlir.fit(columns, y, strategy="hybrid_mul", time_limit=0.3)
        assert np.isfinite(result.predict(columns)).all()


def test_weights_count():
    x = np.linspace(0.5, 2, 40)
    y = x * np.exp(x)
    y[::5] = 9.0
    weight = (np.arange(40) % 5 > 0).astype(float)
    result = emlir.fit(x, y, strategy="hybrid_mul", sample_weight=weight)
    assert str(result.expression) == "x*eml(x, 1)"


def test_it_is_declared():
    assert manager().entry("strategies", "hybrid_mul").declaration.needs == ("scipy",)
