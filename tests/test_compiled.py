"""compile and evaluate: many expressions, four dtypes, sums without outputs, and bad input."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import columns as columns_module
from emlir.blocks import BLOCK
from emlir.columns import PIECE
from emlir.plugins import manager
from emlir.testing import expressions

X = np.linspace(0.1, 3.0, 1001)
SHAPES = [emlir.parse(text) for text in ("exp(x)", "x^2", "x^2 + exp(x)", "sin(x)*x", "3", "x")]


def test_many_expressions_are_one_array():
    ready = emlir.compile(SHAPES)
    values = ready({"x": X.reshape(7, 143)})
    assert values.shape == (6, 7, 143) and values.dtype == np.float64
    for row, expr in zip(values, SHAPES, strict=True):
        np.testing.assert_array_equal(row, emlir.evaluate(expr, {"x": X.reshape(7, 143)}))
    assert len(ready) == 6 and ready.symbols == ("x",)


def test_a_program_is_compiled_by_its_roots():
    program = emlir.Program.from_exprs(SHAPES)
    np.testing.assert_array_equal(emlir.compile(program)({"x": X}), emlir.compile(SHAPES)({"x": X}))


def test_nothing_to_compile():
    assert emlir.compile([])({"x": X}).shape == (0, 1001)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK + 1, PIECE + 3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_blocks_do_not_show(size, dtype):
    x = np.linspace(-2, 2, size)
    expr = emlir.parse("exp(sin(x)*3) - x/(x + 1/3) + y")
    whole = emlir.evaluate(expr, {"x": x, "y": 0.5}, dtype=dtype)
    assert whole.shape == (size,) and whole.dtype == dtype
    for k in range(0, size, max(1, size // 7)):
        one = emlir.evaluate(expr, {"x": x[k], "y": 0.5}, dtype=dtype)
        np.testing.assert_allclose(whole[k], one, rtol=1e-15 if dtype == "float64" else 1e-6)


@pytest.mark.parametrize("dtype", ["float64", "float32", np.float32, np.dtype("float64")])
def test_results_have_the_dtype(dtype):
    for text in ("x", "pi", "1/3", "x < 2", "hypot(x, e)", "min(x, 1)", "x^(1/3)"):
        assert emlir.evaluate(emlir.parse(text), {"x": X}, dtype=dtype).dtype == np.dtype(dtype)
    single = emlir.evaluate(
        emlir.parse("hypot(x, i)"), {"x": X}, semantics="complex", dtype="complex64"
    )
    assert single.dtype == np.complex64


@pytest.mark.parametrize(
    ("dtype", "semantics"),
    [
        ("float16", "real"),
        ("complex128", "real"),
        ("float64", "complex"),
        ("int", "real"),
        (3, "real"),
    ],
)
def test_a_dtype_that_does_not_fit(dtype, semantics):
    with pytest.raises(ValueError, match="does not fit"):
        emlir.compile(emlir.parse("x"), dtype=dtype, semantics=semantics)


def reference(values, target):
    """R^2, scale and offset by NumPy's own least squares."""
    columns = np.column_stack([values, np.ones_like(values)])
    (scale, offset), *_ = np.linalg.lstsq(columns, target, rcond=None)
    gap = target - scale * values - offset
    return 1 - gap @ gap / np.sum((target - target.mean()) ** 2), scale, offset


@pytest.mark.parametrize("copies", [1, 9, 70])
def test_moments_are_least_squares(copies):
    x = np.tile(X, copies)
    target = 2 * np.exp(x) + np.sin(40 * x) - 7
    found = emlir.compile(SHAPES).moments({"x": x}, target)
    for k, expr in enumerate(SHAPES):
        if expr.is_number:
            assert found.r2[k] == 0 and found.scale[k] == 0
            assert found.offset[k] == pytest.approx(target.mean())
            continue
        r2, scale, offset = reference(emlir.evaluate(expr, {"x": x}), target)
        assert found.r2[k] == pytest.approx(r2, abs=1e-9)
        assert found.scale[k] == pytest.approx(scale, rel=1e-8)
        assert found.offset[k] == pytest.approx(offset, rel=1e-7)


def test_moments_of_values_far_from_zero():
    far = emlir.compile([emlir.parse("x + 10^9")]).moments({"x": X}, 3 * X)
    assert far.r2[0] == pytest.approx(1, abs=1e-9)
    assert far.scale[0] == pytest.approx(3, rel=1e-6)


