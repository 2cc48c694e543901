"""lift: trees of one operator back to elementary functions, of the same value."""

import math
import random
import warnings
from fractions import Fraction

import pytest
from hypothesis import assume, given, reject, settings, strategies as st

import emlir
from emlir.expr import postorder
from emlir.passes.lift import _failed
from emlir.passes.lifting.algebra import _integer_root
from emlir.passes.lifting.reader import Reader
from emlir.passes.lifting.readings import smallest_reading
from emlir.passes.lifting.validity import Validity
from emlir.passes.lower import lowered
from emlir.testing import expressions
from tests.paper_compiler import paper_trees
from tests.truth import assert_same_value, ball_at

BOX = {"x": ("0.1", 2), "y": ("0.1", 2)}
NOTHING = emlir.Assumptions.of(None)
PRIMITIVES = {
    "identity": "x",
    "exp": "exp(x)",
    "ln": "ln(x)",
    "inv": "1/x",
    "half": "x/2",
    "neg": "-x",
    "sqr": "x^2",
    "add": "x + y",
    "sub": "x - y",
    "mul": "x*y",
    "div": "x/y",
    "pow": "x^y",
    "log": "ln(y)/ln(x)",
    "avg": "x/2 + y/2",
    "hypot": "hypot(x, y)",
}


@pytest.mark.parametrize("name", paper_trees())
def test_the_papers_compiler_is_undone(name):
    lifted = emlir.lift(paper_trees()[name])
    assert str(lifted) == PRIMITIVES.get(name, f"{name}(x)")


@pytest.mark.parametrize(
    ("tree", "lifted"),
    [
        ("eml(x, 1)", "exp(x)"),
        ("eml(1, 1)", "e"),
        ("eml(1, eml(eml(1, x), 1))", "ln(x)"),
        ("eml(x, eml(y, 1))", "exp(x) - y"),
        ("eml(eml(1, eml(eml(1, x), 1)), y)", "x - ln(y)"),
        ("eml(x, y) + 1", "exp(x) - ln(y) + 1"),
        ("eml(1, eml(eml(1, 1), 1))", "0"),
        ("sin(eml(1, eml(eml(1, x), 1)))*2", "sin(ln(x))*2"),
        ("eml(x, 2) > eml(y, 1)", "exp(x) - ln(2) > exp(y)"),
        ("eml(0, 0)", "inf"),
    ],
)
def test_small_trees(tree, lifted):
    assert str(emlir.lift(emlir.parse(tree))) == lifted


def test_a_branch_is_left_alone_where_it_may_matter():
    """For x < 0 the tree is ln(x) - 2 pi i."""
    tree = emlir.parse("eml(1, eml(eml(1, x), 1))")
    assert str(emlir.lift(tree, semantics="complex")) == "e - ln(exp(e - ln(x)))"
    kept = emlir.lift(tree, semantics="complex", assume="x != 0")
    assert str(kept) == "-ln(1/x)"
    assert emlir.evaluate(kept, {"x": -1.0}, semantics="complex").imag == pytest.approx(-math.pi)
    assert str(emlir.lift(tree, semantics="complex", assume="x > 0")) == "ln(x)"


def test_an_obligation_that_nothing_implies_is_seen():
    """Taking for granted that x is not negative gives ln(x), which is wrong for x < 0."""
    nothing = emlir.Assumptions.of(None)
    reader = Reader(nothing, "complex", frozenset())
    trusting = reader.read(emlir.parse("eml(1, eml(eml(1, x), 1))"))
    assert str(trusting) == "ln(x)"
    assert _failed(reader, nothing, "complex")


@pytest.mark.parametrize("semantics", ["extended", "complex"])
def test_infinite_values_of_trees_are_kept(semantics):
    """exp(0 - ln x) is oo at 0, where 1/x is undefined."""
    reciprocal = emlir.parse("1 1 1 1 1 E 1 E E E E x E 1 E", "rpn")
    lifted = emlir.lift(reciprocal, semantics=semantics)
    assert emlir.evaluate(lifted, {"x": 0.0}, semantics=semantics) == math.inf
    assert str(emlir.lift(reciprocal)) == "1/x"


@pytest.mark.parametrize(
    "text",
    [
        "softplus(softplus(x))",
        "sigmoid(logaddexp(x, x))",
        "y*hypot(y, y)",
        "tanh(softplus(acos(x/2)/3))",
        "sigmoid(atanh(x/3)*(-1/3) - log1p(x))",
        "sinh(3)*cosh(x + ln(y))",
        "sqrt(x)^12/expm1(log1p(y) - 4)",
    ],
)
def test_what_was_lowered_is_undone_as_a_whole(text):
    """Followed as sums, these grow: exponentials and logarithms meet in them."""
    expr = emlir.parse(text)
    lifted = emlir.lift(emlir.lower(expr, assume=BOX), assume=BOX)
    assert lifted.tree_size <= expr.tree_size
    for point in grid()[::9]:
        assert_same_value(expr, lifted, point)


@pytest.mark.parametrize(
    "text", ["x*y", "x/y", "1/x", "tanh(x)", "ln(x*y) + x", "asinh(x)", "sinh(x)", "log1p(x)"]
)
def test_long_trees_of_real_steps_are_read_without_boxes(text):
    """There the steps of the tree say where the operators are defined."""
    tree = emlir.lower(emlir.parse(text), semantics="real")
    assert str(emlir.lift(tree, semantics="real")) == text


