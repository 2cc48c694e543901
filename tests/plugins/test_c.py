"""The notation c: compiled with the system's compiler, it gives what NumPy gives."""

import ctypes
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.plugin_api import Operator, Program, all_operators, manager, number, symbol
from emlir.testing import expressions, truths
from emlir.testing.strategies import FAMILIES
from emlir.testing.suite_c import c_compiler

needs_compiler = pytest.mark.skipif(c_compiler() is None, reason="no C compiler")
TYPES = {"double": "float64", "float": "float32"}
VALUES = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e-30, -1e-30, 700.0, -745.0, 1e30)
OPERATORS = [op for op in all_operators() if op.family in (*FAMILIES, "sibling")]


def compiled(roots, dtype, folder, more=("-O1",)):
    """Return the functions of several texts in one file, without a warning."""
    texts = [emlir.emit(root, "c", name=f"f_{k}", dtype=dtype) for k, root in enumerate(roots)]
    source, library = folder / "f.c", folder / f"{dtype}.so"  # a path is loaded once
    source.write_text("\n".join(texts), encoding="ascii")
    options = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-shared", "-fPIC", *more]
    command = [c_compiler(), *options, "-o", library, source, "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = ctypes.CDLL(str(library))
    number_type = {"double": ctypes.c_double, "float": ctypes.c_float}[dtype]
    functions = []
    for k, root in enumerate(roots):
        function = getattr(loaded, f"f_{k}")
        function.restype, function.argtypes = number_type, [number_type] * len(root.symbols)
        functions.append(function)
    return functions


def check(root, function, data, dtype):
    program = Program.from_exprs([root])
    shape = np.broadcast_shapes(*(column.shape for column in data.values()))
    (values,) = manager().backend("numpy").compile(program, "real", TYPES[dtype]).run(data)
    wanted = np.broadcast_to(values, shape).ravel()
    columns = [data[name].ravel().tolist() for name in root.symbols]
    points = list(zip(*columns, strict=True)) if columns else [()] * wanted.size
    found = np.array([function(*point) for point in points], TYPES[dtype])
    assert not np.signbit(found[found == 0]).any()
    finite = np.isfinite(found) & np.isfinite(wanted)
    np.testing.assert_array_equal(found[~finite], wanted[~finite], err_msg=str(root))
    gap = np.abs(found[finite] - wanted[finite])
    assert (gap <= 8 * np.spacing(np.abs(wanted[finite]))).all(), root


def applied(op):
    names = emlir.symbols("x y z")[: op.arity]
    takes = op.takes or ["number"] * op.arity
    return op(*(s > 0 if sort == "truth" else s for s, sort in zip(names, takes, strict=True)))


def grid(dtype, count=3):
    axes = np.meshgrid(*[np.asarray(VALUES, TYPES[dtype])] * count)
    return {name: axis.ravel() for name, axis in zip("xyz", axes, strict=False)}


@needs_compiler
@pytest.mark.parametrize("dtype", TYPES)
def test_each_operator_at_corners(dtype, tmp_path):
    roots = [applied(op) for op in OPERATORS]
    for root, function in zip(roots, compiled(roots, dtype, tmp_path), strict=True):
        check(root, function, grid(dtype), dtype)


@needs_compiler
@pytest.mark.parametrize("dtype", TYPES)
def test_infinities_are_carried_on(dtype, tmp_path):
    """They come in from overflows."""
    roots = [applied(op) for op in OPERATORS if op.name not in ("sin", "cos", "tan")]
    some = np.asarray([np.inf, -np.inf, 0, 1, -1, 2.5, np.nan], TYPES[dtype])
    data = dict(zip("xyz", np.meshgrid(some, some, some), strict=True))
    for root, function in zip(roots, compiled(roots, dtype, tmp_path), strict=True):
        check(root, function, data, dtype)


@needs_compiler
@settings(max_examples=5)
@given(roots=st.lists(st.one_of(expressions(), truths()), min_size=20, max_size=20))
def test_random_terms(roots, tmp_path_factory):
    """Rounding differs, so values are compared where neighbours of the point agree."""
    x = np.random.default_rng(0).uniform(-3, 3, 40)
    data = {"x": x, "y": np.roll(x, 7), "z": -x}
    functions = compiled(roots, "double", tmp_path_factory.mktemp("c"))
    for root, function in zip(roots, functions, strict=True):
        wanted = emlir.evaluate(root, data)
        found = [
            function(*point) for point in zip(*(data[n] for n in root.symbols), strict=True)
        ] or [function()] * x.size
        near = emlir.evaluate(root, {name: c * (1 + 1e-15) for name, c in data.items()})
        stable = np.isclose(near, wanted, rtol=1e-12) | (np.isnan(near) & np.isnan(wanted))
        close = np.isclose(found, wanted, rtol=1e-9, equal_nan=True)
        assert close[stable].mean() > 0.95 or not stable.any(), str(root)


@needs_compiler
def test_names_and_numbers(tmp_path):
    names = ("int", "exp", "t1", "v1", "f_0", "a b", "*/", "π", "_x", "y0", "NAN", "a\nb", "\\")
    values = (Fraction(1, 10), Fraction(-1, 3), 10**400, -(10**400), Fraction(1, 10**400), 7)
    for dtype in TYPES:
        root = sum(map(symbol, names), emlir.const(0))
        roots = [root, *(number(value) for value in values)]
        functions = compiled(roots, dtype, tmp_path)
        assert functions[0](*range(13)) == sum(range(13))
        for value, function in zip(values, functions[1:], strict=True):
            assert function() == emlir.evaluate(number(value), dtype=TYPES[dtype])[()]


def test_shared_parts_are_written_once():
    x = emlir.symbols("x")
    for _ in range(2000):
        x = emlir.sin(x) * emlir.cos(x)
    text = emlir.emit(x, "c")
    assert text.count("sin(") == 2000
    assert max(map(len, text.splitlines())) < 400


def test_refusals():
    odd = Operator(name="c_test", arity=1, family="t", kernel="emlir.kernels.elementary:exp")
    x = emlir.symbols("x")
    with pytest.raises(emlir.InexpressibleError, match="c_test"):
        emlir.emit(odd(x), "c")
    names = ("for", "a-b", "sinf", "exp2", "sincosf", "modf")  # compilers write pow(2, x) as exp2
    for options in (*({"name": name} for name in names), {"dtype": "int"}):
        with pytest.raises(ValueError, match=r"name|dtype"):
            emlir.emit(x, "c", **options)
    defined = Operator(name="c_twice", arity=1, family="t", definition=lambda x: 2 * x)
    assert "2.0 * x" in emlir.emit(defined(x), "c")


@needs_compiler
def test_a_wrong_helper_is_caught(monkeypatch, tmp_path):
    from emlir_codegen import c_functions

    monkeypatch.setitem(c_functions.HELPERS, "ln", (("x",), "return log(x);"))
    root = emlir.parse("ln(x)")
    (function,) = compiled([root], "double", tmp_path)
    with pytest.raises(AssertionError):
        check(root, function, grid("double"), "double")
