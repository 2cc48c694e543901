"""NumPy kernels where a formula taken literally would leave the floats, or the axis."""

import numpy as np
import pytest

import emlir
from emlir.kernels.arithmetic import product
from emlir.testing import check_agreement

BACKENDS = ["numpy", "native"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("formula", "point", "dtype"),
    [
        ("edl(x, 1000)", [711.0, 600.0, 80.5], "float64"),
        ("edl(x, 1/10)", [709.785, -700.0], "float64"),
        ("edl(x, 1 + 10^-15)", [-735.0], "float64"),
        ("edl(x, 1000)", [90.0, 80.5], "float32"),
        ("teml(x, 1, 2)", [711.0, 800.0 / 3], "float64"),
        ("teml(x, x - 1, x)", [1e5 + 0.1, 3000.0, 1e9], "float64"),
        ("teml(x, x + 700, 2)", [1.5, 1e6], "float64"),
        ("teml(x, -x, x)", [350.0, 300.1], "float64"),
        ("teml(x, x - 1, 2)", [200.0], "float32"),
        ("teml(x, 3, 1)", [887.0, 1e28], "float64"),
        ("teml(x, -400, 1)", [300.0], "float32"),
        ("teml(0, x, 2)", [-1000.0, 1000.0], "float64"),
        ("teml(2, x, 0)", [-1000.0, 1000.0], "float64"),
    ],
)
def test_siblings_are_in_range_where_their_value_is(formula, point, dtype, backend):
    expr = emlir.parse(formula)
    for semantics in emlir.SEMANTICS:
        kind = {"float64": "complex128", "float32": "complex64"}[dtype]
        kind = kind if semantics == "complex" else dtype
        points = {"x": point}
        compared = check_agreement(expr, points, semantics=semantics, backend=backend, dtype=kind)
        assert compared == len(point)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_sibling_over_an_infinite_exponential_is_0(backend):
    points = {"x": [887.0, 1e28, 2.0], "y": np.inf}
    expr = emlir.parse("teml(x, y, 3)")
    assert check_agreement(expr, points, semantics="extended", backend=backend) == 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_siblings_are_in_range_off_the_axis(backend):
    for formula in ("edl(x, 1000)", "teml(x, 1, 2)", "teml(2, x, 3)", "teml(x, x - 1, y)"):
        points = {"x": [711 + 1j, 300 - 2j, -650 + 3j], "y": 2 + 1j}
        expr = emlir.parse(formula)
        assert check_agreement(expr, points, semantics="complex", backend=backend) >= 2


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_infinity_absorbs_an_exponential_that_overflows(backend, dtype):
    expr = emlir.parse("neml(y, x)")
    points = {"x": [1000.0, 100.0, 1.0, -1000.0], "y": np.inf}
    values = emlir.evaluate(expr, points, semantics="extended", backend=backend, dtype=dtype)
    assert values.tolist() == [np.inf] * 4
    assert np.isnan(emlir.evaluate(expr, {"x": np.inf, "y": np.inf}, semantics="extended"))
    off_axis = {"x": [1000 + 1j, 1j, 5], "y": np.inf}
    assert check_agreement(expr, off_axis, semantics="complex", backend=backend) == 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_complex_number_over_an_infinity_is_undefined(backend):
    for formula in ("exp(x)/ln(y)", "edl(x, y)"):
        expr = emlir.parse(formula)
        points = {"x": [1j, 2 - 1j, 2.0, 1000.0], "y": np.inf + 0j}
        values = emlir.evaluate(expr, points, semantics="complex", backend=backend)
        assert np.isnan(values[:2]).all() and values[2] == 0
        assert check_agreement(expr, points, semantics="complex", backend=backend) >= 3
    for formula in ("exp(i)/ln(inf)", "edl(i, inf)"):
        closed = emlir.parse(formula)
        assert np.isnan(emlir.evaluate(closed, semantics="complex", backend=backend))
    real = emlir.parse("edl(i*pi, inf) + edl(3, inf)")  # exp(i pi) is -1
    assert emlir.evaluate(real, semantics="complex", backend=backend) == 0


@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
@pytest.mark.parametrize("size", [1e-9, 0.1, 0.3, 1e9])
def test_what_cancels_in_a_product_cancels(size, dtype):
    for count in (1, 2, 5, 16):
        z = np.full(count, complex(size, size))
        points = {"x": z, "y": z.conjugate(), "z": 1j * z}
        for formula in ("x^4", "x^3", "x*y", "hypot(x, z)", "ln(-(x*y))", "x*y + x^2"):
            expr = emlir.parse(formula)
            assert check_agreement(expr, points, semantics="complex", dtype=dtype) == count, formula


def test_a_fused_product_is_caught(monkeypatch):
    from emlir.kernels import arithmetic
    from emlir.kernels.kernel import Kernel

    def fused(x, y):
        wide = product(x.astype(np.clongdouble), y.astype(np.clongdouble))
        return (wide + 1e-19j * abs(wide)).astype(x.dtype)

    monkeypatch.setattr(arithmetic, "mul", Kernel(np.multiply, complex=fused))
    with pytest.raises(AssertionError, match="outside the ball"):
        check_agreement(
            emlir.parse("fused*y"), {"fused": [0.1 + 0.1j], "y": [0.1 - 0.1j]}, semantics="complex"
        )


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("formula", "dtype"), [("-1*10^-300", "float32"), ("ln(sin(1))*0", None)])
def test_a_constant_is_never_negative_zero(formula, dtype, backend):
    value = emlir.evaluate(emlir.parse(formula), dtype=dtype, backend=backend)
    assert value == 0 and not np.signbit(value)
