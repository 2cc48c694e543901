"""Pure EML trees from numbers and formulas: found, small, and with the right label."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.plugin_api import DataError, OutOfTimeError
from emlir_enumerate.eml import NUMPY, EmlTable, cache as caching, tree_values
from emlir_search.eml import TreeSearch, certify, find_tree, find_tree_of, peel
from emlir_search.eml.probes import probe_rows
from tests.benchmarks.search_eml import X, family_tree, lifted, uniform_tree, well_conditioned

BOX = {"x": (0.3, 2.2), "y": (0.3, 2.2)}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """No table goes to the cache of the user."""
    monkeypatch.setattr(caching, "SMALLEST", 10**9)


@pytest.fixture(scope="module")
def search():
    """Real tables over 1 and x, shared by the tests."""
    return TreeSearch({"x": X}, planes=(False,), cache=None)


def ignore(units, doing):
    pass


def best(search, y, spend=ignore):
    """The first hit that nothing speaks against."""
    return next((hit for hit in search.hits(y, spend) if hit.is_clean), None)


@pytest.mark.parametrize(
    ("text", "size", "semantics"),
    [
        ("x*y", 17, "real"),
        ("x^2", 17, "real"),
        ("1/x", 15, "extended"),
        ("-x", 15, "extended"),
        ("x - y", 11, "real"),
        ("x - 1", 11, "real"),
        ("ln(x)", 7, "real"),
        ("e - ln(exp(y) - ln(x))", 5, "real"),
        ("x", 1, "real"),
    ],
)
def test_formulas(text, size, semantics):
    formula = emlir.parse(text)
    result = find_tree_of(formula, {name: BOX[name] for name in formula.symbols})
    assert (result.size, result.label, result.semantics) == (size, "certified", semantics)
    assert result.certificate.where == "box"
    assert str(result.formula) == text
    assert not result.absorbed and result.error < 1e-12
    data = {name: np.linspace(0.4, 2, 7) ** (k + 1) for k, name in enumerate(formula.symbols)}
    found = emlir.evaluate(result.tree, data, semantics=semantics)
    np.testing.assert_allclose(found, emlir.evaluate(formula, data), rtol=1e-12, atol=1e-14)


def test_a_tree_in_the_plane():
    result = find_tree_of("x^2", {"x": (-2, 20)})
    assert (result.size, result.label, result.semantics) == (17, "certified", "complex")
    assert result.certificate.where == "rows"  # not at 0, and the steps cross the cut


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("x^2", {"x": (-2, -0.5)}),
        ("x*y", {"x": (-2, -0.5), "y": (-2, -0.5)}),
        ("x - y", {"x": (-2, -0.5), "y": (-2, 2)}),
    ],
)
def test_negative_boxes(text, box):
    result = find_tree_of(text, box)
    assert (result.label, result.semantics) == ("certified", "complex")
    columns = {name: np.linspace(*ends, 9) for name, ends in box.items()}
    found = emlir.evaluate(result.tree, columns, semantics="complex")
    np.testing.assert_allclose(found, emlir.evaluate(emlir.parse(text), columns), atol=1e-12)


@pytest.mark.parametrize("ends", [(-2.0, 2.0), (-2.0, -1.0)])
def test_no_certificate_where_the_formula_has_no_real_value(ends):
    """ln(x^2) is 2*ln(x) where that is real; below 0 the plane has 2*pi*i more."""
    box, columns = {"x": ends}, {"x": np.random.default_rng(0).uniform(*ends, 50)}
    tree = emlir.lower(emlir.parse("ln(x^2)"), assume=box, semantics="complex")
    assert certify.certify(tree, emlir.parse("2*ln(x)"), box, columns) is None


def test_both_kinds_of_minus_x(search):
    """The true tree, and one that drops exp(e^x - e^(e^e)), which is 0 in floats."""
    hits = []
    for hit in search.hits(-X, ignore):
        hits += [hit] * (hit.leaves == 8)
        if hit.absorbed:
            break
    true = [hit for hit in hits if not hit.absorbed]
    alike = [hit for hit in hits if hit.absorbed]
    assert true and alike
    assert hits[0].is_clean and not any(hit.is_clean for hit in alike)
    formula, columns, box = emlir.parse("-x"), {"x": X}, {"x": (0.3, 2.2)}
    assert any(certify.certify(h.tree, formula, box, columns) for h in true)
    for hit in alike:
        np.testing.assert_allclose(tree_values(hit.tree, columns).values, -X, rtol=1e-14)
        assert certify.certify(hit.tree, formula, box, columns) is None


def test_a_look_alike_alone_is_numeric(search):
    """Without infinities in the tables only what underflows is left."""
    alike = next(hit for hit in search.hits(-X, ignore) if hit.absorbed)

    class OnlyThat:
        def hits(self, y, spend):
            yield alike

    result = find_tree({"x": X}, -X, equals=emlir.parse("-x"), search=OnlyThat())
    assert (result.label, result.certificate) == ("numeric", None)
    assert result.absorbed


def test_a_certificate_needs_a_value():
    """Under real the tree for -x is undefined, and lifting alone would not tell."""
    tree = find_tree_of("-x", {"x": (0.3, 2.2)}).tree
    box = {"x": (0.3, 2.2)}
    assert str(emlir.lift(tree, assume=box, semantics="real")) == "-x"
    proof = certify.certify(tree, emlir.parse("-x"), box, {"x": X})
    assert proof == certify.Certificate("extended", "box")
    assert certify.certify(tree, emlir.parse("1 - x"), box, {"x": X}) is None


@pytest.mark.parametrize("leaves", [5, 8, 10])
def test_random_trees_by_leaves(search, leaves):
    rng = np.random.default_rng(leaves)
    check_recovery(search, lambda: uniform_tree(rng, leaves), well_conditioned, 12)


@pytest.mark.parametrize("depth", [2, 4, 5])
def test_random_trees_by_depth(search, depth):
    rng = np.random.default_rng(depth)
    check_recovery(search, lambda: family_tree(rng, depth), lifted, 10)


@pytest.mark.slow
@pytest.mark.parametrize("leaves", [12, 13, 14])
def test_large_random_trees(search, leaves):
    rng = np.random.default_rng(leaves)
    check_recovery(search, lambda: uniform_tree(rng, leaves), well_conditioned, 10)


def check_recovery(search, draw, values, count):
    while count:
        tree = draw()
        y = values(tree)
        if y is None:
            continue
        count -= 1
        hit = best(search, y)
        assert hit is not None, tree
        assert hit.tree.tree_size <= tree.tree_size
        fresh = {"x": np.linspace(0.31, 2.19, 50)}
        wanted = tree_values(tree, fresh).values
        found = tree_values(hit.tree, fresh).values
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-7 * np.std(wanted))


@pytest.mark.parametrize(
    "text",
    [
        # large exponentials cancel; a logarithm of 1e220; constants are left when x is peeled off
        "eml(eml(eml(1, 1), 1), eml(1, eml(x, eml(eml(x, eml(1, x)), eml(1, eml(1, x))))))",
        "eml(eml(1, x), eml(eml(eml(eml(1, eml(1, 1)), eml(1, eml(x, 1))), eml(1, eml(1, 1))), 1))",
        "eml(eml(eml(1, eml(eml(x, 1), x)), x), eml(eml(eml(1, 1), x), eml(1, eml(x, x))))",
    ],
)
def test_hard_trees(search, text):
    tree = emlir.parse(text)
    y = tree_values(tree, {"x": X}).values
    hit = best(search, y)
    np.testing.assert_allclose(tree_values(hit.tree, {"x": X}).values, y, rtol=1e-12)


TABLE = EmlTable({"x": X[::8]}, engine=NUMPY)
for _ in range(3):
    TABLE.grow()


def small_tree(k):
    return TABLE.expression(k % len(TABLE))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.integers(0, 99), st.booleans())
def test_peeling_is_the_inverse_of_eml(s, inner, first):
    """Wrapping the rest gives the tree back, and its value is that of the inner tree."""
    check_peeling(s % len(TABLE), inner % len(TABLE), first)


def check_peeling(s, inner, first):
    outer, rest = small_tree(s), small_tree(inner)
    tree = emlir.eml(outer, rest) if first else emlir.eml(rest, outer)
    wanted, y = (tree_values(t, TABLE.columns).values for t in (rest, tree))
    if not (np.isfinite(y).all() and np.isfinite(wanted).all() and np.abs(y).max() < 1e6):
        return
    leaves = TABLE.leaf_count(s)
    made = [
        target
        for target in peel.peelings(peel.data_target(y, TABLE), TABLE, leaves)
        if target.peeled == ((first, s),)
    ]
    for target in made:
        assert target.wrap(rest, TABLE) is tree
        far = np.abs(target.value - wanted) > 100 * target.radius + 1e-12 * np.abs(wanted)
        known = np.isfinite(target.value)
        assert not (far & known).any()


def test_a_wrong_peel_is_caught(monkeypatch):
    monkeypatch.setattr(peel, "exponential", lambda log: np.exp(log) * (1 + 1e-4))

    def check_all():
        for k in range(len(TABLE)):
            check_peeling(1, k, True)

    with pytest.raises(AssertionError):
        check_all()


def test_query_count_is_a_bound():
    y = np.cos(TABLE.columns["x"])
    for leaves in range(4):
        count = len(list(peel.peelings(peel.data_target(y, TABLE), TABLE, leaves)))
        assert count <= peel.query_count(TABLE, leaves)
    assert [peel.query_count(TABLE, k) for k in range(4)] == [1, 4, 24, 160]


def test_the_same_work_gives_the_same_tree():
    """With fresh tables, with used ones, and without a compiler."""
    rng = np.random.default_rng(1)
    trees = [uniform_tree(rng, 7) for _ in range(40)]
    targets = [y for y in map(well_conditioned, trees) if y is not None][:5]
    shared, answers = TreeSearch({"x": X}, planes=(False,), cache=None), []
    for y in targets:
        for search in (shared, TreeSearch({"x": X}, planes=(False,), cache=None)):
            answers.append(best(search, y).tree)
    assert answers[::2] == answers[1::2]
    plain = TreeSearch({"x": X}, planes=(False,), cache=None)
    for stream in plain.streams:
        stream.table = EmlTable(stream.table.columns, engine=NUMPY)
    assert [best(plain, y).tree for y in targets] == answers[::2]
    work = [find_tree({"x": X}, targets[0]).work for _ in range(2)]
    assert work[0] == work[1] > 0


def test_time_is_over():
    result = find_tree({"x": X}, np.sin(7 * X), time_limit=0.05)
    assert (result.tree, result.label, result.size, result.semantics) == (
        None, "not found", None, None,
    )  # fmt: skip
    assert result.work > 0

    def stop(units, doing):
        raise OutOfTimeError(doing)

    with pytest.raises(OutOfTimeError):
        list(TreeSearch({"x": X}, cache=None).hits(np.sin(7 * X), stop))


@pytest.mark.parametrize(
    ("columns", "target", "message"),
    [
        ({}, [1.0, 2.0], "columns is empty"),
        ({"x": [1.0]}, [1.0, 2.0], r"x has the shape \(1,\)"),
        ({"x": [1.0, np.nan]}, [1.0, 2.0], "x has values that are not finite"),
        ({"x": [1.0, 2.0]}, [[1.0, 2.0]], "shape"),
        ({"x": []}, [], "shape"),
    ],
)
def test_columns_are_checked(columns, target, message):
    with pytest.raises(DataError, match=message):
        find_tree(columns, target)


def test_few_and_odd_rows():
    assert find_tree({"x": [0.5, 3.0]}, np.exp([0.5, 3.0])).size == 3
    assert find_tree({"x": [1.0, 1.0, 1.0]}, [np.e] * 3).size == 3
    zero = find_tree({"x": [0.0, 1.0, 2.0]}, [0.0, 0.0, 0.0])
    assert (zero.size, str(zero.formula)) == (7, "0")


def test_probes_are_spread_and_avoid_special_values():
    x = np.concatenate([[0.0, 1.0], np.linspace(0.2, 5, 30)])
    rows = probe_rows({"x": x})
    assert len(rows) == 8 and not {0.0, 1.0} & set(x[rows])
    assert x[rows].min() == 0.2 and x[rows].max() == 5
    assert len(probe_rows({"x": np.ones(5)})) == 1


def test_many_variables():
    rng = np.random.default_rng(0)
    columns = {f"x{k}": rng.uniform(0.3, 2, 20) for k in range(1000)}
    y = np.exp(columns["x0"]) - np.log(columns["x999"])
    assert str(find_tree(columns, y).tree) == "eml(x0, x999)"
    assert find_tree(columns, np.sin(3 * y), time_limit=1.0).label == "not found"


def test_many_rows_are_all_tested():
    x = np.linspace(0.3, 2.2, 20_000)
    y = np.exp(x) - np.log(x)
    assert find_tree({"x": x}, y).size == 3
    y[12_345] += 1e-3
    search = TreeSearch({"x": x}, cache=None)
    assert search._test(emlir.parse("eml(x, x)"), y, plane=False) is None


def test_the_strategy():
    y = emlir.evaluate(emlir.parse("exp(exp(x) - 1) - ln(x)"), {"x": X})
    result = emlir.fit(X, y, strategy="eml")
    assert str(result.expression) == "eml(eml(x, eml(1, 1)), x)"
    assert result.label == "approximate"
    assert result.r2 > 1 - 1e-12
    first = next(iter(emlir.fit(X, y + 0.1 * np.sin(9 * X), strategy="eml", time_limit=0.2).front))
    assert first.expression.tree_size == 1  # noise: nothing but a leaf


def test_the_strategy_reads_what_floats_cannot_evaluate():
    """The tree for -x has infinite steps: the formula is given in elementary form."""
    result = emlir.fit(X, -X, strategy="eml")
    assert str(result.expression) == "-x"


@pytest.mark.parametrize("text", ["x^2", "x*y", "x - y"])
@pytest.mark.parametrize(
    "box", [{"x": (-2.0, -0.5), "y": (-2.0, -0.5)}, {"x": (-2.0, 2.0), "y": (-2.0, 2.0)}]
)
def test_negative_ranges_are_no_error(text, box):
    formula = emlir.parse(text)
    used = {name: box[name] for name in formula.symbols}
    tree = emlir.lower(formula, assume=box, semantics="complex")
    rows = {name: np.linspace(*ends, 8) for name, ends in used.items()}
    proof = certify.certify(tree, formula, used, rows)
    if proof is not None:
        values = emlir.evaluate(tree, rows, semantics=proof.semantics)
        np.testing.assert_allclose(values, emlir.evaluate(formula, rows), atol=1e-12)


def test_a_formula_that_does_not_exist_on_the_rows_is_not_certified():
    box = {"x": (-2.0, 2.0)}
    tree = emlir.lower(emlir.parse("ln(x^2)"), assume=box, semantics="complex")
    rows = {"x": np.linspace(-2, 2, 8)}
    assert certify.certify(tree, emlir.parse("2*ln(x)"), box, rows) is None