def test_squares_and_undefined_points():
    ready = emlir.compile([emlir.parse("x^2"), emlir.parse("ln(x - 1)")])
    squares = ready.squares({"x": X}, X**2 + 0.5)
    assert squares[0] == pytest.approx(0.25 * X.size)
    assert np.isnan(squares[1])
    found = ready.moments({"x": X}, X)
    assert np.isnan(found.r2[1]) and np.isnan(found.scale[1]) and not np.isnan(found.r2[0])


def test_a_symbol_may_be_called_like_anything():
    expr = emlir.parse("`exp` + `target` + `lambda`")
    data = {"exp": 1.0, "target": [2.0, 3.0], "lambda": 4}
    assert emlir.evaluate(expr, data).tolist() == [7.0, 8.0]
    assert emlir.compile([expr]).squares(data, [7.0, 8.0]).tolist() == [0.0]


@pytest.mark.parametrize(
    "target",
    [
        *([1.0], [], "text", [1j] * 1001, [object()] * 1001, [[1], [1, 2]]),
        np.ma.array(X, mask=X > 2),
    ],
)
def test_a_bad_target(target):
    with pytest.raises(ValueError, match="target"):
        emlir.compile(SHAPES).squares({"x": X}, target)


def test_sums_want_columns_by_name():
    with pytest.raises(ValueError, match="no value for 'x'"):
        emlir.compile(SHAPES).squares(None, [1.0])
    with pytest.raises(TypeError, match="not list"):
        emlir.compile(SHAPES).moments([1.0], [1.0])
    with pytest.raises(ValueError, match=r"different shapes: x \(2,\), target \(3,\)"):
        emlir.compile(SHAPES).squares({"x": [1.0, 2.0]}, [1.0, 2.0, 3.0])


def test_a_mask_that_hides_nothing():
    whole = np.ma.array([1.0, 2.0], mask=[0, 0])
    assert emlir.evaluate(emlir.parse("x + 1"), {"x": whole}).tolist() == [2, 3]


def test_balls_are_no_backend_for_columns():
    with pytest.raises(ValueError, match="gives enclosures, not columns"):
        emlir.evaluate(emlir.parse("x"), {"x": 1.0}, backend="arb")


@pytest.mark.parametrize("text", ["x", "where(1 < 2, x, 0)", "x + 0"])
@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
def test_a_complex_infinity_is_no_number(text, dtype):
    inf, nan = np.inf, np.nan
    bad = [complex(1, inf), complex(inf, 1), complex(inf, inf), complex(nan, 1), complex(1, -inf)]
    bad += [1e300 + 1e300j] if dtype == "complex64" else []
    good = [complex(inf, 0), complex(-inf, -0.0), 2j]
    values, status = emlir.evaluate(
        emlir.parse(text), {"x": bad + good}, semantics="complex", dtype=dtype, status=True
    )
    assert np.isnan(values[: len(bad)]).all() and (status[: len(bad)] == 1).all()
    assert values[len(bad) :].tolist() == [inf, -inf, 2j] and (status[len(bad) :] == 0).all()


def test_errors_of_numpy_that_are_raised_do_not_leak_out():
    with np.errstate(all="raise"):
        values = emlir.evaluate(emlir.parse("x"), {"x": [1e-300, 1e300]}, dtype="float32")
    assert values[0] == 0 and np.isnan(values[1])


def test_no_sums_in_complex():
    with pytest.raises(ValueError, match="sums"):
        emlir.compile(SHAPES, semantics="complex").moments({"x": X}, X)


