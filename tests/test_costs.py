"""Cost models of the hub."""

import pytest

import emlir


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("x", 1),
        ("exp(x)", 3),
        ("ln(x)", 7),
        ("x - y", 11),
        ("x*y", 17),
        ("x^2", 17),
        ("eml(x, eml(y, 1))", 5),
        ("exp(x - y)", 13),
    ],
)
def test_k_knows_the_shortest_trees(text, size):
    # the sizes of the shortest trees: Odrzywolek, arXiv:2603.21852
    assert emlir.cost(emlir.parse(text), "k") <= size


def test_k_of_pure_eml_is_its_tree_size():
    tree = emlir.lower(emlir.parse("ln(x*y)"), assume="x > 0, y > 0")
    assert emlir.cost(tree, "k") == tree.tree_size


def test_an_operator_without_a_tree_is_dear():
    assert emlir.cost(emlir.parse("floor(x)"), "k") > 500


@pytest.mark.parametrize(
    ("model", "value"),
    [("size", 11), ("dag", 5), ("depth", 3), ("transcendental", 4)],
)
def test_values(model, value):
    shared = emlir.parse("exp(x) + ln(x)")
    assert emlir.cost(shared * shared, model) == value


@pytest.mark.parametrize(
    ("text", "value"), [("eml(x, y)", 2), ("edl(x, y)", 2), ("neml(x, y)", 2), ("teml(x, y, z)", 4)]
)
def test_an_operator_of_a_basis_counts_as_its_definition(text, value):
    assert emlir.cost(emlir.parse(text), "transcendental") == value


def test_k_lowers_the_siblings_too():
    assert emlir.cost(emlir.parse("neml(x, y)"), "k") == emlir.cost(
        emlir.parse("ln(x) - exp(y)"), "k"
    )


def test_depth_and_sharing_are_no_problem():
    deep = emlir.symbols("x")
    for _ in range(100_000):
        deep = emlir.sin(deep)
    assert emlir.cost(deep, "depth") == 100_000
    shared = emlir.symbols("x")
    for _ in range(5_000):
        shared = shared + shared
    assert emlir.cost(shared, "size") == float("inf")


def test_an_unknown_model_is_named():
    with pytest.raises(emlir.UnknownNameError, match="transcendental"):
        emlir.cost(emlir.parse("x"), "transcendent")
