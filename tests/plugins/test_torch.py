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
SIBLINGS = [op for op in all_operators() if op.family == "sibling"]
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


@pytest.mark.parametrize("operator", [*OPERATORS, *SIBLINGS], ids=lambda op: op.name)
@settings(max_examples=FEW)
@given(data=st.data())
def test_each_operator_agrees(operator, data):
    names = ("x", "y", "z")[: operator.arity]
    expr = operator(*names)
    for semantics, dtype in SETTINGS:
        points = data.draw(columns(names, semantics, 8))
        check_agreement(expr, points, semantics=semantics, backend="torch", dtype=dtype)


def numbers(rng, count, semantics, dtype):
    """Numbers of both signs and many magnitudes, some beyond where exp overflows."""
    most = 90 if dtype in ("float32", "complex64") else 715
    half = count // 2
    sizes = np.concatenate([10 ** rng.uniform(-30, 30, half), rng.uniform(0, most, count - half)])
    rng.shuffle(sizes)
    column = sizes * rng.choice([-1, 1], count)
    if semantics != "complex":
        return column
    return column + 1j * rng.permutation(column) * rng.choice([0, 1, 1], count)


@pytest.mark.parametrize("operator", [*OPERATORS, *SIBLINGS], ids=lambda op: op.name)
def test_long_columns_have_the_values_of_short_ones(operator):
    check_long_columns(operator(*("x", "y", "z")[: operator.arity]))


def check_long_columns(expr):
    """torch has other code for many numbers at once."""
    rng = np.random.default_rng(0)
    for semantics, dtype in SETTINGS:
        points = {name: numbers(rng, 64, semantics, dtype) for name in expr.symbols}
        check_agreement(expr, points, semantics=semantics, backend="torch", dtype=dtype)
        options = {"backend": "torch", "semantics": semantics, "dtype": dtype}
        many = emlir.evaluate(expr, points, **options)[:16]
        one = [
            emlir.evaluate(expr, {name: column[k] for name, column in points.items()}, **options)
            for k in range(16)
        ]
        digits = 1e-12 if dtype in ("float64", "complex128") else 1e-5
        np.testing.assert_allclose(many, one, rtol=digits, atol=0)


def test_a_kernel_that_fails_on_long_columns_is_caught(monkeypatch):
    from emlir_torch.kernels import elementary
    from emlir_torch.kernels.kernel import Kernel

    wrong = Kernel(lambda x: torch.exp(x) * (1 + (x.numel() > 1) * 1e-14))
    monkeypatch.setattr(elementary, "exp", wrong)
    with pytest.raises(AssertionError, match="outside the ball"):
        check_long_columns(emlir.parse("exp(x) + 0.0625"))


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
    return TorchBackend(device or torch.get_default_device()).compile(program, semantics, dtype)


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


@pytest.mark.parametrize("size", [1, 64])
@pytest.mark.parametrize(
    ("x", "y", "dtype"),
    [
        (1.7e308, 1e-160, "float64"),
        (-1e160, 2.3e-308, "float64"),
        (1.7e308, -1e-300, "float64"),
        (3e38, 1e-37, "float32"),
    ],
)
def test_the_remainder_of_a_quotient_that_overflows(x, y, dtype, size):
    points = {"x": np.full(size, x), "y": np.full(size, y)}
    found = emlir.evaluate(emlir.parse("mod(x, y)"), points, backend="torch", dtype=dtype)
    kind = np.dtype(dtype).type
    np.testing.assert_array_equal(found, np.remainder(kind(x), kind(y)))


SIBLING_CORNERS = [
    ("edl(x, 1000)", 711.0, "float64", 8.791028536009167e307),
    ("edl(x, 0.1)", 709.785, "float64", -7.825158607735671e307),
    ("edl(x, 1000)", 90.0, "float32", 1.7667147214e38),
    ("edl(x, inf)", 2000.0, "float64", 0.0),
    ("teml(x, 1, 2)", 711.0, "float64", 2.358100225195887e307),
    ("teml(x, 2000, 2)", 2000.5, "float64", 0.1503464785235205),
    ("teml(2, x, 0)", 2000.0, "float64", -np.inf),
    ("neml(inf, x)", 1000.0, "float64", np.inf),
    ("neml(inf, x)", 100.0, "float32", np.inf),
]


@pytest.mark.parametrize("semantics", ["extended", "complex"])
@pytest.mark.parametrize(("formula", "x", "dtype", "value"), SIBLING_CORNERS)
def test_siblings_do_not_overflow_inside(formula, x, dtype, value, semantics):
    digits = 1e-5 if dtype == "float32" else 1e-14
    if semantics == "complex":
        dtype = {"float64": "complex128", "float32": "complex64"}[dtype]
    options = {"backend": "torch", "semantics": semantics, "dtype": dtype}
    found = emlir.evaluate(emlir.parse(formula), {"x": x}, **options)
    np.testing.assert_allclose(found, value, rtol=digits)


@pytest.mark.parametrize("size", [1, 64])
def test_complex_acos_near_one(size):
    z = np.full(size, 1 + 1e-8j)
    found = emlir.evaluate(emlir.parse("acos(x)"), {"x": z}, backend="torch", semantics="complex")
    np.testing.assert_allclose(found, 9.99999999166666675e-05 - 1.00000000083333334e-4j, rtol=1e-15)


def test_no_roots():
    nothing = emlir.compile([], backend="torch")
    points = {"y": [1, 2, 3]}
    assert nothing(points).shape == (0, 3)
    assert nothing.squares(points, [1, 2, 3]).shape == (0,)
    assert nothing.moments(points, [1, 2, 3]).r2.shape == (0,)


def test_a_program_follows_the_default_device():
    expr = emlir.parse("x^2 + 1/8")
    assert emlir.evaluate(expr, {"x": 1.0}, backend="torch") == 1.125
    with torch.device("meta"), pytest.raises(NotImplementedError, match="meta tensor"):
        emlir.evaluate(expr, {"x": 1.0}, backend="torch")
    assert emlir.evaluate(expr, {"x": 1.0}, backend="torch") == 1.125
    ready = TorchBackend().compile(Program.from_exprs([expr]), "real", "float64")
    assert ready.here() is ready.here()


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
