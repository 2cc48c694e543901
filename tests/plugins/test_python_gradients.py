"""The notations jax and torch: gradients, compilation and types."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.testing import expressions
from emlir_codegen import arrays
from emlir_codegen.functions import function
from tests.conftest import EXAMPLES

FEW = max(20, EXAMPLES // 3)  # JAX compiles every operation of every shape
CHOICES = {
    "where(x > 0, sqrt(x), -x)": ([-1.0, 4.0], [-1.0, 0.25]),
    "where(x > 1, ln(x - 1), where(x > 0, 1/x, x))": ([-1.0, 0.5, 2.0], [1.0, -4.0, 1.0]),
    "min(2*x, 3*x) + max(x, -x)": ([0.0], [3.0]),
    "where(x = 0, 1, sin(x)/x)": ([0.0], [0.0]),
    "where(x < 800, exp(x), 0)*x": ([900.0], [0.0]),
    "where(x > 0, x^2.5, 0) + where(x < 0, acosh(-x), x)": ([-2.0], [-1 / 3**0.5]),
    "where(where(x > 0, ln(x), x) > -2, x, asin(x*x))": ([-1.5, 0.5], [1.0, 1.0]),
    "exp(where(x > 0, ln(x), 0)) + ln(x + 2)": ([-1.0], [1.0]),
    "sigmoid(x) + softplus(x) + abs(x + 1)": ([0.0], [1.75]),
    "where(x > 0, x / 3, x * 2)": ([-1.0, 1.0], [2.0, 1 / 3]),
}


@pytest.fixture(params=["jax", "torch"], scope="module")
def gradient(request):
    """The function that gives the derivatives of a written function by its first argument."""
    pytest.importorskip(request.param)
    return {"jax": jax_gradient, "torch": torch_gradient}[request.param]


def jax_gradient(root, names, columns):
    import jax

    with jax.enable_x64(True):
        call = function(root, "jax", arguments=names)
        slopes = jax.jit(jax.vmap(jax.grad(call)))(*columns)
    return np.asarray(slopes)


def torch_gradient(root, names, columns):
    import torch

    first, *rest = [torch.tensor(column, dtype=torch.float64) for column in columns]
    values = function(root, "torch", arguments=names)(first.requires_grad_(), *rest)
    if not values.requires_grad:
        return np.zeros(len(first))
    [slopes] = torch.autograd.grad(values.sum(), first)
    return slopes.numpy()


@pytest.mark.parametrize("text", CHOICES)
def test_the_branch_that_is_not_chosen_spoils_no_gradient(gradient, text):
    points, slopes = CHOICES[text]
    found = gradient(emlir.parse(text), ("x",), [np.array(points)])
    np.testing.assert_allclose(found, slopes, rtol=1e-12, atol=1e-12)


def test_without_protection_it_would(gradient, monkeypatch):
    monkeypatch.setattr(arrays, "protect", lambda expr: expr)
    with pytest.raises(AssertionError):
        test_the_branch_that_is_not_chosen_spoils_no_gradient(gradient, "where(x = 0, 1, sin(x)/x)")


@settings(max_examples=FEW)
@given(root=expressions(max_nodes=10), data=st.data())
def test_gradients_are_the_derivatives(gradient, root, data):
    """Where neighbours of a point agree."""
    column = st.lists(st.floats(-4, 4, allow_subnormal=False), min_size=4, max_size=4)
    points = {"x": np.array(data.draw(column)), "y": np.array(data.draw(column))}
    slope = root.diff("x")
    _, status = emlir.evaluate(root, points, status=True)
    wanted = np.broadcast_to(emlir.evaluate(slope, points), 4)
    near = emlir.evaluate(slope, {name: c * (1 + 1e-13) for name, c in points.items()})
    good = (status == 0) & np.isfinite(wanted) & np.isclose(near, wanted, rtol=1e-10, atol=0)
    good &= (wanted != 0) | slope.is_number  # rounded terms of a sum need not cancel
    found = gradient(root, ("x", "y"), [points["x"], points["y"]])
    close = np.isclose(found, wanted, rtol=1e-7, atol=1e-300)
    assert close[good].all(), f"{root} at {points}: {found} for {wanted}"


@settings(max_examples=FEW)
@given(root=expressions(max_nodes=10))
def test_jax_gives_the_same_when_compiled(root):
    jax = pytest.importorskip("jax")
    x, y = np.linspace(-3, 3, 7), np.linspace(2, -1, 7)
    with jax.enable_x64(True):
        call = function(root, "jax", arguments=("x", "y"))
        plain, ready, mapped = call(x, y), jax.jit(call)(x, y), jax.vmap(jax.jit(call))(x, y)
    near = emlir.evaluate(root, {"x": x * (1 + 1e-15), "y": y * (1 - 1e-15)})
    stable = np.isclose(near, np.broadcast_to(plain, 7), rtol=1e-12, equal_nan=True)
    for found in (ready, mapped):
        close = np.isclose(np.broadcast_to(found, 7), plain, rtol=1e-9, equal_nan=True)
        assert close[stable].all(), root


WHOLE = "where(x > 0, ln(x), 1e300*x) + (2*3 + 1e9)*1e9 + (x/7)^3 + pi^2 + mod(x, 2)"


def test_jax_computes_in_single_precision_without_a_warning():
    jax = pytest.importorskip("jax")
    found = function(emlir.parse(WHOLE), "jax")(np.array([1.0, 2.0]))
    assert found.dtype == jax.numpy.float32
    assert function(emlir.parse("x + 1"), "jax")(1).dtype == jax.numpy.float32
    wanted = emlir.evaluate(emlir.parse(WHOLE), {"x": [1.0, 2.0]})
    np.testing.assert_allclose(found, wanted, rtol=1e-6)
    assert function(emlir.parse("1e300 + 1e300*x"), "jax")(1.0) == np.inf


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_torch_keeps_the_type(dtype):
    torch = pytest.importorskip("torch")
    x = torch.tensor([1.0, 2.0], dtype=getattr(torch, dtype))
    assert function(emlir.parse("where(x > 0, x/3, 1e300) + 2^x"), "torch")(x).dtype == x.dtype
    assert function(emlir.parse("x > 1"), "torch")(x).dtype == x.dtype
    assert function(emlir.parse("x*y"), "torch")(x, 2.5).dtype == x.dtype
    assert function(emlir.parse("x*y"), "torch")(2.5, x).dtype == x.dtype


def test_torch_takes_numbers_and_integers():
    torch = pytest.importorskip("torch")
    call = function(emlir.parse("sin(x)/y"), "torch")
    assert call(1.0, 2).item() == pytest.approx(np.sin(1.0) / 2)
    assert call(torch.tensor([1, 2]), 3.0).dtype == torch.float32
    assert function(emlir.parse("sqrt(2)"), "torch")().item() == pytest.approx(2**0.5)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", [WHOLE, "x^y - sigmoid(x)", "teml(x, y, 2) > edl(x, y)"])
def test_torch_compiles(text):
    torch = pytest.importorskip("torch")
    call = function(emlir.parse(text), "torch", arguments=("x", "y"))
    ready = torch.compile(call, backend="aot_eager", fullgraph=True)
    x = torch.linspace(-2, 3, 6, dtype=torch.float64, requires_grad=True)
    y = torch.linspace(3, 1, 6, dtype=torch.float64)
    torch.testing.assert_close(ready(x, y), call(x, y), equal_nan=True)


def test_arrays_broadcast():
    root = emlir.parse("where(x > y, x, ln(y))")
    x, y = np.linspace(-1, 1, 3)[:, None], np.linspace(1, 2, 4)
    found = function(root, "numpy")(x, y)
    assert found.shape == (3, 4)
    np.testing.assert_array_equal(found, emlir.evaluate(root, {"x": x, "y": y}))
    assert function(root, "numpy")(1, 2) == np.log(2.0)


def test_numpy_never_warns():
    root = emlir.parse("1/x + ln(x) + exp(1000*x) + x^(1/2) + (1/0)^y + 1e300*1e300 + y/0")
    with np.errstate(all="raise"):
        found = function(root, "numpy")([0.0, -1.0, 1.0, 1e300], 1.0)
    assert np.isnan(found).all() and found.dtype == np.float64
