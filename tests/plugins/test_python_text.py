"""The notations that are Python modules: what is written gives what NumPy gives."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir.plugin_api import (
    Operator,
    Program,
    all_operators,
    fold_closed,
    manager,
    number,
    postorder,
    symbol,
)
from emlir.testing import columns, expressions, truths
from emlir.testing.strategies import FAMILIES
from emlir_codegen.functions import TARGETS, function
from tests.conftest import EXAMPLES
from tests.plugins.cases import read_cases
from tests.plugins.test_c import VALUES, applied
from tests.test_corner_values import CASES

OPERATORS = [op for op in all_operators() if op.family in (*FAMILIES, "sibling")]
REAL_CASES = [(formula, value) for formula, semantics, value in CASES if semantics == "real"]
FOLDED = ("ln(eml(1, eml(eml(1, 1), 1)))", "ln(1/10 + 2/10 - 3/10)")
"""No float sees that these logarithms are of exactly 0."""
HUGE = emlir.const("1e200")


@pytest.fixture(params=TARGETS, scope="module")
def target(request):
    """A notation; that of a library that is not there is skipped."""
    if request.param != "python":
        pytest.importorskip(request.param)
    return request.param


def run(target, root, data):
    """Return the values of the written function, at every point of equal columns."""
    names, rows = tuple(root.symbols), len(next(iter(data.values())))
    if target == "python":
        call = function(root, target)
        points = zip(*(data[name].tolist() for name in names), strict=True)
        return np.array([call(*point) for point in points] if names else [call()] * rows)
    more = () if names else ("unused",)  # it says what type constants are of
    call = function(root, target, arguments=(*names, *more))
    columns = [data[name] for name in names] or [np.zeros(rows)]
    return np.broadcast_to(_called(target, call, columns), rows)


def _called(target, call, columns):
    if target == "jax":
        import jax

        with jax.enable_x64(True):
            return np.asarray(call(*columns))
    if target == "torch":
        import torch

        return call(*map(torch.from_numpy, columns)).numpy()
    return call(*columns)


def reference(root, data):
    """Return what the numpy backend gives, without folding first."""
    program = Program.from_exprs([root])
    (values,) = manager().backend("numpy").compile(program, "real", "float64").run(data)
    return np.broadcast_to(values, next(iter(data.values())).shape)


def check(target, root, data):
    wanted, found = reference(root, data), run(target, root, data)
    assert found.dtype == np.float64
    assert not np.signbit(found[found == 0]).any()
    finite = np.isfinite(found) & np.isfinite(wanted)
    np.testing.assert_array_equal(found[~finite], wanted[~finite], err_msg=str(root))
    gap = np.abs(found[finite] - wanted[finite])
    assert (gap <= 8 * np.spacing(np.abs(wanted[finite]))).all(), root


def grid(values):
    axes = np.meshgrid(*[np.asarray(values, float)] * 3)
    return {name: axis.ravel() for name, axis in zip("xyz", axes, strict=True)}


TEXTS = [(name, *case) for name in TARGETS for case in read_cases(name)]


@pytest.mark.parametrize(("name", "formula", "text"), TEXTS)
def test_texts(name, formula, text):
    assert emlir.emit(emlir.parse(formula), name).rstrip("\n") == text


@pytest.mark.parametrize(("formula", "value"), REAL_CASES)
def test_the_table_of_corner_values(target, formula, value):
    root = emlir.parse(formula)
    (found,) = run(
        target, fold_closed(root, "real") if formula in FOLDED else root, {"x": np.zeros(1)}
    )
    assert math.isnan(found) if value is None else abs(found - value) < 1e-15


@pytest.mark.parametrize("formula", [formula for formula, _ in REAL_CASES if formula not in FOLDED])
def test_the_table_with_numbers_that_come_in(target, formula):
    """Nothing is evident from a number then."""
    root = emlir.parse(formula)
    found = sorted({node for node in postorder((root,)) if node.is_number}, key=str)
    lifted = root.subs({leaf: symbol(f"n{k}") for k, leaf in enumerate(found)})
    data = {f"n{k}": np.array([float(leaf.number)]) for k, leaf in enumerate(found)}
    data["x"] = np.zeros(1)
    check(target, lifted, data)


@pytest.mark.parametrize("op", OPERATORS, ids=str)
def test_each_operator_at_corners(target, op):
    check(target, applied(op), grid(VALUES))


@pytest.mark.parametrize("op", OPERATORS, ids=str)
def test_infinities_and_nan_that_arise_are_carried_on(target, op):
    if op.name in ("sin", "cos", "tan"):
        return  # of large numbers, which differ in the last digits of pi
    root = applied(op).subs({name: symbol(name) * HUGE for name in "xyz"})
    data = grid([1e200, -1e200, 0, 1e-200, -1e-200, 2.5e-200])
    check(target, root, data)
    difference = {name: symbol(name) - symbol("d") for name in "xyz"}
    check(target, root.subs(difference), data | {"d": np.roll(data["x"], 1)})
    undefined = {name: symbol(name) * HUGE - symbol("d") * HUGE for name in "xyz"}
    check(target, applied(op).subs(undefined), data | {"d": np.full_like(data["x"], 1e200)})


@settings(max_examples=EXAMPLES)
@given(root=st.one_of(expressions(), truths()), data=columns("xy"))
def test_random_terms(target, root, data):
    """Rounding differs, so values are compared where neighbours of the point agree."""
    data = {name: np.array(column) for name, column in data.items()}
    wanted, found = reference(root, data), run(target, root, data)
    near = reference(root, {name: column * (1 + 1e-15) for name, column in data.items()})
    stable = np.isclose(near, wanted, rtol=1e-12, equal_nan=True)
    close = np.isclose(found, wanted, rtol=1e-9, equal_nan=True)
    assert close[stable].all(), root


def test_names_and_numbers(target):
    names = ("lambda", "exp", "t1", "v1", "f", "a b", "#\n", "π", "_x", "y0", "math", "ﬁ", "fi")
    root = sum(map(symbol, names), emlir.const(0))
    data = {name: np.array([2.0**k]) for k, name in enumerate(names)}
    assert run(target, root, data | {"x": np.zeros(1)}) == [2.0 ** len(names) - 1]
    for value in (Fraction(1, 10), Fraction(-1, 3), 10**400, -(10**400), Fraction(1, 10**400), 7):
        assert run(target, number(value), {"x": np.zeros(1)}) == emlir.evaluate(number(value))[()]


def test_arguments_in_an_order(target):
    root = emlir.parse("x - y")
    call = function(root, target, arguments=("y", "lambda", "x"))
    assert float(call(np.float64(1), np.float64(5), np.float64(3))) == 2
    for wrong in (("x",), ("x", "y", "x")):
        with pytest.raises(ValueError, match=r"missing|twice"):
            function(root, target, arguments=wrong)


def test_shared_parts_are_written_once(target):
    x = emlir.symbols("x")
    for _ in range(500):
        x = emlir.atan(x) * emlir.tanh(x)
    text = emlir.emit(x, target)
    assert text.count("atan(") == 500
    assert run(target, x, {"x": np.ones(1)}).shape == (1,)


def test_deep_terms(target):
    x = emlir.symbols("x")
    for _ in range(3000):
        x = emlir.sin(x + 1)
    assert np.isclose(run(target, x, {"x": np.ones(1)}), reference(x, {"x": np.ones(1)}))


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_a_million_levels_are_written(name):
    x = emlir.symbols("x")
    for _ in range(500_000):
        x = emlir.sin(x + 1)
    assert emlir.emit(x, name).count("sin(") >= 500_000


def test_refusals(target):
    odd = Operator(name="py_test", arity=1, family="t", kernel="emlir.kernels.elementary:exp")
    x = emlir.symbols("x")
    with pytest.raises(emlir.InexpressibleError, match="py_test"):
        emlir.emit(odd(x), target)
    for name in ("for", "a-b", "math", "_ln", ""):
        with pytest.raises(ValueError, match="name"):
            emlir.emit(x, target, name=name)
    with pytest.raises(ValueError, match="target is one of"):
        function(x, "c")
    defined = Operator(name="py_twice", arity=1, family="t", definition=lambda x: 2 * x)
    assert "2.0 * x" in emlir.emit(defined(x), target)


def test_python_computes_as_the_same_text_would():
    formula = "0.5 * (1.0 + cos(pi * (t - 100.0) / 900.0))"
    call = function(emlir.parse(formula))
    for t in range(1000):
        assert call(t) == 0.5 * (1.0 + math.cos(math.pi * (t - 100.0) / 900.0))
    call = function(emlir.parse("3 * x^2.5 + x^3 - 0.1 ^ floor(x / 30) + x^(-2)"))
    for x in np.linspace(0.1, 100, 997).tolist():
        assert call(x) == 3.0 * x**2.5 + x**3.0 - 0.1 ** (x / 30.0 // 1.0) + x**-2.0


def test_python_computes_only_the_chosen_branch():
    text = emlir.emit(emlir.parse("where(t < 100, t / 100, sqrt(t - 100))"), "python")
    assert "((t / 100.0) if (t < 100.0) else math.sqrt(t - 100.0))" in text


def test_plain_text_stands_alone_where_nothing_can_fail():
    text = emlir.emit(emlir.parse("cos(t) + 2 ^ t"), "python")
    assert "return (math.cos(t) + (2.0 ** t)) + 0.0" in text.split("def f(t):")[1]
    assert "try" not in emlir.emit(emlir.parse("min(t / 100, 1) * cos(t)"), "python")


def test_a_wrong_helper_is_caught(monkeypatch):
    from emlir_codegen import python

    monkeypatch.setitem(python.HELPERS, "ln", "def _ln(x):\n    return 0.0")
    with pytest.raises(AssertionError):
        check("python", emlir.parse("ln(x)"), grid(VALUES))


@pytest.mark.parametrize("name", ["positive", "nonzero", "lt", "where", "pow"])
def test_a_wrong_helper_of_arrays_is_caught(monkeypatch, name):
    from emlir_codegen.arrays import NUMPY_TARGET

    wrong = f"def _{name}(*args):\n    return args[-1]"
    monkeypatch.setitem(NUMPY_TARGET.helpers, name, wrong)
    with pytest.raises(AssertionError):
        check("numpy", emlir.parse("where(x < y, 1/x, ln(y)) + x^y"), grid(VALUES))


@pytest.mark.parametrize("name", ["sub", "mul"])
def test_a_wrong_level_is_caught(monkeypatch, name):
    from emlir_codegen import python_levels

    monkeypatch.setitem(python_levels._RULES, name, lambda node, args: python_levels.FINITE)
    op = emlir.parse("x < y").op
    with pytest.raises(AssertionError):
        test_infinities_and_nan_that_arise_are_carried_on("python", op)
