"""Imaginary parts that are exactly a rational multiple of pi: what becomes real again is seen."""

import random
from fractions import Fraction

import pytest
from flint import acb

import emlir
from emlir.evaluate import ball_backend
from emlir.testing import check_agreement
from emlir_arb import plane, turn
from tests.truth import PRECISION, ball_at, working_precision


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("exp(ln(0 - 2))", "real"),
        ("exp(3*ln(0 - 2) - ln(7))", "real"),
        ("exp(ln(0 - 2)/2)", "plane"),
        ("(0 - 3/10)^(5/2) * (0 - 3/10)^(1/2)", "real"),
        ("cosh(ln(0 - 2) + ln(0 - 3))", "real"),
        ("sinh(-ln(0 - 2))", "real"),
        ("tanh(ln(i*3))", "real"),
        ("softplus(ln(0 - 1/2))", "real"),
        ("sigmoid(log1p(0 - 9))", "real"),
        ("expm1(ln(0 - 2))", "real"),
        ("exp(ln(0 - 2)/3)", "plane"),
    ],
)
def test_what_is_real_is_seen_to_be(formula, kind):
    ball = ball_at(emlir.parse(formula), {}, "complex")
    assert ball.kind == kind


FUNCTIONS = ("exp", "expm1", "sinh", "cosh", "tanh", "sigmoid", "softplus", "sin", "sqrt")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_are_those_of_rectangles(name, monkeypatch):
    """With and without the exact multiple the balls overlap, at many combinations."""
    source = random.Random(name)
    for _ in range(60):
        a, b, c = (Fraction(source.randint(-40, 40), 8) or Fraction(1) for _ in range(3))
        inner = source.choice(
            ["ln({a})*{c} + {b}", "ln({a}) - ln({b})", "-ln({a}*i) + {c}*ln({b})"]
        )
        text = f"{name}({inner})".format(a=f"({a})", b=f"({b})", c=f"({c})")
        exact = ball_at(emlir.parse(text), {}, "complex")
        with monkeypatch.context() as patch:
            patch.setattr(turn, "_with_turn", lambda value, turn: value)
            plain = ball_at(emlir.parse(text), {}, "complex")
        if "undecided" in (exact.kind, plain.kind) or "winding" in (exact.kind, plain.kind):
            continue
        with working_precision(PRECISION):
            left, right = (
                z.lo if z.kind == "plane" else acb(z.lo.union(z.hi)) for z in (exact, plain)
            )
            assert left.overlaps(right), text


def test_digits_of_what_is_real():
    digits = ball_backend().digits(emlir.parse("cosh(ln(x))"), {"x": -2}, 20, "complex")
    assert digits == "-1.2500000000000000000"
    assert (
        ball_backend().digits(emlir.parse("x^(1/2)*2"), {"x": -3}, 5, "complex") == "0 + 3.4641*i"
    )


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("i^(1 + i)", "0 + 0.20788*i"),
        ("i^(2 - i)", "-4.8105"),
        ("tanh(atan(i/7))", "0 + 0.14484*i"),
        ("asin(sinh(i))", "0 + 0.76473*i"),
        ("sigmoid(acosh(-3))", "1.2071"),
        ("exp(acosh(-2*i))", "0 - 4.2361*i"),
        ("exp(asinh(i))", "0 + 1.0000*i"),
        ("exp(asinh(-2*i))", "0 - 3.7321*i"),
        ("exp(2*atanh(-3))", "-0.50000"),
        ("atanh(2) - atanh(-3)", "0.89588"),
        ("cos(i)*cosh(i)", "0.83373"),
        ("atanh(tan(i))", "0 + 0.65088*i"),
    ],
)
def test_parts_that_are_exactly_0(formula, value):
    assert ball_backend().digits(emlir.parse(formula), {}, 5, "complex") == value


@pytest.mark.parametrize("sign", ["", "-"])
def test_atan_has_no_value_at_its_branch_points(sign):
    with pytest.raises(emlir.DomainError):
        ball_backend().digits(emlir.parse(f"atan({sign}i)"), {}, 5, "complex")
    assert check_agreement(emlir.parse("atan(x)"), {"x": [1j, -1j]}, semantics="complex") == 2


@pytest.mark.parametrize("name", sorted(plane._IMAGINARY))
def test_functions_on_the_imaginary_axis(name):
    """They are those of rectangles around the axis, cuts included."""
    for y in (-3.5, -1.0, -0.3, 0.3, 1.0, 3.5):
        on_axis = ball_at(emlir.parse(f"{name}({y}*i)"), {}, "complex")
        if on_axis.kind not in ("real", "plane"):
            assert (name, abs(y)) == ("atan", 1)
            continue
        near = ball_at(emlir.parse(f"{name}(10^-40 + {y}*i)"), {}, "complex")
        with working_precision(PRECISION):
            exact = on_axis.lo if on_axis.kind == "plane" else acb(on_axis.lo)
            assert abs(exact - near.lo) < 1e-19
            assert exact.real.is_zero() or exact.imag.is_zero() or abs(y) >= 1
