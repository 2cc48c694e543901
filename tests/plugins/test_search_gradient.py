"""The master formula: its shape, its values and slopes, its training, and the strategy."""

import sys

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import Budget, Candidate, OutOfTimeError, Problem, manager, symbol

torch = pytest.importorskip("torch")

from emlir_enumerate.eml import tree_values as numpy_values  # noqa: E402
from emlir_search.devices import usable_device  # noqa: E402
from emlir_search.gradient import formula, strategy as gradient, train  # noqa: E402
from emlir_search.gradient.shape import BELOW, Shape, choices_of, tree_of  # noqa: E402
from emlir_search.gradient.starts import KINDS, Logits, perturbed, random_start  # noqa: E402
from emlir_search.gradient.train import Schedule, Training  # noqa: E402
from tests.benchmarks.search_eml import family_tree  # noqa: E402

X = np.linspace(0.4, 2.2, 40)
SHORT = Schedule(search=150, harden=100)
BAD = (sys.float_info.max, np.nan, np.inf)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def starts(shape, count=8, seed=0):
    rng = np.random.default_rng(seed)
    return Logits.joined([random_start(shape, KINDS[k % 4], rng) for k in range(count)])


def drawing(shape, seed=1):
    rng = np.random.default_rng(seed)
    return lambda: random_start(shape, "uniform", rng)


def trained(text, shape, count=8, schedule=SHORT, columns=None, **options):
    """The trees after training, and which are exact."""
    columns = columns or {"x": X}
    y = emlir.evaluate(emlir.parse(text), columns)
    data = np.stack(list(columns.values())), y
    training = Training(shape, *data, starts(shape, count), drawing(shape), schedule, **options)
    while not training.is_over:
        training.step()
    choices, losses = training.snapped()
    return [tree_of(row.tolist(), shape, tuple(columns)) for row in choices], losses


@pytest.mark.parametrize("depth", range(1, 8))
def test_as_many_parameters_as_in_the_paper(depth):
    assert Shape(depth, 1).parameters == 5 * 2**depth - 6
    for variables in (1, 2, 3):
        for bottom in (False, True):
            shape = Shape(depth, variables, bottom)
            start = random_start(shape, "hot", np.random.default_rng(0))
            assert start.inner.size + start.leaf.size == shape.parameters


@pytest.mark.parametrize("depth", [0, -1, 11])
def test_depths_that_make_no_sense(depth):
    with pytest.raises(ValueError, match="depth of a tree must be 1 to 10"):
        Shape(depth, 1)


@given(st.integers(1, 5), st.integers(0, 10**6))
def test_trees_survive_as_choices(depth, seed):
    tree = family_tree(np.random.default_rng(seed), depth)
    for more in (0, 2):
        shape = Shape(depth + more, 1)
        assert tree_of(choices_of(tree, shape, ("x",)).tolist(), shape, ("x",)) is tree


def test_trees_that_do_not_fit():
    parse = emlir.parse
    assert choices_of(parse("eml(eml(x, 1), 1)"), Shape(1, 1), ("x",)) is None
    assert choices_of(parse("eml(2, 1)"), Shape(2, 1), ("x",)) is None
    assert choices_of(parse("eml(z, 1)"), Shape(2, 1), ("x",)) is None
    assert choices_of(parse("x"), Shape(2, 1), ("x",)) is None
    assert choices_of(parse("eml(x, 1)"), Shape(2, 1, bottom=True), ("x",)) is None
    found = choices_of(parse("eml(1, eml(x, 1))"), Shape(2, 1, bottom=True), ("x",))
    assert found.tolist() == [0, BELOW, 0, 0, 1, 0]
    assert perturbed(parse("x + 1"), 1.0, 0, Shape(3, 1), ("x",)) is None


@given(st.integers(1, 4), st.integers(0, 10**6))
def test_hard_trees_have_the_values_of_the_trees(depth, seed):
    check_values(depth, seed)


def check_values(depth, seed):
    tree = family_tree(np.random.default_rng(seed), depth)
    shape = Shape(depth + seed % 2, 1)
    logits = perturbed(tree, 0.0, 0, shape, ("x",))
    training = Training(shape, (X - 1)[None], X, logits)
    hard = [train._one_hot(torch.tensor(part)) for part in (logits.inner, logits.leaf)]
    re, im = formula.tree_values(hard, training._columns, shape)
    wanted = numpy_values(tree, {"x": X - 1}, plane=True).values
    usable = np.isfinite(wanted) & (np.abs(wanted) < 1e15)
    np.testing.assert_allclose(
        (re + 1j * im)[0].numpy()[usable], wanted[usable], rtol=1e-6, atol=1e-6
    )


def test_a_wrong_branch_is_caught(monkeypatch):
    """ln of negative numbers has the imaginary part +pi."""
    real = formula.torch.where
    swapped = lambda mask, a, b: real(mask, -a, b) if a == -np.pi else real(mask, a, b)  # noqa: E731
    monkeypatch.setattr(formula.torch, "where", swapped)

    def check_all():
        for seed in range(40):
            check_values(3, seed)

    with pytest.raises(AssertionError):
        check_all()


