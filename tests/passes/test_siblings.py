"""The sibling operators: meaning, and lowering in the basis EDL."""

from fractions import Fraction

import numpy as np
import pytest

import emlir
from emlir.expr import postorder
from emlir.ops import siblings
from tests.truth import assert_same_value, ball_at, rectangle

UNARY = (
    "exp(x) ln(x) 1/x x/2 -x sqrt(x) x^2 sigmoid(x) sin(x) cos(x) tan(x) asin(x) acos(x) atan(x) "
    "sinh(x) cosh(x) tanh(x) asinh(x) acosh(x) atanh(x)"
).split()
BINARY = ["x + y", "x - y", "x*y", "x/y", "ln(y)/ln(x)", "(x + y)/2", "hypot(x, y)"]
CONSTANTS = ["pi", "e", "-1", "1", "2"]
PLACES = ["-8", "-2", "-1", "-1/2", "0", "1/3", "3/4", "1", "2", "7/2", "8"]


def is_edl(tree):
    nodes = [node for node in postorder((tree,)) if not node.is_symbol]
    return all(siblings.EDL.has(node) for node in nodes)


def edl(formula, **options):
    return emlir.lower(emlir.parse(formula), basis="edl", constants="expand", **options)


@pytest.mark.parametrize("formula", [*UNARY, *BINARY, *CONSTANTS])
def test_edl_writes_the_primitives(formula):
    expr, tree = emlir.parse(formula), edl(formula)
    assert is_edl(tree)
    compared = 0
    for k, x in enumerate(PLACES):
        point = {"x": Fraction(x), "y": Fraction(PLACES[(3 * k + 2) % len(PLACES)])}
        if ball_at(expr, point).kind == "real":
            at_point = tree.subs(point)  # closed subterms are then folded exactly
            compared += assert_same_value(expr.subs(point), at_point, {}, "real", "complex")
    assert compared >= 3


def test_edl_writes_powers_of_positive_numbers_and_i():
    expr, tree = emlir.parse("x^y"), edl("x^y", assume="x > 0")
    for x, y in ((2, 3), (Fraction(1, 2), -2), (1, 5), (3, 0)):
        point = {"x": Fraction(x), "y": Fraction(y)}
        at_point = tree.subs(point)
        assert assert_same_value(expr.subs(point), at_point, {}, "real", "complex")
    with pytest.warns(emlir.ObligationWarning, match="x > 0"):
        edl("x^y")
    with pytest.raises(emlir.LoweringError, match="x > 0"):
        edl("x^y", semantics="complex")
    assert rectangle(ball_at(edl("i"), {}, "complex")).imag.contains(1)


@pytest.mark.parametrize("name", ["neml", "teml"])
def test_a_basis_without_lowerings_refuses(name):
    with pytest.raises(emlir.LoweringError, match=f"exp has no {name.upper()} tree"):
        emlir.lower(emlir.parse("exp(x)"), basis=name)
    with pytest.raises(emlir.UnknownNameError, match="there is edl, eml, neml, teml"):
        emlir.lower(emlir.parse("x"), basis="nope")


@pytest.mark.parametrize(
    ("formula", "semantics", "value"),
    [
        ("edl(1, exp(2))", "real", np.e / 2),
        ("edl(0, 1)", "real", np.nan),
        ("edl(0, 1)", "extended", np.inf),
        ("edl(-inf, 1)", "extended", np.nan),
        ("edl(2, 0)", "extended", 0),
        ("edl(0, -1)", "complex", -1j / np.pi),
        ("edl(i, 1)", "complex", np.nan),
        ("neml(1, 0)", "real", -1),
        ("neml(0, 0)", "extended", -np.inf),
        ("neml(e, -inf)", "extended", 1),
        ("teml(3, 3, 3)", "real", 1),
        ("teml(2, 1, 3)", "real", np.e * np.log(3) / np.log(2)),
        ("teml(-1/2, -1/2, -1/2)", "complex", 1),
    ],
)
def test_values(formula, semantics, value):
    expr = emlir.parse(formula)
    found = complex(emlir.evaluate(expr, semantics=semantics))
    assert found == pytest.approx(complex(value), nan_ok=True)
    ball = ball_at(expr, {}, semantics)
    if np.isnan(value):
        assert ball.kind == "undefined"
    elif np.isfinite(value):
        assert rectangle(ball).contains(complex(value)) or abs(found - value) < 1e-15


@pytest.mark.parametrize("formula", ["edl(x, y)", "neml(x, y)", "teml(x, y, x + y)"])
def test_derivatives(formula):
    expr, step = emlir.parse(formula), 1e-6
    at = {"x": 1.7, "y": 2.3}
    for name in "xy":
        up, down = ({**at, name: at[name] + side * step} for side in (1, -1))
        slope = (emlir.evaluate(expr, up) - emlir.evaluate(expr, down)) / (2 * step)
        assert float(emlir.evaluate(expr.diff(name), at)) == pytest.approx(float(slope), rel=1e-6)


@pytest.mark.parametrize("formula", ["edl(x, y)", "neml(x, y)", "teml(x, y, 2)"])
def test_siblings_lower_to_eml_and_lift(formula):
    expr = emlir.parse(formula)
    point = {"x": Fraction(3, 2), "y": Fraction(5, 2)}
    lowered = emlir.lower(expr)
    assert {node.op.name for node in postorder((lowered,))} <= {"eml", "number", "symbol"}
    assert_same_value(expr, lowered, point, "real", "complex")
    lifted = emlir.lift(expr)
    assert not {node.op.family for node in postorder((lifted,))} & {"eml", "sibling"}
    assert_same_value(expr, lifted, point)
