"""Claims about shape: proved where they hold, refuted where they do not, refused for jumps."""

import numpy as np
import pytest

import emlir

HOLD = [
    (emlir.increasing("exp(x) - x", "x"), {"x": (0, 2)}),
    (emlir.increasing("x^3 + y", "x"), {"x": (-1, 1), "y": (0, 1)}),
    (emlir.increasing("exp(x)", "x", strictly=True), {"x": (-1, 1)}),
    (emlir.increasing("max(x, 0)", "x"), {"x": (-1, 1)}),
    (emlir.decreasing("1/x", "x", strictly=True), {"x": (1, 3)}),
    (emlir.convex("x^2 + x*y + y^2"), {"x": (-1, 1), "y": (-1, 1)}),
    (emlir.convex("exp(x + 2*y)"), {"x": (-1, 1), "y": (-1, 1)}),
    (emlir.convex("x*y", ["x"]), {"x": (-1, 1), "y": (-1, 1)}),
    (emlir.concave("ln(x)"), {"x": ("0.1", 5)}),
    (emlir.lipschitz("sin(3*x)", 3), {"x": (-9, 9)}),
    (emlir.lipschitz("abs(x) + x/2", "1.5"), {"x": (-1, 1)}),
    (emlir.lipschitz("tanh(x + y)", emlir.sqrt(emlir.const(2))), {"x": (-1, 1), "y": (-1, 1)}),
]

FAIL = [
    (emlir.increasing("exp(x) - x", "x"), {"x": (-1, 2)}),
    (emlir.increasing("x^3", "x", strictly=True), {"x": (-1, 1)}),
    (emlir.decreasing("ln(x)", "x"), {"x": (1, 2)}),
    (emlir.convex("x*y"), {"x": (-1, 1), "y": (-1, 1)}),
    (emlir.convex("x^3"), {"x": (-1, 1)}),
    (emlir.lipschitz("x^2", 1), {"x": (-1, 1)}),
    (emlir.lipschitz("x", -1), {"x": (-1, 1)}),
    (emlir.increasing("sqrt(x)", "x"), {"x": (-1, 1)}),
]


@pytest.mark.parametrize(("claim", "box"), HOLD, ids=str)
def test_what_holds_is_proved(claim, box):
    assert emlir.prove(claim, box).verdict == "proved"


@pytest.mark.parametrize(("claim", "box"), FAIL, ids=str)
def test_what_fails_is_refuted(claim, box):
    assert emlir.prove(claim, box).verdict == "refuted"


@pytest.mark.parametrize("text", ["floor(x)", "mod(x, 1)", "where(x > 0, 1, 0)"])
def test_jumps_are_refused(text):
    for form in (emlir.increasing, emlir.decreasing):
        with pytest.raises(ValueError, match="does not show"):
            form(text, "x")
    with pytest.raises(ValueError, match="does not show"):
        emlir.lipschitz(text, 1)


def test_corners_are_refused_where_second_derivatives_are_asked():
    with pytest.raises(ValueError, match="abs"):
        emlir.convex("abs(x)")


def test_a_truth_has_no_shape_and_too_many_symbols_are_refused():
    with pytest.raises(TypeError, match="a number"):
        emlir.increasing("x > 0", "x")
    with pytest.raises(ValueError, match="at most 4"):
        emlir.convex("a*b*c*d*f")


def test_a_fit_is_proved_about_the_formula_that_predict_runs():
    x = np.linspace(0.5, 4, 40)
    result = emlir.fit(x, 3 * np.exp(-x) + 1, time_limit=5, names=["t"])
    verdict = result.prove("y > 1")
    assert verdict.verdict == "proved"
    assert verdict.claim.expr == emlir.parse("y > 1").subs({"y": result.expression})
    assert result.prove("y > 2").verdict == "refuted"
    assert result.prove("y > 1", {"t": (0, 9)}).verdict == "proved"
    with pytest.raises(ValueError, match="no interval for 'u'"):
        result.prove("y > u")
