"""enclose: rigorous, reasonably tight, and clear where there is nothing to enclose."""

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import acb, arb, fmpq
from hypothesis import assume, given, settings, strategies as st

import emlir
from emlir.evaluate import ball_backend
from emlir.semantics import SEMANTICS
from emlir.testing import expressions
from emlir_arb import Evaluator, prepare, working_precision
from emlir_arb.rational import gaussian
from tests.truth import ball_at


@given(
    expr=expressions(max_nodes=8),
    ends=st.tuples(st.fractions(-4, 4, max_denominator=9), st.fractions(0, 2, max_denominator=9)),
    parts=st.lists(st.fractions(0, 1, max_denominator=16), min_size=2, max_size=2),
)
def test_every_value_is_inside(expr, ends, parts):
    lo, width = ends
    box = {"x": (lo, lo + width), "y": (lo, lo + width)}
    try:
        low, high = emlir.enclose(expr, box)
    except emlir.DomainError:
        return
    ball = ball_at(expr, {n: lo + width * part for n, part in zip("xy", parts, strict=True)})
    assert ball.kind == "real"
    assume(ball.is_finite)
    assert float(ball.hi) >= low - abs(low) * 1e-15
    assert float(ball.lo) <= high + abs(high) * 1e-15
    exact_low = Fraction(low) if math.isfinite(low) else low
    exact_high = Fraction(high) if math.isfinite(high) else high
    assert exact_low <= float(ball.hi) and exact_high >= float(ball.lo)


@pytest.mark.parametrize(
    ("formula", "box", "bounds"),
    [
        ("x^2", {"x": (-1, 2)}, (0, 4)),
        ("x*x - 2*x", {"x": (0, 2)}, (-1, 0)),
        ("sin(x)", {"x": (0, 10)}, (-1, 1)),
        ("exp(x)", {"x": ("-inf", 0)}, (0, 1)),
        ("tanh(x)", {"x": ("-inf", "inf")}, (-1, 1)),
        ("max(x, y)", {"x": (0, 1), "y": (2, 3)}, (2, 3)),
        ("where(x > 0, x, -x)", {"x": (-1, 2)}, (0, 2)),
        ("floor(x)", {"x": ("0.5", "2.5")}, (0, 2)),
        ("x^(1/2)", {"x": (0, 4)}, (0, 2)),
        ("3", {}, (3, 3)),
    ],
)
def test_bounds(formula, box, bounds):
    low, high = emlir.enclose(emlir.parse(formula), box)
    assert low <= bounds[0] and high >= bounds[1]
    assert low > bounds[0] - 0.02 and high < bounds[1] + 0.02


def test_ends_are_rounded_outward():
    low, high = emlir.enclose(emlir.parse("x"), {"x": (0.1, 0.3)})
    assert low <= 0.1 and high >= 0.3
    low, high = emlir.enclose(emlir.parse("1/3"), {})
    assert Fraction(low) < Fraction(1, 3) < Fraction(high)
    assert np.nextafter(low, 1) == high


@pytest.mark.parametrize(
    ("formula", "box", "words"),
    [
        ("ln(x)", {"x": (0, 1)}, "not shown to be defined"),
        ("ln(x)", {"x": (-2, -1)}, "is not defined"),
        ("1/x", {"x": (-1, 1)}, r"not shown to be defined for x in"),
        ("x > 0", {"x": (1, 2)}, "not a real number"),
        ("sqrt(x)", {"x": (-1, 1)}, "defined"),
    ],
)
def test_undefined(formula, box, words):
    with pytest.raises(emlir.DomainError, match=words):
        emlir.enclose(emlir.parse(formula), box)


def test_extended_and_complex():
    assert emlir.enclose(emlir.parse("ln(x)"), {"x": (0, 1)}, semantics="extended") == (-np.inf, 0)
    assert emlir.enclose(emlir.parse("i*i"), {}, semantics="complex") == (-1, -1)
    with pytest.raises(emlir.DomainError):
        emlir.enclose(emlir.parse("ln(x)"), {"x": (-2, -1)}, semantics="complex")


def test_bad_boxes():
    with pytest.raises(ValueError, match="no interval for 'y'"):
        emlir.enclose(emlir.parse("x + y"), {"x": (0, 1)})
    with pytest.raises(ValueError, match="empty"):
        emlir.enclose(emlir.parse("x"), {"x": (1, 0)})


