"""strict: trees with infinite steps become trees without."""

from fractions import Fraction

import pytest

import emlir
from emlir import Interval
from emlir.expr import postorder
from emlir.passes.strict import strict
from emlir_arb import Evaluator
from tests.truth import PRECISION, assert_same_value, box_values, prepare, working_precision

POINTS = [Fraction(p, 4) for p in (-9, -3, 2, 5, 11)]


def has_infinite_step(tree, point):
    box = {name: Interval(value, value) for name, value in point.items()}
    with working_precision(PRECISION):
        evaluator = Evaluator(box_values(box, "complex"), "complex")
        prepared = prepare(tree, "complex")
        evaluator(prepared)
        values = [evaluator.known[node] for node in postorder((prepared,))]
    return any(value.kind == "real" and not value.is_finite for value in values)


@pytest.mark.parametrize(
    ("formula", "assume"),
    [
        ("-x", None),
        ("1/x", "x > 0"),
        ("x - y", None),
        ("x*y", "x > 0, y in [1/10, 8]"),
        ("sinh(x)", None),
        ("sigmoid(x)", None),
        ("exp(-x)", None),
    ],
)
def test_infinities_go(formula, assume):
    expr = emlir.parse(formula)
    finite = strict(emlir.lower(expr, assume=assume), assume=assume)
    assert {node.op.name for node in postorder((finite,))} <= {"eml", "number", "symbol"}
    for x in POINTS:
        point = {"x": abs(x) if assume else x, "y": Fraction(7, 3)}
        assert_same_value(expr, finite, point, "real", "complex")
        assert not has_infinite_step(finite, point)


def test_a_tree_with_an_infinity_is_told_from_one_without():
    short = emlir.lower(emlir.parse("-x"))
    assert has_infinite_step(short, {"x": Fraction(1)})
    assert not has_infinite_step(strict(short), {"x": Fraction(1)})


def test_finite_trees_stay():
    tree = emlir.lower(emlir.parse("exp(x) - y"))
    assert strict(tree) is tree


def test_what_is_missing_is_said():
    with pytest.raises(emlir.LoweringError, match="sin has no finite EML tree"):
        strict(emlir.lower(emlir.parse("sin(x)")))


def test_it_is_a_pass():
    short = emlir.lower(emlir.parse("-x"), semantics="extended")
    assert short.tree_size == 15
    finite = emlir.rewrite(short, "strict", semantics="extended", assume={"x": (-5, 5)})
    assert finite.tree_size == 17
