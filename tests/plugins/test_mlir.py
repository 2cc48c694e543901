"""The notation mlir: MLIR reads it, and its operations give what the NumPy backend gives."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import Operator, Program, manager, number, symbol
from emlir.testing import expressions, truths
from tests.plugins.test_c import OPERATORS, VALUES, applied

pytest.importorskip("jaxlib")
from tests.plugins.mlir_machine import TYPES, Machine, parsed

INFINITE = (np.inf, -np.inf, 0, 1, -1, 2.5, np.nan)
FAR = (90.25, 85.5, -100.5, 400.123, 712.5, 1000.3, -1000.7, 1, 1e14, 1e30, np.inf, -np.inf)
WHOLE = (7, 0, 10**6 + 1, 2**24 + 1, 123456789, 10**400, -(10**400), 10**39, 2**1023)
BROKEN = tuple(Fraction(1, n) for n in (10, -3, 10**400, -(10**400), 2 * 10**323, 7 * 10**42))
NUMBERS = (*WHOLE, *BROKEN, 2**128 - 2**103)  # the last one is just beyond float32


def values(root, dtype, data):
    """The values that the written text gives, at every point of columns of equal length."""
    machine = Machine(emlir.emit(root, "mlir", dtype=dtype))
    found = machine.run("f", *(data[name] for name in root.symbols))
    assert np.asarray(found).dtype == TYPES[dtype]
    return np.broadcast_to(found, next(iter(data.values())).shape)


def reference(root, dtype, data):
    """The values of the NumPy backend, without folding of closed parts first."""
    program = Program.from_exprs([root])
    (found,) = manager().backend("numpy").compile(program, "real", TYPES[dtype]).run(data)
    return np.broadcast_to(found, next(iter(data.values())).shape)


def check(root, dtype, data):
    found, wanted = values(root, dtype, data), reference(root, dtype, data)
    assert not np.signbit(found[found == 0]).any()
    finite = np.isfinite(found) & np.isfinite(wanted)
    np.testing.assert_array_equal(found[~finite], wanted[~finite], err_msg=str(root))
    gap = np.abs(found[finite] - wanted[finite])
    assert (gap <= 8 * np.spacing(np.abs(wanted[finite]))).all(), root


def grid(dtype, points):
    axes = np.meshgrid(*[np.asarray(points, TYPES[dtype])] * 3)
    return {name: axis.ravel() for name, axis in zip("xyz", axes, strict=True)}


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("points", [VALUES, INFINITE, FAR], ids=["corners", "infinities", "far"])
def test_each_operator(dtype, points):
    """Infinities come in from overflows; far out are the exponents of the siblings of eml."""
    data = grid(dtype, points)
    for op in OPERATORS:
        check(applied(op), dtype, data)


@given(root=st.one_of(expressions(), truths()))
def test_random_terms(root):
    """Rounding differs, so values are compared where neighbours of the point agree."""
    x = np.random.default_rng(0).uniform(-3, 3, 40)
    data = {"x": x, "y": np.roll(x, 7), "z": -x}
    found = values(root, "f64", data)
    wanted = reference(root, "f64", data)
    near = reference(root, "f64", {name: c * (1 + 1e-15) for name, c in data.items()})
    stable = np.isclose(near, wanted, rtol=1e-12) | (np.isnan(near) & np.isnan(wanted))
    close = np.isclose(found, wanted, rtol=1e-9, equal_nan=True)
    assert close[stable].mean() > 0.95 or not stable.any(), str(root)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("value", NUMBERS)
def test_numbers_are_read_exactly(value, dtype):
    term = number(value)
    found = values(term, dtype, {"x": np.zeros(1)})
    assert found.tobytes() == emlir.evaluate(term, dtype=TYPES[dtype]).tobytes()


def test_names():
    names = ("int", "exp", "v1", "f", "a b", "*/", "π", "_x", "0", "a\nb", "\\", "func", "_")
    root = sum((k * symbol(name) for k, name in enumerate(names)), emlir.const(0))
    text = emlir.emit(root, "mlir")
    places = [names.index(name) for name in root.symbols]
    assert Machine(text).run("f", *map(float, places)) == sum(k * k for k in range(len(names)))
    assert "// v1 is the symbol */\n" in text and "is the symbol 0\n" in text
    assert "is the symbol a~a~b\n" in text
    assert "f" in Machine(emlir.emit(emlir.parse("exp(1)"), "mlir")).functions
    assert "rate_2" in Machine(emlir.emit(root, "mlir", name="rate_2")).functions


def plain(text):
    """The lines of a module without comments, the names of values, and the digits of numbers."""
    lines = (line.split(" //")[0] for line in text.splitlines() if line and line[:2] != "//")
    lines = (re.sub(r"%\w+|(?<=constant) \S+", "%", line) for line in lines)
    return [line.replace("func.call", "call").replace("func.return", "return") for line in lines]


@pytest.mark.parametrize("dtype", TYPES)
def test_the_text_is_what_mlir_prints(dtype):
    for root in (*map(applied, OPERATORS), emlir.parse("x^2/3 - ln(123456789*x + 10^400)")):
        text = emlir.emit(root, "mlir", dtype=dtype)
        assert plain(text) == plain(str(parsed(text)))


def test_shared_parts_are_written_once():
    x = emlir.symbols("x")
    for _ in range(2000):
        x = emlir.sin(x) * emlir.cos(x)
    text = emlir.emit(x, "mlir")
    assert text.count("math.sin") == 2000
    assert text.count("@emlir_") == 0
    assert emlir.emit(emlir.parse("ln(x) + ln(y)*eml(x, y)"), "mlir").count("@emlir_ln(%x: ") == 1


def test_depth():
    x = emlir.symbols("x")
    for _ in range(100_000):
        x = emlir.sin(x)
    text = emlir.emit(x, "mlir")
    assert text.count("math.sin") == 100_000
    assert parsed(text)


def test_refusals():
    odd = Operator(name="mlir_test", arity=1, family="t", kernel="emlir.kernels.elementary:exp")
    x = emlir.symbols("x")
    with pytest.raises(emlir.InexpressibleError, match="mlir_test"):
        emlir.emit(odd(x), "mlir")
    names = ("a-b", "sinf", "exp2", "emlir_ln", "0f", "", "a\n", "π")
    for options in (*({"name": name} for name in names), {"dtype": "float"}):
        with pytest.raises(ValueError, match=r"name|dtype"):
            emlir.emit(x, "mlir", **options)
    defined = Operator(name="mlir_twice", arity=1, family="t", definition=lambda x: 2 * x)
    assert "arith.mulf %0, %x" in emlir.emit(defined(x), "mlir")


def test_a_wrong_helper_is_caught(monkeypatch):
    from emlir_codegen import mlir_functions

    monkeypatch.setitem(mlir_functions.HELPERS, "ln", lambda b, x: b.apply("math.log", x))
    with pytest.raises(AssertionError):
        check(emlir.parse("ln(x)"), "f64", grid("f64", VALUES))