@pytest.mark.parametrize(
    ("formula", "point", "digits", "semantics", "value"),
    [
        ("exp(x)", {"x": "0.5"}, 30, "real", "1.64872127070012814684865078781"),
        ("exp(pi*sqrt(163))", {}, 33, "real", "262537412640768743.999999999999250"),
        ("1/3", {}, 5, "real", "0.33333"),
        ("2/3", {}, 1, "real", "0.7"),
        ("999.96", {}, 4, "real", "1000"),
        ("1e-30", {}, 2, "real", "1.0e-30"),
        ("12345678", {}, 3, "real", "1.23e7"),
        ("1/8", {}, 2, "real", "0.12"),
        ("-0.00012", {}, 1, "real", "-0.0001"),
        ("ln(0)", {}, 5, "extended", "-inf"),
        ("sqrt(-2)", {}, 6, "complex", "0 + 1.41421*i"),
        ("exp(-i)", {}, 3, "complex", "0.540 - 0.841*i"),
        ("sin(1e30)", {}, 10, "real", "-0.09011690191"),
        ("0", {}, 5, "real", "0"),
        ("x", {"x": "0.135"}, 2, "real", "0.14"),
        ("x", {"x": "0.145"}, 2, "real", "0.14"),
        ("x + y", {"x": "0.1", "y": "0.035"}, 2, "real", "0.14"),
        ("sqrt(x)", {"x": "0.0225"}, 1, "real", "0.2"),
        ("x^(1/2)", {"x": "0.0225"}, 1, "real", "0.2"),
        ("sqrt(x)*i", {"x": "-0.0225"}, 1, "complex", "-0.2"),
        ("x/(1 + i)", {"x": "0.27"}, 2, "complex", "0.14 - 0.14*i"),
        ("(x*i)^3", {"x": "0.5"}, 2, "complex", "0 - 0.12*i"),
        ("x", {"x": emlir.parse("0.135 + i/8")}, 2, "complex", "0.14 + 0.12*i"),
        ("sin(x/2)", {"x": emlir.parse("pi")}, 3, "real", "1.00"),
        ("x^2", {"x": emlir.parse("sqrt(2)")}, 3, "real", "2.00"),
    ],
)
def test_correct_digits(formula, point, digits, semantics, value):
    assert ball_backend().digits(emlir.parse(formula), point, digits, semantics) == value


def test_what_cancels_exactly_is_simplified():
    digits = ball_backend().digits
    assert digits(emlir.parse("sqrt(x) - sqrt(x) + 1"), {"x": 2}, 5, "real") == "1.0000"
    assert digits(emlir.parse("sin(pi)"), {}, 5, "real") == "0"


@settings(max_examples=40)
@given(
    expr=expressions(max_nodes=8, families=("arithmetic",)), semantics=st.sampled_from(SEMANTICS)
)
def test_exact_values_lie_in_their_balls(expr, semantics):
    point = {"x": emlir.parse("-9/4 + i/3 - i/3"), "y": emlir.parse("2 - i/2")}
    closed = emlir.sqrt(expr).subs(point)
    with working_precision(200):
        ball = Evaluator({}, semantics)(prepare(closed, semantics))
        exact = gaussian(prepare(closed, semantics), semantics)
        if exact is None:
            return
        assert ball.kind in ("real", "plane")
        found = ball.lo if ball.kind == "plane" else acb(ball.lo.union(ball.hi))
        for part, value in zip((found.real, found.imag), exact, strict=True):
            assert part.overlaps(arb(fmpq(value.numerator, value.denominator)))


def test_digits_that_cannot_be_decided():
    with pytest.raises(ArithmeticError, match="cannot be decided"):
        ball_backend().digits(emlir.parse("cos(pi/5) - (1 + sqrt(5))/4"), {}, 5, "real")
    with pytest.raises(emlir.DomainError):
        ball_backend().digits(emlir.parse("ln(x)"), {"x": 0}, 5, "real")
    for far in ("exp(exp(40))", "exp(-exp(40))"):
        with pytest.raises(ArithmeticError, match="too large or too small"):
            ball_backend().digits(emlir.parse(far), {}, 5, "real")
    with pytest.raises(ValueError, match="digit"):
        ball_backend().digits(emlir.parse("1"), {}, 0, "real")
    with pytest.raises(ValueError, match="no value"):
        ball_backend().digits(emlir.parse("x"), {}, 5, "real")
    for value in ("y", "1 < 2"):
        with pytest.raises(ValueError, match="is not a number"):
            ball_backend().digits(emlir.parse("x"), {"x": emlir.parse(value)}, 5, "real")


@pytest.mark.parametrize(
    ("formula", "state"),
    [
        ("3^(2^(10^12))", "number"),
        ("0^(2^(10^12))", "number"),
        ("0^(-(2^(10^12)))", "undefined"),
        ("(0 - 3)^(2^(10^12))", "undecided"),
        ("(0 - 2)^(2^100)", "number"),
    ],
)
def test_huge_integer_exponents(formula, state):
    """Written out, the exponent would take more memory than there is."""
    expr = emlir.parse(formula)
    assert ball_backend().at_points("extended", 128)(expr, {}).state == state
