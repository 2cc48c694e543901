"""The compiled backend gives what NumPy gives: operators at corners, programs, layouts, sums."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import Program, all_operators, manager, number
from emlir.testing import check_agreement, columns, eml_trees, expressions, truths
from emlir_native import backend, build
from emlir_native.backend import BACKEND, report
from emlir_native.machine import functions, instructions
from emlir_native.plan import instruction_of
from tests.test_corner_values import CASES

pytestmark = pytest.mark.skipif("compiled" not in report(), reason="no C compiler")

KINDS = [(s, d) for s in ("real", "extended") for d in ("float64", "float32")]
OPERATORS = [op for op in all_operators() if instruction_of(op, "real") is not None and op.arity]
VALUES = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e-30, -1e-30, 700.0, -745.0, 1e30)
X = np.linspace(0.1, 3.0, 101)
NUMPY = manager().backend("numpy")


def both(roots, data, semantics, dtype):
    program = Program.from_exprs(roots)
    return [b.compile(program, semantics, dtype).run(data) for b in (NUMPY, BACKEND)]


def check_same(found, wanted, units=16):
    """Equal up to some units in the last place; infinities and NaN exactly."""
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
    finite = np.isfinite(wanted) & np.isfinite(found)
    np.testing.assert_array_equal(found[~finite], wanted[~finite])
    gap = np.abs(found[finite] - wanted[finite])
    assert (gap <= units * np.spacing(np.abs(wanted[finite]))).all()
    assert not np.signbit(found[found == 0]).any()


def corner_columns(op, semantics, dtype):
    points = [*VALUES, *((np.inf, -np.inf) if semantics == "extended" else ())]
    if "truth" in op.takes[:1]:
        points = [0.0, 1.0]
    grid = np.meshgrid(*[np.asarray(points, dtype)] * op.arity)
    return dict(zip("xyz", (axis.ravel() for axis in grid), strict=False))


@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.name)
def test_each_operator_at_corners(op, semantics, dtype):
    data = corner_columns(op, semantics, dtype)
    names = [emlir.symbols(name) for name in data]
    if "truth" in op.takes:
        names = [s > 0 if sort == "truth" else s for s, sort in zip(names, op.takes, strict=True)]
    wanted, found = both([op(*names)], data, semantics, dtype)
    check_same(found[0], wanted[0])


@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
@pytest.mark.parametrize("op", [op for op in OPERATORS if op.arity > 1], ids=lambda op: op.name)
def test_each_operator_beside_constants(op, semantics, dtype):
    if "truth" in op.takes:
        return
    x = emlir.symbols("x")
    data = {"x": np.asarray(VALUES, dtype)}
    values = [number(v) for v in (0, 1, -1, 2, 3, -2, Fraction(1, 2), 10**40)]
    values += [emlir.parse("inf"), emlir.parse("-inf")] if semantics == "extended" else []
    for value in values:
        for k in range(op.arity):
            args = [value] * op.arity
            args[k] = x
            wanted, found = both([op(*args)], data, semantics, dtype)
            check_same(found[0], wanted[0])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("formula", "semantics", "value"), CASES)
def test_the_table_of_corner_values(formula, semantics, value, dtype):
    if semantics == "complex":
        dtype = {"float64": "complex128", "float32": "complex64"}[dtype]
    expr = emlir.parse(formula)
    found = emlir.evaluate(expr, backend="native", semantics=semantics, dtype=dtype)[()]
    if value is None:
        assert np.isnan(found)
    else:
        single = dtype in ("float32", "complex64")
        assert found == value or abs(found - value) < (1e-6 if single else 1e-15)


@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
@given(data=st.data())
def test_random_expressions_agree(semantics, dtype, data):
    expr = data.draw(st.one_of(expressions(), truths(), eml_trees()))
    points = data.draw(columns(("x", "y"), semantics))
    check_agreement(expr, points, semantics=semantics, backend="native", dtype=dtype)


def population(count=60, depth=4, seed=3):
    rng = np.random.default_rng(seed)
    nodes = [*emlir.symbols("x y"), emlir.const(1)]
    made = list(nodes)
    for _ in range(count):
        made.append(emlir.eml(*(made[k] for k in rng.integers(len(made), size=2))))
    return [*made, made[5], made[5] * -1, emlir.parse("0*x"), -emlir.parse("0*x")]


DATA = {
    "x": np.random.default_rng(0).uniform(-2, 2, 5000),
    "y": np.random.default_rng(1).uniform(-1, 4, 5000),
}


@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
def test_populations(semantics, dtype):
    data = {name: column.astype(dtype) for name, column in DATA.items()}
    for wanted, found in zip(*both(population(), data, semantics, dtype), strict=True):
        assert (np.isnan(wanted) == np.isnan(found)).mean() > 0.99  # edges of domains
        ordinary = np.isfinite(wanted) & np.isfinite(found) & (np.abs(wanted) > 1e-3)
        close = np.isclose(found, wanted, rtol=1e-3 if dtype == "float32" else 1e-9)
        assert not ordinary.any() or close[ordinary].mean() > 0.97


@pytest.mark.parametrize("kind", ["squares", "moments"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_sums(kind, dtype):
    texts = "x", "1/3", "x + y", "sin(x)*y - 1", "x + y", "exp(x)", "ln(y)", "1/0", "x^2 - x*x"
    roots = [emlir.parse(text) for text in texts]
    data = {name: column.astype(dtype) for name, column in DATA.items()}
    target = DATA["x"] * 2 + 100
    program = Program.from_exprs(roots)
    wanted, found = (
        b.compile(program, "real", dtype).reduce(data, target, kind) for b in (NUMPY, BACKEND)
    )
    assert found.dtype == np.float64
    tolerance = 1e-4 if dtype == "float32" else 1e-10
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)


def test_layouts_of_columns():
    expr = emlir.parse("exp(x)*y + z")
    rng = np.random.default_rng(5)
    base = rng.uniform(size=(64, 30))
    base.flags.writeable = False
    data = {"x": base[::2].T, "y": np.broadcast_to(rng.uniform(size=(1, 32)), (30, 32)), "z": 2}
    for some in (data, {"x": 1, "y": 2, "z": 3}, {"x": [], "y": [], "z": 1}):
        wanted = emlir.evaluate(expr, some)
        check_same(emlir.evaluate(expr, some, backend="native"), wanted)
    raw = {"x": base[::2].T, "y": rng.uniform(size=(1, 32)), "z": np.float64(2) + np.zeros(())}
    wanted, found = both([expr, expr.args[0]], raw, "real", "float64")
    assert found[1].shape == (30, 32)
    check_same(found[0], wanted[0])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_nan_is_undefined_whatever_its_payload(dtype):
    word = np.uint64 if dtype == "float64" else np.uint32
    one = np.full(9, np.inf, dtype).view(word)
    bits = [1954, 1, 2**20 + 1, 5, 77, 1 << 22, 3 << 21, 12345, 99]
    signs = np.asarray([0, 1] * 4 + [0], word) << word(8 * np.dtype(dtype).itemsize - 1)
    column = (one + np.asarray(bits, word) + signs).view(dtype)
    for text in ("exp(x)", "ln(x)", "eml(x, x)", "sin(x)", "x^2", "sigmoid(x)", "logaddexp(x, 1)"):
        program = Program.from_exprs([emlir.parse(text)])
        assert np.isnan(BACKEND.compile(program, "extended", dtype).run({"x": column})[0]).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_exp_and_ln_of_one_row_are_computed_once(dtype):
    x, y = emlir.symbols("x y")
    inner = [emlir.eml(x, y), emlir.eml(y, x), emlir.eml(x, 3), emlir.eml(2, y), emlir.eml(x, 1)]
    roots = [*inner, *(emlir.eml(a, b) for a in inner for b in inner)]
    data = {name: column.astype(dtype) for name, column in DATA.items()}
    program = Program.from_exprs(roots)
    compiled = BACKEND.compile(program, "real", dtype)
    names = {code: name for name, code in instructions().items()}
    ops = [names[code] for code in compiled._code.instructions["op"].tolist()]
    assert ops.count("exp") == ops.count("ln_real") == 6  # of x or y, and of each inner one
    assert ops.count("eml_real") == 1  # of y and x
    alone = [BACKEND.compile(Program.from_exprs([root]), "real", dtype) for root in roots]
    for found, one in zip(compiled.run(data), alone, strict=True):
        np.testing.assert_array_equal(found, one.run(data)[0])
    sums = compiled.reduce(data, DATA["x"], "squares")
    for found, one in zip(sums, alone, strict=True):
        wanted = one.reduce(data, DATA["x"], "squares")[0]
        np.testing.assert_allclose(found, wanted, rtol=1e-12)  # blocks differ in length


def test_a_run_in_parts_is_the_same(monkeypatch):
    """Between the parts Python sees an interrupt."""
    roots = [emlir.parse("sin(x)*y"), emlir.parse("x + y")]
    program = Program.from_exprs(roots)
    compiled = BACKEND.compile(program, "real")
    target = DATA["x"]
    whole = [*compiled.run(DATA), compiled.reduce(DATA, target, "moments")]
    monkeypatch.setattr("emlir_native.run.PATIENCE", 1)
    calls = []
    run = functions(64).run
    counted = functions(64).__class__(
        functions(64).plan, lambda *args: calls.append(args[1]) or run(*args), ""
    )
    monkeypatch.setattr("emlir_native.run.functions", lambda bits: counted)
    parts = [*compiled.run(DATA), compiled.reduce(DATA, target, "moments")]
    assert len(calls) > 4
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_a_long_program_needs_few_columns():
    x = emlir.symbols("x")
    expr = x
    for k in range(20_000):
        expr = emlir.sin(expr) + emlir.const(k % 7)
    compiled = BACKEND.compile(Program.from_exprs([expr]), "real")
    assert compiled._code.temporaries <= 2
    assert compiled.run({"x": np.ones(3)})[0].shape == (3,)


def test_an_operator_that_only_numpy_knows():
    """Defined ones are replaced, and what has no definition goes through NumPy."""
    mine = emlir.plugin_api.Operator(
        name="native_test", arity=1, family="t", kernel="emlir.kernels.elementary:exp"
    )
    other = emlir.plugin_api.Operator(
        name="native_defined", arity=1, family="t", definition=lambda x: emlir.exp(x) + 1
    )
    x = emlir.symbols("x")
    for expr, kind in ((mine(x) + 1, "CompiledProgram"), (other(x), "NativeProgram")):
        compiled = BACKEND.compile(Program.from_exprs([expr]), "real")
        assert type(compiled).__name__ == kind
        assert compiled.run({"x": np.zeros(2)})[0].tolist() == [2, 2]


def test_threads_share_a_program():
    expr = emlir.parse("sin(x)*exp(y)")
    compiled = BACKEND.compile(Program.from_exprs([expr]), "real")
    data = [{name: column * k for name, column in DATA.items()} for k in range(4)]
    found = [None] * 4

    def work(k):
        found[k] = [compiled.run(data[k])[0] for _ in range(20)][-1]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(4):
        np.testing.assert_array_equal(found[k], compiled.run(data[k])[0])


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Nothing loaded, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for cached in (build.library, backend.functions):
        cached.cache_clear()
    yield tmp_path
    for cached in (build.library, backend.functions):
        cached.cache_clear()


def works():
    expr = emlir.parse("ln(x)*x^2")
    found = BACKEND.compile(Program.from_exprs([expr]), "real").run({"x": np.array([2.0, 0.0])})[0]
    assert abs(found[0] - 4 * np.log(2)) < 1e-15 and np.isnan(found[1])


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/nowhere/cc", "is not found"),
        ("false", "failed"),
        ('"', "cannot be read"),
        (f"{sys.executable} -c 'print(1)'", "cannot be loaded"),
    ],
)
def test_without_a_compiler_numpy_does_it(fresh, monkeypatch, command, reason):
    monkeypatch.setenv("CC", command)
    works()
    assert reason in report() and report().endswith(": numpy")
    assert not list(fresh.rglob("*.so"))


def test_a_cache_that_cannot_be_written(fresh, monkeypatch):
    (fresh / "emlir").write_text("a file where a folder should be")
    works()
    assert "cannot be kept" in report() and report().endswith(": numpy")


@pytest.mark.parametrize(
    "damage", [lambda code: b"not a library", lambda code: code[:30_000], lambda code: b""]
)
def test_a_damaged_library_is_built_again(fresh, monkeypatch, damage):
    """A library that is cut short loads, and kills the process where it is used."""
    monkeypatch.setattr(build, "FLAGS", ("-O0",))  # quicker
    works()
    (path,) = fresh.rglob("*.so")
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(damage(whole))
    build.library.cache_clear()
    backend.functions.cache_clear()
    works()
    assert path.read_bytes() == whole


def test_a_library_without_the_functions(fresh, monkeypatch):
    """It loads, but is not what was wanted."""
    other = fresh / "source" / "other.c"
    other.parent.mkdir()
    other.write_text("int other(void) { return 1; }")
    monkeypatch.setattr(build, "MAIN", other)
    works()
    assert "has no emlir_plan, emlir_run" in report() and report().endswith(": numpy")
    assert not list(fresh.rglob("*.so"))


def test_a_user_without_a_home(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(build.Path, "home", no_home)
    for cached in (build.library, backend.functions):
        cached.cache_clear()
    works()
    assert "no folder to keep the library" in report() and report().endswith(": numpy")
    for cached in (build.library, backend.functions):
        cached.cache_clear()


def test_a_program_goes_to_another_process():
    """What was planned here is planned for there: no address goes along."""
    ready = emlir.compile([emlir.parse("sin(x) + 2"), emlir.parse("exp(x)*7")], backend="native")
    values, sums = ready({"x": X}), ready.squares({"x": X}, X)
    words = pickle.dumps((ready, X, values, sums))
    program = (
        "import pickle, sys, numpy; ready, x, values, sums = pickle.load(sys.stdin.buffer);"
        "numpy.testing.assert_array_equal(ready({'x': x}), values);"
        "numpy.testing.assert_array_equal(ready.squares({'x': x}, x), sums)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=words, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    twin = copy.deepcopy(ready)
    del ready
    gc.collect()
    np.testing.assert_array_equal(twin({"x": X}), values)


def test_two_processes_build_at_once(fresh):
    program = (
        "import emlir, numpy; print(emlir.evaluate(emlir.parse('ln(x)'), {'x': [1.0]},"
        " backend='native')[0])"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in started] == ["0.0\n", "0.0\n"]
    assert len(list(fresh.rglob("*"))) == 3 + (os.name == "nt")


def test_without_libmvec_it_is_the_same(fresh, monkeypatch):
    monkeypatch.setattr(build, "LIBRARIES", (("-lm",),))
    assert "libmvec" not in report()
    data = {"x": np.asarray(VALUES)}
    for text in ("tanh(x)", "x^(1/3)", "asinh(x)", "log1p(x)"):
        wanted, found = both([emlir.parse(text)], data, "extended", "float64")
        check_same(found[0], wanted[0])


def test_a_wrong_instruction_is_caught(monkeypatch):
    numbers = backend.instruction_of
    monkeypatch.setattr(
        "emlir_native.plan.instruction_of",
        lambda op, s: numbers(op, s) if op.name != "sub" else numbers(emlir.parse("x+1").op, s),
    )
    with pytest.raises(AssertionError):
        test_each_operator_at_corners(emlir.parse("x-y").op, "real", "float64")