def test_columns_of_any_layout():
    grid = np.arange(24.0).reshape(4, 6)
    frozen = grid.copy()
    frozen.flags.writeable = False
    for column in (grid[::2, ::3], grid.T, frozen, np.asfortranarray(grid), grid[:, :0]):
        values = emlir.evaluate(emlir.parse("x + 1"), {"x": column})
        np.testing.assert_array_equal(values, column + 1)
        assert values.flags.writeable and not np.shares_memory(values, column)
    mixed = emlir.evaluate(emlir.parse("x + 10*y"), {"x": grid[:, :1], "y": grid[:1]})
    np.testing.assert_array_equal(mixed, grid[:, :1] + 10 * grid[:1])
    whole = emlir.evaluate(emlir.parse("x/2"), {"x": np.arange(5)})
    assert whole.tolist() == [0, 0.5, 1, 1.5, 2]
    assert emlir.evaluate(emlir.parse("x"), {"x": [True, False]}).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("columns", "error", "says"),
    [
        ({"x": [1.0, 2.0], "y": [1.0, 2.0, 3.0]}, ValueError, r"x \(2,\), y \(3,\)"),
        ({"x": 1.0}, ValueError, "no value for 'y'"),
        ({}, ValueError, "no value for 'x', 'y'"),
        ({"x": np.array([None, 1.0]), "y": 1}, TypeError, "not numeric"),
        ({"x": "1.0", "y": 1}, TypeError, "not numeric"),
        ({"x": [1j], "y": 1}, TypeError, "use semantics='complex'"),
        ({"x": [[1], [1, 2]], "y": 1}, ValueError, "the column 'x' is no array"),
        ({"x": 1, "y": 1, "z": [[1], [1, 2]]}, ValueError, "the column 'z' is no array"),
        ({"x": [2**70, 1], "y": 1}, TypeError, "'x' has integers beyond 64 bits: make them floats"),
        ({"x": np.ma.array([1.0, 2.0], mask=[0, 1]), "y": 1}, ValueError, "'x' has masked entries"),
        ([1.0, 2.0], TypeError, "a mapping from names to arrays, .* not list"),
        (np.ones(3), TypeError, "a mapping from names to arrays, .* not ndarray"),
        (3, TypeError, "a mapping from names to arrays, .* not int"),
    ],
)
def test_bad_columns(columns, error, says):
    with pytest.raises(error, match=says):
        emlir.evaluate(emlir.parse("x + y"), columns)


def test_a_backend_of_ones_own():
    class Half:
        name = "half"

        def compile(self, program, semantics, dtype="float64"):
            return self

        def run(self, columns):
            return np.full((1, *columns["x"].shape), 0.5)

    x = emlir.symbols("x")
    half = Half()
    assert emlir.evaluate(x + 1, {"x": [1.0, 2.0]}, backend=half).tolist() == [0.5, 0.5]
    assert emlir.compile(x + 1, backend=half) is emlir.compile(x + 1, backend=half)
    assert emlir.compile([x], backend=half).backend == "half"
    with pytest.raises(TypeError, match="a name or a backend, not int"):
        emlir.compile(x + 1, backend=3)


def test_what_is_no_expression():
    with pytest.raises(TypeError, match="not str"):
        emlir.compile(["x + 1"])


def test_an_infinity_is_no_real_number():
    expr = emlir.parse("0*x + 1")
    assert np.isnan(emlir.evaluate(expr, {"x": [np.inf, np.nan]})).all()
    assert emlir.evaluate(emlir.parse("x"), {"x": [-0.0]})[0].hex() == "0x0.0p+0"
    huge = emlir.evaluate(emlir.parse("x"), {"x": [1e300]}, dtype="float32")
    assert np.isnan(huge).all()  # no float32 number


def test_an_expression_is_made_ready_once(monkeypatch):
    calls = []
    numpy_backend = manager().backend("numpy")
    compile_it = type(numpy_backend).compile
    monkeypatch.setattr(
        type(numpy_backend), "compile", lambda *args: calls.append(1) or compile_it(*args)
    )
    expr = emlir.parse("exp(once) - once")
    for _ in range(3):
        emlir.evaluate(expr, {"once": X})
    assert len(calls) == 1
    gone = weakref.ref(expr)
    del expr
    gc.collect()
    assert gone() is None


def test_status_knows_the_range_of_the_dtype():
    expr = emlir.parse("exp(x)")
    for dtype, expected in (("float64", "ok"), ("float32", "overflow")):
        _, status = emlir.evaluate(expr, {"x": [100.0]}, dtype=dtype, status=True)
        assert emlir.STATUS[status[0]] == expected


@given(expr=expressions(max_nodes=10), split=st.integers(1, 20))
def test_sums_do_not_depend_on_the_pieces(expr, split):
    points = {"x": X[:40], "y": X[100:140]}
    target = np.cos(X[:40])
    whole = emlir.compile([expr]).moments(points, target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns_module, "PIECE", split)
        pieces = emlir.compile([expr]).moments(points, target)
    assert np.array_equal(np.isnan(whole.r2), np.isnan(pieces.r2))
    with np.errstate(all="ignore"):
        reach = np.sqrt(whole.squares * whole.target_squares)
        assert not (np.abs(whole.products - pieces.products) > 1e-9 * reach + 1e-9).any() or not (
            np.isfinite(reach).all()
        )
