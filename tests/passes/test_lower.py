"""lower: pure EML, of the same value, defined where the original is; refused otherwise."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.assumptions import Assumptions
from emlir.expr import postorder
from emlir.expr.table import all_operators
from emlir.passes.lower import lowered
from emlir.passes.lowering.opening import Choice, Gap, obligations_of, widest
from emlir.rewrite.context import Context
from emlir.rewrite.pipeline import observed
from emlir.rewrite.replay import replay
from emlir.testing import expressions
from emlir.testing.preservation import check_preserved, verify_pass
from emlir.testing.strategies import FAMILIES
from tests.truth import assert_same_value

POINTS = st.fixed_dictionaries({name: st.fractions("1/10", 2, max_denominator=40) for name in "xy"})
BOX = {"x": ("0.1", 2), "y": ("0.1", 2)}


def is_pure(expr):
    return all(node.op.name in ("eml", "symbol", "number") for node in postorder((expr,)))


@pytest.mark.parametrize("assume", [None, BOX])
@settings(max_examples=20)
@given(expr=expressions(families=("arithmetic", "elementary"), max_nodes=5), point=POINTS)
def test_the_tree_has_the_real_value(assume, expr, point):
    try:
        done = lowered(expr, assume=assume)
    except emlir.LoweringError:
        return
    assert is_pure(done.tree)
    if {"i", "inf"} & {node.op.name for node in postorder((expr,))}:
        return
    if all(emlir.evaluate(condition, point) == 1 for condition in done.obligations):
        assert_same_value(expr, done.tree, point, "real", "complex")


@pytest.mark.parametrize("semantics", ["real", "extended", "complex"])
@settings(max_examples=40)
@given(expr=expressions(families=("arithmetic", "elementary"), max_nodes=5), point=POINTS)
def test_value_and_definedness_are_kept(semantics, expr, point):
    try:
        tree = lowered(expr, assume=BOX, semantics=semantics).tree
    except emlir.LoweringError:
        return
    assert is_pure(tree)
    assert_same_value(expr, tree, point, "real", semantics)


OPERATORS = [op for op in all_operators() if op.family in FAMILIES and op.gives == "number"]
UNARY = [op for op in OPERATORS if op.takes == ("number",)]
BINARY = [op for op in OPERATORS if op.takes == ("number", "number")]
NO_TREE = {"floor", "mod", "where"}


@pytest.mark.parametrize("operator", UNARY + BINARY, ids=lambda op: op.name)
def test_every_operator_has_a_tree_somewhere(operator):
    box = {"x": ("3/10", "9/10"), "y": (1, 2)}
    args = ("x", "y")[: operator.arity]
    if operator.name == "acosh":
        box["x"] = (2, 3)
    expr = operator(*args)
    if operator.name in NO_TREE:
        with pytest.raises(emlir.LoweringError, match=operator.name):
            emlir.lower(expr, assume=box, semantics="complex")
        return
    tree = emlir.lower(expr, assume=box, semantics="complex")
    assert is_pure(tree)
    for k in range(5):
        point = {n: lo + (Fraction(hi) - lo) * k / 4 for n, (lo, hi) in exact(box).items()}
        assert_same_value(expr, tree, point, "real", "complex")


def exact(box):
    return {name: (Fraction(lo), Fraction(hi)) for name, (lo, hi) in box.items()}


@pytest.mark.parametrize(
    ("formula", "assume", "semantics", "size"),
    [
        ("e", None, "real", 3),
        ("exp(x)", None, "real", 3),
        ("ln(x)", "x > 0", "real", 7),
        ("-x", None, "extended", 15),
        ("-x", None, "real", 29),
        ("-x", "x in [-5, 5]", "real", 17),
        ("ln(x)", None, "real", 7),
        ("x + y", None, None, 19),
        ("x - y", None, None, 11),
        ("x*y", None, None, 17),
        ("x/y", None, None, 17),
        ("x - y", "x > 0", "real", 11),
        ("x - y", None, "complex", 11),
        ("x - y", "y in [-5, 5]", "real", 19),
        ("x + y", None, "complex", 19),
        ("x*y", "x > 0", "complex", 17),
        ("x*y", "x in [1, 2], y > 0", "real", 17),
        ("x/y", "x > 0, y > 0", "complex", 17),
        ("x/y", "x > 1, y > 0", "real", 17),
        ("x^y", "x > 0, y > 0", "complex", 25),
        ("x^(3/2)", "x > 0", "complex", 25),
    ],
)
def test_sizes(formula, assume, semantics, size):
    tree = emlir.lower(emlir.parse(formula), assume=assume, semantics=semantics)
    assert tree.tree_size == size


@pytest.mark.parametrize(
    ("formula", "semantics", "words"),
    [
        ("sin(x)", "real", r"sin has no EML tree in the semantics real; try semantics='complex'"),
        (
            "ln(x)",
            "complex",
            r"ln can be lowered where x > 0, or where x >= 0; this does not follow",
        ),
        ("sqrt(x - 2)", "complex", r"sqrt can be lowered where x - 2 > 0"),
        ("1/x", "complex", r"div can be lowered where x != 0"),
        ("1 + i*x", None, r"not shown to be a real number"),
        ("floor(x)", "complex", r"floor has no EML tree"),
        ("i*x", "complex", r"not shown to be a real number"),
        ("2*ln(x)", "extended", r"mul of an argument that is not shown to be a real number"),
        ("inf", "real", r"inf has no EML tree"),
        ("(x - 2)^(1/2)", "real", r"pow can be lowered where x - 2 > 0"),
    ],
)
def test_refusals(formula, semantics, words):
    with pytest.raises(emlir.LoweringError, match=words):
        emlir.lower(emlir.parse(formula), semantics=semantics)


@pytest.mark.parametrize(
    ("formula", "assume", "conditions"),
    [
        ("x^y", None, ["x != 0 or y > 0"]),
        ("x^y", "x > 0", []),
        ("x^y", "y > 0", []),
        ("x^y + y^x", None, ["x != 0 or y > 0", "y != 0 or x > 0"]),
        ("(x^y)^z", None, ["x^y != 0 or z > 0", "x != 0 or y > 0"]),
        ("sin(x^y) + cos(x^y)", None, ["x != 0 or y > 0"]),
    ],
)
def test_obligations(formula, assume, conditions):
    """The condition of the tree that is right on most, not of the smallest (x != 0)."""
    done = lowered(emlir.parse(formula), assume=assume)
    assert [str(condition) for condition in done.obligations] == conditions
    if conditions:
        with pytest.warns(emlir.ObligationWarning, match=re.escape(conditions[0])):
            assert emlir.lower(emlir.parse(formula), assume=assume) is done.tree
    else:
        assert emlir.lower(emlir.parse(formula), assume=assume) is done.tree


@pytest.mark.parametrize("x", [-2, -1, 0, 1, Fraction(1, 2), 3])
@pytest.mark.parametrize("y", [-2, -1, 0, 1, Fraction(1, 2), 3])
def test_the_tree_is_right_where_its_obligations_hold(x, y):
    expr = emlir.parse("x^y")
    done = lowered(expr)
    point = {"x": Fraction(x), "y": Fraction(y)}
    if x != 0 or y > 0:
        assert_same_value(expr, done.tree, point, "real", "complex")


@pytest.mark.parametrize("semantics", ["real", "extended", "complex"])
def test_with_semantics_nothing_is_left_open(semantics):
    with pytest.raises(emlir.LoweringError, match="x > 0"):
        lowered(emlir.parse("x^y"), semantics=semantics)
    with pytest.raises(emlir.LoweringError, match="x > 0"):
        emlir.rewrite(emlir.parse("x^y"), "lower", semantics=semantics)


def test_the_pass_notes_its_obligations():
    done = emlir.trace(emlir.parse("x^y + 1"), "lower", allow_obligations=True)
    assert [str(condition) for condition in done.obligations] == ["x > 0"]
    assert is_pure(done.expr)
    assert replay(done.log, done.context) is done.expr
    assert not emlir.trace(emlir.parse("x + y"), "lower", allow_obligations=True).obligations


def test_a_condition_that_cannot_hold_is_no_obligation():
    with pytest.raises(emlir.LoweringError, match="where x != 0"):
        lowered(emlir.parse("x^y"), assume="x <= 0, x >= 0, y <= 0")


def test_conditions_are_compared():
    x, y, z = emlir.symbols("x y z")
    context = Context("real", Assumptions(), reals=True)
    narrow, wide, other = (Gap(k, (truth,)) for k, truth in enumerate((x > 0, x >= 0, z > y)))
    assert widest(context, [narrow, wide, other]) == [wide, other]
    assert widest(context, [narrow]) == [narrow]


def test_obligations_of_shared_parts_are_collected_once():
    truths = [emlir.parse(f"x > {k}") for k in range(3)]
    inner = Choice(emlir.parse("x"), 1, missing=(truths[2],))
    left, right = (Choice(emlir.parse("x"), 1, True, (t,), (inner,)) for t in truths[:2])
    root = Choice(emlir.parse("x"), 1, parts=(left, right))
    assert set(obligations_of(root)) == set(truths) and len(obligations_of(root)) == 3


def test_constants_can_be_built_from_one():
    for text in ("0", "1", "2", "-1", "7", "3/2", "-5/3", "100"):
        tree = emlir.lower(emlir.parse(text), constants="expand", semantics="complex")
        leaves = {str(n) for n in postorder((tree,)) if n.is_number}
        assert leaves == {"1"}
        assert_same_value(emlir.parse(text), tree, {}, "real", "complex")
    assert emlir.lower(emlir.parse("3/2")) is emlir.parse("3/2")


def test_a_truth_expression_is_refused():
    with pytest.raises(TypeError, match="truth"):
        emlir.lower(emlir.parse("x > 0"))


@pytest.mark.parametrize("formula", ["sin(x)", "cos(x)", "atan(x)", "x*y", "tan(x)"])
def test_complex_trees_hold_at_zero_too(formula):
    expr = emlir.parse(formula)
    tree = emlir.lower(expr, semantics="complex", assume={"x": (-1, 1), "y": (-1, 1)})
    for x in (-1, 0, Fraction(1, 3)):
        assert_same_value(expr, tree, {"x": Fraction(x), "y": Fraction(0)}, "real", "complex")


def test_the_observer_takes_the_obligations_of_lower_into_account():
    with observed(verify_pass):
        emlir.trace(emlir.parse("x^y"), "lower", allow_obligations=True)


def test_the_observer_sees_a_wrong_obligation():
    expr = emlir.parse("x^y")
    done = emlir.trace(expr, "lower", allow_obligations=True)
    reals = Context("real", done.context.assumptions, reals=True)
    with pytest.raises(AssertionError, match="became"):
        check_preserved(expr, done.expr, reals, extends=True, points=300)
