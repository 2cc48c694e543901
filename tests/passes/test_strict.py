"""strict: trees with infinite steps become trees without."""

from fractions import Fraction

import numpy as np
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
    tree = emlir.lower(emlir.parse("sqrt(x)"), semantics="complex", assume="x >= 0")
    with pytest.raises(emlir.LoweringError, match="x > 0"):
        strict(tree, semantics="complex", assume="x >= 0")


PRIMITIVES = {
    "exp(x)": "", "ln(x)": "", "1/x": "", "x/2": "", "-x": "", "sqrt(x)": "x > 0", "x^2": "",
    "sigmoid(x)": "", "sin(x)": "", "cos(x)": "", "tan(x)": "", "sinh(x)": "", "cosh(x)": "",
    "tanh(x)": "", "asin(x)": "x > -1 and x < 1", "acos(x)": "x > -1 and x < 1", "atan(x)": "",
    "asinh(x)": "", "acosh(x)": "x > 1", "atanh(x)": "", "x + y": "", "x - y": "", "x*y": "",
    "x/y": "", "ln(y)/ln(x)": "", "x^y": "x > 0", "(x + y)/2": "", "hypot(x, y)": "x > 0",
    "pi": "", "e": "", "i": "",
}  # fmt: skip
"""The primitives of the paper but for 1, -1, 2, x and y, and where a finite tree can hold."""
PLACES = [Fraction(p, 8) for p in (-20, -8, -5, -2, 0, 3, 8, 13, 21)]


def _places(formula, assume):
    """Points in the real domain where the assumption holds; y is at another place than x."""
    expr = emlir.parse(formula)
    names = expr.symbols
    for k, x in enumerate(PLACES):
        point = {name: value for name, value in (("x", x), ("y", PLACES[k - 2])) if name in names}
        floats = {name: float(value) for name, value in point.items()}
        semantics = "complex" if formula == "i" else "real"
        defined = np.isfinite(emlir.evaluate(expr, floats, semantics=semantics))
        if defined and (not assume or emlir.evaluate(emlir.parse(assume), floats)):
            yield point


@pytest.mark.parametrize(("formula", "assume"), PRIMITIVES.items())
def test_every_primitive_has_a_tree_of_finite_steps(formula, assume):
    expr = emlir.parse(formula)
    short = emlir.lower(expr, assume=assume or None)
    finite = strict(short, assume=assume or None)
    assert {node.op.name for node in postorder((finite,))} <= {"eml", "number", "symbol"}
    assert finite.tree_size < 1000
    points = list(_places(formula, assume))
    assert points
    for point in points[:1] if not expr.symbols else points:
        semantics = "complex" if formula == "i" else "real"
        assert_same_value(expr, finite, point, semantics, "complex")
        assert not has_infinite_step(finite, point)


def test_it_is_a_pass():
    short = emlir.lower(emlir.parse("-x"), semantics="extended")
    assert short.tree_size == 15
    finite = emlir.rewrite(short, "strict", semantics="extended", assume={"x": (-5, 5)})
    assert finite.tree_size == 17