def test_a_reading_needs_the_domain_of_its_operators(monkeypatch):
    """exp(ln x - ln y) is 0 in extended where x is 0 and y is oo, and oo where y is 0."""
    tree = emlir.lower(emlir.parse("x/y"), assume=BOX, semantics="complex")
    assert str(smallest_reading(tree, emlir.Assumptions.of(BOX), "complex")) == "x/y"
    assert str(smallest_reading(tree, NOTHING, "complex")) != "x/y"
    monkeypatch.setattr(Validity, "_needs", lambda *_: iter(()))
    assert str(smallest_reading(tree, NOTHING, "complex")) == "x/y"


def test_a_reading_needs_what_the_lowering_requires(monkeypatch):
    """The short tree of x^y, exp(y ln x), is one where x > 0."""
    tree = emlir.lower(emlir.parse("x^y"), assume="x > 0")
    assert str(smallest_reading(tree, NOTHING, None)) == "exp(y*ln(x))"
    monkeypatch.setattr(Validity, "_needs", lambda *_: iter(()))
    assert str(smallest_reading(tree, NOTHING, None)) == "x^y"


def test_roots_of_numbers_beyond_floats_are_exact():
    for text in ("asin(-(1 + 1/10^155))", "sqrt(10^400*x)"):
        expr = emlir.parse(text)
        tree = emlir.eml(emlir.eml(1, emlir.eml(emlir.eml(1, expr), 1)), 1)
        assert str(emlir.lift(tree, assume=BOX)) == text
    assert _integer_root(10**400, 2) == 10**200
    assert _integer_root(10**400 + 1, 2) is None


def test_tangents_with_poles_in_the_box_come_back():
    tree = emlir.lower(emlir.parse("tan(ln(3/2) + y)"), assume=BOX, semantics="complex")
    assert str(emlir.lift(tree, assume=BOX, semantics="complex")) == "tan(ln(3/2) + y)"


def test_nothing_recurses():
    node = emlir.parse("x")
    for k in range(2_000):
        node = emlir.eml(node, 1) if k % 2 else emlir.eml(1, emlir.eml(node, 1))
    assert emlir.lift(node, semantics="real").dag_size > 1


def check_round_trip(expr, semantics, box):
    """Lower, lift, and compare at points where the expression is real."""
    try:
        tree = lowered(expr, assume=box, semantics=semantics).tree
    except emlir.LoweringError:
        return
    lifted = emlir.lift(tree, assume=box, semantics=semantics)
    assert not any(node.op.name == "eml" for node in postorder((lifted,)))
    rng = random.Random(0)
    for _ in range(4):
        point = {name: Fraction(rng.randint(8, 160), 80) for name in "xy"}
        if ball_at(expr, point).kind == "real":
            assert_same_value(expr, lifted, point)


def is_real_somewhere(expr):
    return not {"i", "inf"} & {node.op.name for node in postorder((expr,))}


@pytest.mark.parametrize(("semantics", "box"), [(None, None), ("complex", BOX), ("real", BOX)])
@settings(max_examples=30)
@given(data=st.data())
def test_lift_undoes_lower(semantics, box, data):
    expr = data.draw(expressions(families=("arithmetic", "elementary"), max_nodes=6))
    assume(is_real_somewhere(expr))
    check_round_trip(expr, semantics, box)


@settings(max_examples=30)
@given(
    tree=expressions(families=("eml",), max_nodes=12),
    point=st.fixed_dictionaries({name: st.fractions(-3, 3, max_denominator=8) for name in "xy"}),
)
def test_any_tree_keeps_its_real_value(tree, point):
    """Wherever the lifted form is defined in real, it has the value of the tree."""
    lifted = emlir.lift(tree)
    if ball_at(lifted, point, "real").kind != "real":
        return
    if ball_at(tree, point, "complex").kind not in ("undefined", "undecided"):
        assert_same_value(tree, lifted, point, "complex")


@pytest.mark.slow
def test_a_thousand_round_trips_stay_small():
    """Ball-equal at 64 points where real, and not larger than 1.5 times the original."""

    @settings(max_examples=1_000)
    @given(expr=expressions(families=("arithmetic", "elementary"), max_nodes=8))
    def round_trip(expr):
        assume(is_real_somewhere(expr))
        lifted = emlir.lift(lowered_without_obligations(expr), assume=BOX)
        real = [point for point in grid() if ball_at(expr, point).kind == "real"]
        assume(real)
        for point in real:
            assert_same_value(expr, lifted, point)
        assert lifted.tree_size <= 1.5 * expr.tree_size

    round_trip()


def lowered_without_obligations(expr):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", emlir.InaccuracyWarning)
        warnings.simplefilter("error", emlir.ObligationWarning)
        try:
            return emlir.lower(expr, assume=BOX)
        except (emlir.LoweringError, emlir.ObligationWarning):
            reject()


def grid():
    """64 points of the box."""
    return [
        {"x": Fraction(2 * i + 3, 10), "y": Fraction(2 * k + 3, 10)}
        for i in range(8)
        for k in range(8)
    ]