@pytest.mark.parametrize("bottom", [False, True])
def test_slopes_are_those_of_the_values(bottom):
    shape = Shape(3, 2, bottom)
    logits = starts(shape, 3)
    points = np.random.default_rng(0).uniform(-1, 2, (2, 9))
    columns = torch.tensor(np.concatenate([np.ones((1, 9)), points]))
    parts = [torch.tensor(p, requires_grad=True) for p in (logits.inner, logits.leaf)]
    soft = lambda *some: formula.tree_values([p.softmax(-1) for p in some], columns, shape)  # noqa: E731
    assert torch.autograd.gradcheck(soft, parts)


@pytest.mark.parametrize(
    ("text", "depth", "bottom"),
    [
        ("exp(x)", 1, False),
        ("e - ln(x)", 1, False),
        ("exp(1) - x", 2, False),
        ("exp(exp(x))", 2, True),
    ],
)
def test_small_targets_are_found(text, depth, bottom):
    trees, losses = trained(text, Shape(depth, 1, bottom))
    assert losses.min() < 1e-20
    found = emlir.evaluate(trees[int(losses.argmin())], {"x": X})
    np.testing.assert_allclose(found, emlir.evaluate(emlir.parse(text), {"x": X}), rtol=1e-12)


def test_two_variables():
    columns = {"x": X, "y": X[::-1] ** 2}
    trees, losses = trained("e - ln(exp(y) - ln(x))", Shape(2, 2, bottom=True), columns=columns)
    assert str(trees[int(losses.argmin())]) == "eml(1, eml(y, x))"


def test_weights_count():
    """Rows that do not count may be wrong."""
    y = np.exp(X)
    y[::4] = 50.0
    weights = (np.arange(X.size) % 4 > 0).astype(float)
    shape = Shape(1, 1)
    training = Training(shape, X[None], y, starts(shape), schedule=SHORT, weights=weights)
    while not training.is_over:
        training.step()
    assert training.snapped()[1].min() < 1e-20


@pytest.mark.parametrize("noise", [0.0, 12.0])
@pytest.mark.parametrize(
    "text",
    ["eml(eml(x, eml(1, x)), eml(1, 1))", "eml(1, eml(eml(eml(1, eml(eml(x, x), 1)), 1), 1))"],
)
def test_known_trees_survive_noise(text, noise):
    tree = emlir.parse(text)
    shape = Shape(tree.depth, 1)
    found = [perturbed(tree, noise, seed, shape, ("x",)).choices()[0] for seed in range(8)]
    same = [tree_of(row.tolist(), shape, ("x",)) is tree for row in found]
    assert all(same) if not noise else sum(same) >= 6


def test_a_disturbed_tree_is_repaired():
    """With so much noise that no start is the tree itself, training brings it back."""
    tree = emlir.parse("eml(1, eml(eml(1, x), 1))")
    shape, y = Shape(3, 1), np.log(X)
    parts = [perturbed(tree, 40.0, seed, shape, ("x",)) for seed in range(24)]
    training = Training(shape, X[None], y, Logits.joined(parts), drawing(shape), SHORT)
    wrong = training.snapped()[1] > 1e-20
    assert wrong.any()
    training.keep(np.flatnonzero(wrong))
    while not training.is_over:
        training.step()
    assert training.snapped()[1].min() < 1e-20


@pytest.mark.parametrize("bad", BAD)
def test_what_is_not_finite_is_drawn_again(bad):
    shape = Shape(2, 1)
    logits = starts(shape, 4)
    logits.inner[1, 0, 0] = bad
    training = Training(shape, X[None], np.exp(X), logits, drawing(shape), SHORT)
    for _ in range(5):
        training.step()
    if not np.isfinite(bad):
        assert training.redrawn >= 1
    assert np.isfinite(training.logits().inner).all() and np.isfinite(training.logits().leaf).all()


def test_what_overflows_rests_in_the_end():
    """Without new draws, and in hardening, a tree that is not finite stays as it is."""
    shape = Shape(3, 1)
    x = np.linspace(300, 600, 20)
    training = Training(shape, x[None], x, starts(shape, 12), drawing(shape), SHORT)
    while not training.is_over:
        training.step()
    assert training.redrawn > 0
    assert np.isfinite(training.logits().inner).all()
    assert len(training.snapped()[1]) == 12


def test_the_same_seed_gives_the_same_trees():
    for columns in (None, {"x": X * 300}):  # the second overflows, and draws again
        one, two = (trained("ln(x)", Shape(3, 1), 4, columns=columns) for _ in range(2))
        assert one[0] == two[0]
        np.testing.assert_array_equal(one[1], two[1])


def test_the_schedule():
    heats, rates, parts = zip(*(SHORT.at(k) for k in range(SHORT.steps)), strict=True)
    assert heats[0] == heats[150] == 2.5 and heats[-1] < 0.012
    assert all(np.diff(heats) <= 0) and all(np.diff(rates) <= 0)
    assert parts[150] == 0 and parts[-1] == 0.99


