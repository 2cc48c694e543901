"""Values known up to a multiple of 2 pi i: every possible branch is inside, and exp ends it."""

import math

import numpy as np
import pytest
from flint import acb, arb
from hypothesis import given, strategies as st

import emlir
from emlir.evaluate import ball_backend
from emlir.ops import trees
from emlir.testing import check_agreement
from emlir_arb import Evaluator, arithmetic, winding, working_precision
from tests.truth import ball_at

X, Y = emlir.symbols("x y")
MINUS_THREE = {"x": -3}


def near_the_cut(middle, offset, radius):
    """A rectangle around middle + offset i that may lie on both sides of the negative axis."""
    field = arithmetic("complex")
    return field.build(field, "plane", acb(arb(middle, 1e-9), arb(offset, radius)), None)


def logarithm(z):
    """Log with the upper value on the cut."""
    return complex(math.log(abs(z)), math.atan2(z.imag + 0.0, z.real))


def possible(ball):
    """All rectangles that a ball stands for."""
    if ball.kind == "plane":
        return [ball.lo]
    return [ball.lo + acb(0, 2 * arb.pi() * k) for k in ball.hi]


def holds(ball, value):
    slack = acb(arb(0, 1e-12), arb(0, 1e-12))
    point = acb(value.real, value.imag) + slack
    return any(part.overlaps(point) for part in possible(ball))


inside = st.floats(-1, 1)


@given(st.floats(-5, -0.1), st.sampled_from([0.0, 1e-9, -1e-9, 0.3]), inside, inside)
def test_every_logarithm_and_every_sum_is_inside(middle, offset, part, other):
    z, w = (complex(middle, offset + 1e-9 * side) for side in (part, other))
    first = near_the_cut(middle, offset, 1.1e-9).ln()
    second = near_the_cut(middle, offset, 1.1e-9).ln()
    assert holds(first, logarithm(z))
    assert holds(-first, -logarithm(z))
    assert holds(first + second, logarithm(z) + logarithm(w))
    assert holds(first - second, logarithm(z) - logarithm(w))
    assert holds(first - second - first, -logarithm(w))
    assert first.exp().kind == "plane" and holds(first.exp(), z)
    assert holds((first - second).sinh(), np.sinh(logarithm(z) - logarithm(w)))


def test_a_missing_branch_is_seen(monkeypatch):
    """The seeded defect: the value from below the cut is forgotten."""
    build = winding._winding
    monkeypatch.setattr(winding, "_winding", lambda field, value, _: build(field, value, range(1)))
    assert not holds(near_the_cut(-2, 0.0, 1e-9).ln(), logarithm(-2 - 1e-10j))


def test_from_above_there_is_one_branch():
    assert near_the_cut(-2, 0.5, 0.5).ln().kind == "winding"  # its radius is rounded up
    assert near_the_cut(-2, 0.5, 0.4).ln().kind == "plane"
    assert near_the_cut(-2, -0.5, 0.4).ln().kind == "plane"
    assert near_the_cut(0, 0.0, 1e-9).ln().kind == "undecided"
    exact = arithmetic("complex").real(arb(-3), arb(-2)).ln()
    assert exact.kind == "plane" and exact.lo.imag.contains(arb.pi())


def test_too_many_branches_become_their_hull():
    value = near_the_cut(-2, 0.0, 1e-9).ln()
    for _ in range(10):
        value = value + value
    assert value.kind == "plane" and value.lo.imag.contains(0)
    assert float(value.lo.imag.upper()) >= 1024 * math.pi - 1e-3


@pytest.mark.parametrize(
    ("tree", "point", "value"),
    [
        (trees.minus(X, Y), {"x": -3, "y": 2}, -5),
        (trees.minus(X, Y), {"x": "-0.001", "y": -700}, 699.999),
        (trees.product(X, Y), {"x": -3, "y": -4}, 12),
        (trees.product(X, Y), {"x": 0, "y": -3}, 0),
        (emlir.cosh(trees.ln_tree(X)), {"x": -2}, -1.25),
    ],
)
def test_trees_at_negative_arguments_are_decided(tree, point, value):
    ball = ball_at(tree, {name: emlir.const(at).number for name, at in point.items()}, "complex")
    with working_precision(300):
        ends = ball.lo if ball.kind == "plane" else acb(ball.lo.union(ball.hi))
        assert ends.rad() < 1e-60
        assert ends.overlaps(acb(arb(value, 1e-12)))


def test_at_an_exact_point_the_branch_is_known():
    """The inner logarithm is on its cut: Log z - 2 pi i, which no rounded evaluation can see."""
    tree = trees.ln_tree(X)
    digits = ball_backend().digits(tree, MINUS_THREE, 10, "complex")
    assert digits == "1.098612289 - 3.141592654*i"
    with pytest.raises(emlir.DomainError, match="not shown to be a real number"):
        emlir.enclose(tree, {"x": (-3, -2)}, semantics="complex")
    _, status = emlir.evaluate(tree, {"x": [-3.0, 3.0]}, semantics="complex", status=True)
    assert [emlir.STATUS[code] for code in status] == ["undecided", "ok"]


def rounded_tree():
    """The value of the tree at -3 with the rounding of floats."""
    field = arithmetic("complex", 4)
    values = {"x": field.real(arb(-3), arb(-3))}
    return Evaluator(values, "complex", 4)(trees.ln_tree(X))


def test_other_functions_take_the_hull():
    with working_precision(128):
        tree = rounded_tree()
        assert tree.kind == "winding"
        size = abs(tree)
        assert size.kind == "real" and size.lo < 1.0987 and size.hi > 3.328
        exact = tree.arithmetic
        assert tree.compare(exact.enclosing(arb(3).log()), "eq").lo is None
        one = exact.real(arb(1), arb(1))
        assert tree.compare(one, "eq").lo is False
        assert tree.compare(one, "lt").kind in ("undecided", "undefined")
        assert tree.maximum(one).kind in ("undecided", "undefined")
        wide = tree * exact.real(arb(2), arb(2))
        assert wide.kind == "plane" and wide.lo.imag.contains(0)


def test_an_infinity_absorbs_it():
    tree = emlir.parse("ln(0) + t").subs({"t": trees.ln_tree(X)})
    ball = ball_at(tree, MINUS_THREE, "complex")
    assert ball.kind == "real" and ball.is_point and not ball.is_finite
    assert emlir.evaluate(tree, {"x": -3.0}, semantics="complex") == -math.inf


def test_floats_near_the_cut_lie_inside():
    """With the rounding allowed, exp of it still encloses what NumPy gives."""
    columns = {"x": [-3.0, -1e-3, -7.5], "y": [2.0, -5.0, 0.25]}
    assert check_agreement(trees.minus(X, Y), columns, semantics="complex") == 3
    assert check_agreement(trees.product(X, Y), columns, semantics="complex") == 3
