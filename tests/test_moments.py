"""R^2 of any scale: constants are told, and squares neither overflow nor underflow."""

import numpy as np
import pytest

import emlir
from emlir.moments import Target

X = np.linspace(0.1, 3.0, 1001)


def r2(text, target, x=X, **options):
    found = emlir.compile([emlir.parse(text)], **options).moments({"x": x}, target)
    return found.r2[0]


@pytest.mark.parametrize("count", [1, 3, 6, 7, 1001])
@pytest.mark.parametrize("value", [0.0, 0.1, -0.7, 1e10 / 3, 1e-300 / 7, 1e308 / 7])
def test_a_constant_target_has_no_r2(value, count):
    found = emlir.compile([emlir.parse("x"), emlir.parse("3")]).moments(
        {"x": X[:count]}, np.full(count, value)
    )
    assert np.isnan(found.r2).all()
    assert found.scale.tolist() == [0, 0]
    assert found.offset == pytest.approx(value, rel=1e-15)


def test_what_rounding_leaves_is_constant():
    assert np.isnan(r2("x", 0.7 * X / X * 3))
    assert r2("x", 1 + 1e-12 * X) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize(
    "scale", ["10^-310", "10^-200", "10^-150", "1", "10^155", "10^160", "10^300"]
)
def test_r2_does_not_depend_on_the_scale_of_a_candidate(scale, backend):
    target = np.sin(X) + 1
    plain = r2("x^2", target)
    found = emlir.compile([emlir.parse(f"x^2*{scale}"), emlir.parse("x")], backend=backend).moments(
        {"x": X}, target
    )
    assert found.r2[0] == pytest.approx(plain, rel=1e-9)
    assert found.r2[1] == pytest.approx(r2("x", target), rel=1e-12)
    if scale != "10^-310":
        values = emlir.evaluate(emlir.parse(f"x^2*{scale}"), {"x": X})
        fitted = found.offset[0] + found.scale[0] * values
        gap = np.sum((target - fitted) ** 2)
        assert gap == pytest.approx((1 - plain) * np.sum((target - target.mean()) ** 2), rel=1e-6)


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e-100, 1e100, 1e160, 1e307])
def test_r2_does_not_depend_on_the_scale_of_the_target(scale):
    target = np.sin(X) + 1
    assert r2("x^2", scale * target) == pytest.approx(r2("x^2", target), rel=1e-9)
    assert r2("x^2*10^200", scale * target) == pytest.approx(r2("x^2", target), rel=1e-9)
    found = emlir.compile([emlir.parse("x")]).moments({"x": X}, scale * (2 * X + 1))
    assert found.scale[0] == pytest.approx(2 * scale)
    assert found.offset[0] == pytest.approx(scale, rel=1e-9)


def test_a_wide_range_in_blocks():
    """Joining blocks whose shifts are far apart loses nothing that a unit can save."""
    x = np.linspace(-700, 700, 70_000)
    plain = r2("exp(x/100)", x, x)
    assert r2("exp(x/100)*10^250", x, x) == pytest.approx(plain, rel=1e-9)
    assert r2("exp(x)", x, x) == pytest.approx(r2("exp(x - 400)", x, x), rel=1e-9)


def test_undefined_and_infinite_candidates_have_none():
    texts = "ln(x - 1)", "x*10^308*10", "0*x", "x - x", "1/(x - x)"
    found = emlir.compile([emlir.parse(text) for text in texts]).moments({"x": X}, X)
    assert np.isnan(found.r2).tolist() == [True, True, False, False, True]
    assert found.r2[2:4].tolist() == [0, 0]


@pytest.mark.parametrize("target", [[1.0, np.inf, 2.0], [np.nan, 1.0, 2.0], [1e308, -1e308, 0.0]])
def test_no_warnings_for_any_target(target):
    """Warnings are errors in these tests."""
    found = emlir.compile([emlir.parse("x"), emlir.parse("x*10^300")]).moments(
        {"x": [1.0, 2.0, 4.0]}, target
    )
    for column in (found.r2, found.scale, found.offset, found.spread):
        assert column.shape == (2,)
    assert np.isnan(found.r2).all() == (not np.isfinite(target).all())


def test_units_are_1_for_ordinary_sizes():
    found = emlir.compile([emlir.parse("x"), emlir.parse("x*10^200")]).moments({"x": X}, 5 * X)
    assert found.unit[0] == found.target_unit == 1 and found.unit[1] > 1
    assert found.target_squares == pytest.approx(25 * np.sum((X - X.mean()) ** 2))
    assert found.products[0] == pytest.approx(5 * np.sum((X - X.mean()) ** 2))


def test_the_mean_of_a_target():
    for scale in (1e-310, 1.0, 1e300):
        assert Target.of(scale * X).mean == pytest.approx(scale * X.mean(), rel=1e-14)
