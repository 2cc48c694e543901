"""Evolution: populations as arrays, fitting, breeding, choosing, and the strategy."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import manager
from emlir_search.devices import backend_on
from emlir_search.evolve.aim import Aim
from emlir_search.evolve.backward import Library, traced, wanted
from emlir_search.evolve.genomes import Genomes, exact_expression, genome
from emlir_search.evolve.grow import Grower
from emlir_search.evolve.island import Setting, epoch, started
from emlir_search.evolve.links import links
from emlir_search.evolve.select import ranks, survivors, unlike
from emlir_search.evolve.tune import tuned
from emlir_search.evolve.vary import Breeder
from emlir_search.evolve.vocabulary import Vocabulary
from emlir_search.wide import wide_table

V = Vocabulary(("x", "y"))
RNG = np.random.default_rng(0)
COLUMNS = {name: RNG.uniform(0.5, 2, 60) for name in V.names}
TEXTS = ("x", "2.5", "x + y*3", "exp(-x)*sin(y)", "ln(x/y)^2 - sqrt(x)", "x^y")


def aim_at(text):
    target = emlir.evaluate(emlir.parse(text), COLUMNS)
    return Aim(V, COLUMNS, target, np.ones(60), manager().backend("numpy"))


def genomes(*texts):
    return Genomes.of([genome(emlir.parse(text), V, 40) for text in texts])


def random_pieces(count, seed=0):
    grower = Grower(V, np.random.default_rng(seed))
    return [grower.piece(1 + k % 14) for k in range(count)]


@pytest.mark.parametrize("text", TEXTS)
def test_formulas_survive_as_genomes(text):
    assert exact_expression(genomes(text).piece(0), V) is emlir.parse(text)


def test_what_cannot_be_a_genome():
    for text in ("tanh(x)", "x + z", "+".join("x" * 30)):
        assert genome(emlir.parse(text), V, 40) is None


@given(st.integers(0, 1000))
def test_values_are_those_of_the_formulas(seed):
    population = Genomes.of(random_pieces(6, seed))
    values = aim_at("x").values(population)
    for row in range(len(population)):
        expected = emlir.evaluate(exact_expression(population.piece(row), V), COLUMNS)
        np.testing.assert_allclose(values[row], np.broadcast_to(expected, 60), rtol=1e-12)


def test_links_are_subtrees():
    population = Genomes.of(random_pieces(50))
    found = links(population, V)
    for row in range(50):
        stop = int(population.length[row])
        assert found.start[row, stop - 1] == 0
        for k in range(stop):
            part = population.tokens[row, found.start[row, k] : k + 1]
            assert np.sum(V.arity[part] - 1) == -1  # one whole formula


def test_constants_are_fitted():
    aim = aim_at("3*exp(-0.7*x)*y + 2")
    start = genomes("exp(-0.3*x)*y", "exp(-1.2*x)*y", "exp(x)*y^9")
    shapes, _ = aim.shapes(aim.values(start))
    losses = aim.losses(shapes)
    before = losses.copy()
    done = tuned(start, shapes, losses, aim, 12)
    assert (losses <= before).all()
    assert losses[:2].max() < 1e-20
    assert done.values[0].min() == pytest.approx(-0.7)
    assert losses[2] < before[2]


def test_losses_are_what_is_not_explained():
    aim = aim_at("2*x + 3")
    shapes, _ = aim.shapes(aim.values(genomes("x", "x*0", "ln(x - 5)", "x^2")))
    losses = aim.losses(shapes)
    assert losses[0] < 1e-25
    assert losses[1] == losses[2] == inf
    assert 0 < losses[3] < 0.1


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 9)), min_size=1, max_size=40))
def test_ranks_are_those_of_the_definition(pairs):
    losses, sizes = (np.array(column) for column in zip(*pairs, strict=True))
    found = ranks(losses, sizes)
    left = set(range(len(pairs)))
    front = 0
    while left:
        best = {a for a in left if not any(_beats(pairs[b], pairs[a]) for b in left)}
        mine = {a for a in left if found[a] == front}
        assert mine <= best
        assert {pairs[a] for a in mine} == {pairs[a] for a in best}  # twins may wait
        left -= mine
        front += 1


def _beats(first, second):
    return first[0] <= second[0] and first[1] <= second[1] and first != second


def test_the_best_survive_and_behaviours_stay_apart():
    aim = aim_at("x*y")
    population = genomes("x", "x + x", "x*y", "y*x + 1", "x^2")
    shapes, _ = aim.shapes(aim.values(population))
    losses = aim.losses(shapes)
    rows = unlike(shapes, losses, population.length)
    assert sorted(rows.tolist()) == [0, 2, 4]
    assert set(survivors(losses[rows], population.length[rows], 2).tolist()) <= {0, 1, 2}


@pytest.mark.parametrize("part", ["x", "y*3", "exp(x)"])
@pytest.mark.parametrize("outer", ["{}*y + x", "exp({}) - 1", "y/({} + 2)", "sqrt(ln({} + 9))"])
def test_what_a_part_must_be_is_found_backwards(part, outer):
    piece = genome(emlir.parse(outer.format(part)), V, 40)
    inner = genome(emlir.parse(part), V, 40)
    found = links(Genomes.of([piece]), V)
    values = traced(piece, V, COLUMNS)
    ends = [
        k
        for k in range(len(piece[0]))
        if piece[0][found.start[0, k] : k + 1].tolist() == inner[0].tolist()
    ]
    want = wanted(piece, found.start[0], ends[0], values, (values[-1], np.ones(60)), V)
    np.testing.assert_allclose(want[0], traced(inner, V, COLUMNS)[-1], rtol=1e-9)


def test_children_are_formulas_within_the_length():
    population = Genomes.of(random_pieces(60))
    rng = np.random.default_rng(1)
    breeder = Breeder(V, 15, rng, Grower(V, rng))
    children = breeder.children(population, links(population, V), np.arange(60))
    assert len(children) > 30
    for piece in children:
        assert len(piece[0]) <= 15
        exact_expression(piece, V)


def test_an_epoch_is_determined_by_its_arguments():
    target = emlir.evaluate(emlir.parse("x*y + sin(x)"), COLUMNS)
    setting = Setting(V.names, COLUMNS, target, np.ones(60), "numpy", 11)
    library = Library.of(wide_table(COLUMNS, lambda count: None, 4_000), V)
    states = []
    for _ in range(2):
        state = started(setting, [], library, (3,))
        states.append(epoch(setting, state, library, (3, 1), 1))
    first, second = states
    np.testing.assert_array_equal(first.genomes.tokens, second.genomes.tokens)
    np.testing.assert_array_equal(first.losses, second.losses)
    assert first.losses.min() < started(setting, [], library, (3,)).losses.max()


def test_a_device_evaluates_what_the_cpu_does():
    pytest.importorskip("torch")
    target = emlir.evaluate(emlir.parse("x*y + sin(x)"), COLUMNS)
    library = Library.of(wide_table(COLUMNS, lambda count: None, 1_000), V)
    losses = [
        started(
            Setting(V.names, COLUMNS, target, np.ones(60), "numpy", 11, device=device),
            [],
            library,
            (3,),
        ).losses
        for device in (None, "cpu")
    ]
    np.testing.assert_allclose(np.sort(losses[0]), np.sort(losses[1]), rtol=1e-6, atol=1e-12)
    with pytest.raises(RuntimeError, match="device"):
        backend_on("numpy", "nonsense").compile(emlir.Program.from_exprs([emlir.const(1)]), "real")


@pytest.mark.slow
def test_the_strategy_finds_a_law():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(1, 3, (2, 80))
    z = x * y + np.sqrt(y)
    found = emlir.fit(np.stack([x, y]), z, strategy="evolution", time_limit=20, names=["x", "y"])
    assert found.r2 > 1 - 1e-9
