"""Targets that hardly vary beside their size: what varies is the law, not the size."""

import numpy as np
import pytest

import emlir
from emlir_search.units import Units

X = np.random.default_rng(0).uniform(0.5, 3, 60)


@pytest.mark.parametrize(
    "text",
    [
        "0.001*x + 1700000000",
        "0.000001*x + 100000000",
        "0.000001*x^2 - 100000000",
        "0.002*sin(x) + 0.25*x + 1700000000",
    ],
)
@pytest.mark.parametrize("noise", ["auto", "additive"])
def test_the_law_under_an_offset(text, noise):
    y = emlir.evaluate(emlir.parse(text), {"x": X})
    result = emlir.fit(X, y, noise=noise, time_limit=20)
    assert result.r2 > 0.99999
    assert noise in ("auto", result.noise.model)
    new = np.linspace(0.1, 6, 50)
    change = np.ptp(emlir.evaluate(emlir.parse(text), {"x": new}))
    wanted = emlir.evaluate(emlir.parse(text), {"x": new})
    np.testing.assert_allclose(result.predict(new), wanted, rtol=0, atol=2e-3 * change)


def test_a_constant_does_not_resolve_what_varies_a_little():
    result = emlir.fit(X, 1e5 * (1 + 1e-5 * X**2), time_limit=10)
    assert str(result.expression) == "x^2 + 100000"


def test_constants_are_those_that_are_printed():
    y = 1.7e9 + 3.21 * X + 0.4567 + np.random.default_rng(1).normal(size=60) * 1e-3
    result = emlir.fit(X, y, time_limit=10)
    offset = max(result.constants, key=lambda constant: constant.value)
    slope = min(result.constants, key=lambda constant: constant.value)
    assert offset.value == pytest.approx(1700000000.4567, abs=0.01)
    assert abs(slope.value - 3.21) < 5 * slope.error < 0.01
    printed = [float(node) for node in str(result.expression).replace("*x", "").split(" + ")]
    assert sorted(printed) == pytest.approx([slope.value, offset.value], rel=1e-12)


@pytest.mark.parametrize(
    ("middle", "width", "offset"),
    [(1.7e9, 0.01, 1.7e9), (123456.78, 1e-3, 123456.78), (5.0, 1.0, 0.0), (0.0, 1.0, 0.0)],
)
def test_offsets_are_round_and_near(middle, width, offset):
    y = middle + width * np.linspace(-0.5, 0.5, 11)
    units = Units.of({}, y, may_shift=True)
    assert float(units.offset) == pytest.approx(offset, rel=1e-6)
    assert np.max(np.abs(units.of_target(y))) <= max(11 * width, abs(middle) * (not offset))