@pytest.mark.parametrize("name", ["nonsense", "meta", "cuda:99", "cpu:x"])
def test_unknown_devices(name):
    with pytest.raises(ValueError, match="torch cannot use the device"):
        usable_device(name)
    with pytest.raises(ValueError, match=name):
        emlir.fit(X, np.exp(X), strategy="gradient", device=name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("exp(x)", "eml(x, 1)"), ("e - x", "eml(1, eml(x, 1))"), ("exp(x) - ln(y)", "eml(x, y)")],
)
def test_the_strategy(text, expected):
    law = emlir.parse(text)
    rng = np.random.default_rng(0)
    data = rng.uniform(0.5, 2.5, (60, len(law.symbols)))
    names = law.symbols
    y = emlir.evaluate(law, dict(zip(names, data.T, strict=True)))
    result = emlir.fit(data, y, strategy="gradient", names=names, seed=3)
    assert str(result.expression) == expected
    assert (result.label, result.stopped) == ("approximate", "done")
    assert result.r2 > 1 - 1e-12


def test_the_same_seed_gives_the_same_formula():
    results = [emlir.fit(X, np.exp(X), strategy="gradient", seed=3) for _ in range(2)]
    assert len({(str(result.expression), result.work) for result in results}) == 1


def test_a_row_that_is_wrong_is_seen():
    """One of 5000 rows, which no population was trained on, is not what the tree gives."""
    x = np.linspace(0.4, 2.2, 5000)
    y = np.exp(x)
    y[3] += 0.01
    result = emlir.fit(x, y, strategy="gradient", time_limit=0.6)
    assert result.stopped == "time limit"


def test_time_is_over():
    result = emlir.fit(X, np.sin(9 * X), strategy="gradient", time_limit=0.5)
    assert result.stopped == "time limit"
    assert 0.4 < result.time < 2.5
    assert result.work > 0 and np.isfinite(result.predict(X)).all()


def problem(y, columns=None, known=(), seconds=60.0, **options):
    columns = columns or {"x": X}
    return Problem(columns, y, ("additive",), 0, Budget(seconds), known=known, **options)


def test_what_is_known_is_where_it_starts(monkeypatch):
    """ln(x) is read as its tree, of depth 3; what is no tree, or too deep, is left out."""
    shapes = []
    monkeypatch.setattr(gradient._Search, "_train", lambda self, t: shapes.append(t.shape) or ())
    texts = ("ln(x)", "sin(x)", "2.5*x", "1/(x + 3)", "exp(exp(x))", "x")
    known = tuple(Candidate(emlir.parse(text), 1.0) for text in texts)

    def stop(self, shape, turn):
        raise OutOfTimeError("enough")
        yield

    monkeypatch.setattr(gradient._Search, "_cold", stop)
    with pytest.raises(OutOfTimeError):
        list(gradient.STRATEGY.search(problem(np.log(X), known=known)))
    assert [shape.depth for shape in shapes] == [3, 2]


def test_exact_trees_that_leave_the_reals_are_read():
    """The tree for -x has infinite steps: it is shown in elementary form, or not at all."""
    search = gradient._Search(gradient.Refiner(problem(-X)))
    tree = emlir.parse("eml(eml(1, eml(1, eml(1, eml(eml(1, 1), 1)))), eml(x, 1))")
    assert np.isfinite(numpy_values(tree, {"x": X}).values).all()
    form = gradient.Form(tree, (), np.empty(0))
    shown = list(search._consider(form, is_exact=True))
    assert {str(candidate.expression) for candidate in shown} == {"-x"}
    assert list(search._consider(form)) == []
    assert search._is_resolved()


def test_depth_limits_are_kept():
    search = gradient._Search(
        gradient.Refiner(problem(np.exp(X), limits=emlir.plugin_api.SizeLimits(depth=2)))
    )
    assert search.deepest == 2
    result = emlir.fit(X, X - 1, strategy="gradient", depth=2, time_limit=0.6)
    assert result.expression.depth <= 2


@pytest.mark.parametrize("variables", [1, 7, 200])
def test_more_variables_than_needed(variables):
    rng = np.random.default_rng(variables)
    data = rng.uniform(0.5, 2, (30, variables))
    result = emlir.fit(data, np.exp(data[:, -1]), strategy="gradient", time_limit=20)
    assert result.expression is emlir.eml(symbol(result.names[-1]), emlir.const(1))


def test_odd_data():
    for x, y in (([1.0, 2, 4], [1.0, 3, 5]), (X * 1e200, X), (X, X * 1e250), (-X, np.exp(-X))):
        result = emlir.fit(x, y, strategy="gradient", time_limit=0.2)
        assert np.isfinite(result.residuals).all()


def test_it_is_declared():
    entry = manager().entry("strategies", "gradient")
    assert "torch" in entry.declaration.needs and entry.declaration.extra == "torch"
