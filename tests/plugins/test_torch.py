"""The backend torch: agreement with balls and NumPy, corner values, layouts, sums."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.plugin_api import Program, all_operators, manager
from emlir.testing import check_agreement, columns, eml_trees, expressions
from emlir.testing.strategies import FAMILIES
from tests.conftest import EXAMPLES
from tests.test_corner_values import CASES

torch = pytest.importorskip("torch")

from emlir_torch import backend as torch_backend, wavefront  # noqa: E402
from emlir_torch.backend import TorchBackend  # noqa: E402

DTYPES = {
    "real": ("float64", "float32"),
    "extended": ("float64", "float32"),
    "complex": ("complex128", "complex64"),
}
SETTINGS = [(semantics, dtype) for semantics in DTYPES for dtype in DTYPES[semantics]]
OPERATORS = [
    op for op in all_operators() if op.family in FAMILIES and op.arity and "truth" not in op.takes
]
FEW = max(5, EXAMPLES // 30)  # for each operator and dtype
SOME = max(30, EXAMPLES // 5)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def same(first, second, dtype):
    """Equal up to rounding, NaN in the same places."""
    tolerance = 1e-4 if dtype in ("float32", "complex64") else 1e-11
    np.testing.assert_allclose(first, second, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("semantics", "dtype"), SETTINGS)
@settings(max_examples=SOME)
@given(data=st.data())
def test_random_expressions_agree(semantics, dtype, data):
    expr = data.draw(expressions())
    points = data.draw(columns(("x", "y"), semantics, 8))
    check_agreement(expr, points, semantics=semantics, backend="torch", dtype=dtype)


@pytest.mark.parametrize(("semantics", "dtype"), SETTINGS)
@settings(max_examples=SOME)
@given(data=st.data())
def test_random_eml_trees_agree(semantics, dtype, data):
    points = data.draw(columns(("x", "y"), semantics, 8))
    expr = data.draw(eml_trees())
    check_agreement(expr, points, semantics=semantics, backend="torch", dtype=dtype)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda op: op.name)
@settings(max_examples=FEW)
@given(data=st.data())
def test_each_operator_agrees(operator, data):
    names = ("x", "y", "z")[: operator.arity]
    expr = operator(*names)
    for semantics, dtype in SETTINGS:
        points = data.draw(columns(names, semantics, 8))
        check_agreement(expr, points, semantics=semantics, backend="torch", dtype=dtype)


@pytest.mark.parametrize(("formula", "semantics", "value"), CASES)
def test_corner_values(formula, semantics, value):
    for dtype, digits in zip(DTYPES[semantics], (1e-15, 1e-6), strict=True):
        expr = emlir.parse(formula)
        found = emlir.evaluate(expr, semantics=semantics, backend="torch", dtype=dtype)[()]
        if value is None:
            assert np.isnan(found)
        else:
            assert found == value or abs(found - value) < digits * max(1, abs(value))


def test_a_wrong_kernel_is_caught(monkeypatch):
    from emlir_torch.kernels import elementary
    from emlir_torch.kernels.kernel import Kernel

    monkeypatch.setattr(elementary, "sinh", Kernel(lambda x: torch.sinh(x) * (1 + 1e-14)))
    with pytest.raises(AssertionError, match="outside the ball"):
        check_agreement(emlir.parse("sinh(x) + 0.25"), {"x": [1.0]}, backend="torch")


def test_an_operator_without_a_kernel_uses_its_definition():
    twice = emlir.plugin_api.Operator(
        name="torch_twice", arity=1, family="test", definition=lambda x: x + x
    )
    found = emlir.evaluate(twice(emlir.symbols("x")), {"x": [1.5]}, backend="torch")
    assert found.tolist() == [3.0]


def test_an_operator_without_anything_is_refused():
    odd = emlir.plugin_api.Operator(name="torch_odd", arity=1, family="test")
    with pytest.raises(emlir.InexpressibleError, match=r"test\.torch_odd"):
        emlir.evaluate(odd(emlir.symbols("x")), {"x": [1.5]}, backend="torch")


def compiled(exprs, semantics="real", dtype="float64", device=None):
    program = Program.from_exprs(exprs)
    return TorchBackend(device).compile(program, semantics, dtype)


LAYOUTS = {
    "transposed": lambda: np.arange(1.0, 13).reshape(3, 4).T,
    "reversed": lambda: np.arange(1.0, 13).reshape(4, 3)[::-1, ::2],
    "no axis": lambda: np.array(2.0),
    "empty": lambda: np.empty((0, 3)),
    "read-only": lambda: np.broadcast_to(np.arange(1.0, 5), (3, 4)),
    "one value everywhere": lambda: np.broadcast_to(2.0, (3, 4)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout(layout):
    x = LAYOUTS[layout]()
    before = x.copy()
    roots = emlir.parse("x"), emlir.parse("x^2 - ln(x)"), emlir.parse("3")
    same_x, values, three = compiled(roots).run({"x": x})
    np.testing.assert_array_equal(same_x, x)
    assert not np.shares_memory(same_x, x)
    np.testing.assert_allclose(values, x**2 - np.log(x))
    assert three.shape == x.shape
    np.testing.assert_array_equal(x, before)


def test_long_columns_are_cut_into_blocks(monkeypatch):
    monkeypatch.setattr(torch_backend, "BLOCK_BYTES", 8 * 100)
    x, y = np.random.default_rng(0).uniform(0.1, 3, (2, 7, 143))
    expr = emlir.parse("exp(x) - ln(y)*x^3 + where(x < y, 1/x, sqrt(y))")
    [found] = compiled([expr]).run({"x": x, "y": y})
    np.testing.assert_allclose(found, emlir.evaluate(expr, {"x": x, "y": y}))


def test_a_zero_is_never_negative():
    [found] = compiled([emlir.parse("-x")]).run({"x": np.zeros(5)})
    assert not np.signbit(found).any()


def population(count, depth, seed=0):
    """Random EML trees; some of them end up undefined."""
    rng = np.random.default_rng(seed)
    leaves = [emlir.const(1), *emlir.symbols("x y")]

    def tree(levels):
        if not levels or rng.random() < 0.1:
            return leaves[rng.integers(3)]
        return emlir.eml(tree(levels - 1), tree(levels - 1))

    return [tree(depth) for _ in range(count)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("semantics", ["real", "extended"])
def test_a_population_runs_as_a_wavefront(semantics, dtype):
    trees = population(300, 4)
    ready = compiled(trees, semantics, dtype)
    assert ready._wavefront is not None
    x, y = np.random.default_rng(1).uniform(0.2, 2, (2, 33)).astype(dtype)
    values = ready.run({"x": x, "y": y})
    for tree, found in zip(trees, values, strict=True):
        expected = emlir.evaluate(tree, {"x": x, "y": y}, semantics=semantics, dtype=dtype)
        same(found, expected, dtype)


def test_a_wavefront_of_mixed_operators(monkeypatch):
    monkeypatch.setattr(wavefront, "MIN_WIDTH", 1)
    x = emlir.symbols("x")
    roots = [emlir.sin(x * k) ** 2 + emlir.where(x < k, emlir.ln(x), x / k) for k in range(1, 30)]
    ready = compiled(roots)
    assert ready._wavefront is not None
    data = np.linspace(0.5, 20, 50)
    for root, found in zip(roots, ready.run({"x": data}), strict=True):
        np.testing.assert_allclose(found, emlir.evaluate(root, {"x": data}), rtol=1e-12)


@pytest.mark.parametrize("kind", ["squares", "moments"])
@pytest.mark.parametrize("count", [3, 200])
def test_sums_are_those_of_numpy(kind, count, monkeypatch):
    monkeypatch.setattr(torch_backend, "SHORTEST", 16)
    monkeypatch.setattr(torch_backend, "BLOCK_BYTES", 16 * 8)
    monkeypatch.setattr(torch_backend, "WAVE_BYTES", 16 * 8)
    trees = population(count, 2, seed=2)
    x, y = np.random.default_rng(1).uniform(0.2, 2, (2, 100))
    target = np.sin(x) + 2
    program = Program.from_exprs(trees)
    wanted = manager().backend("numpy").compile(program, "real", "float64")
    expected = wanted.reduce({"x": x, "y": y}, target, kind)
    found = compiled(trees).reduce({"x": x, "y": y}, target, kind)
    finite = np.isfinite(expected).all(axis=1)
    assert finite.sum() > count // 2
    assert not np.isfinite(found[~finite]).all(axis=1).any()
    np.testing.assert_allclose(found[finite], expected[finite], rtol=1e-9, atol=1e-9)


def test_a_forgotten_block_is_caught(monkeypatch):
    monkeypatch.setattr(torch_backend, "added", lambda total, part, aim, kind: part)
    with pytest.raises(AssertionError):
        test_sums_are_those_of_numpy("squares", 3, monkeypatch)


def test_what_was_found_is_told_without_torch():
    from emlir_torch.found import report

    assert report().startswith(f"torch {torch.__version__}; populations on a GPU: Triton ")


def test_a_deep_expression():
    expr = emlir.symbols("x")
    for _ in range(5_000):
        expr = emlir.ln(emlir.exp(expr) + 1) - 1
    assert np.isfinite(compiled([expr]).run({"x": np.array([0.5])})[0]).all()


@pytest.mark.parametrize("name", ["sinh", "cosh"])
@pytest.mark.parametrize(("dtype", "x"), [("float64", 710.4), ("float32", 89.3)])
def test_many_numbers_overflow_no_sooner_than_one(name, dtype, x):
    expr = emlir.parse(f"{name}(x)")
    points = {"x": np.full(64, x)}
    found = emlir.evaluate(expr, points, backend="torch", dtype=dtype)
    same(found, np.full(64, emlir.evaluate(expr, {"x": x}, dtype=dtype)), dtype)
