"""Text that sympy prints is read with the same meaning; nothing of a text is ever run."""

import random
import warnings
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import emit, parse, read
from emlir.plugin_api import symbol
from emlir.testing import expressions, truths
from emlir_sympy import from_sympy
from tests.lazy import sympy
from tests.plugins.sympy_terms import random_object

POINTS = ({"x": 0.3, "y": 1.7, "z": 2.9}, {"x": -1.1, "y": 0.6, "z": 0.2})


def objects(count):
    made = (random_object(random.Random(seed)) for seed in range(10_000))
    return islice((one for one in made if one is not None), count)


def test_srepr_of_random_objects_is_read_to_the_same_expression():
    for made in objects(500):
        assert parse(sympy.srepr(made, order="none"), "sympy") is from_sympy(made)


def values(expr, point):
    """Return the real and the imaginary part as numpy computes them."""
    value = complex(emlir.evaluate(expr, point, semantics="complex"))
    return [value.real, value.imag]


def test_str_of_random_objects_is_read_with_the_same_value():
    """Roundings may differ, so a few of the values decide nothing; none may be another."""
    compared = 0
    for made in objects(500):
        wanted, got = from_sympy(made), parse(str(made), "sympy")
        for point in POINTS:
            with warnings.catch_warnings(action="ignore"):
                expected, found = values(wanted, point), values(got, point)
            if all(abs(part) < 1e6 for part in expected):
                assert found == pytest.approx(expected, rel=1e-6, abs=1e-6), str(made)
                compared += 1
    assert compared > 400


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x**2 + 2*x*y - exp(-x)/3", "x^2 + 2*x*y - exp(-x)/3"),
        ("1/3 + 0.1", "1/3 + 1/10"),
        ("-2*x", "-2*x"),
        ("-x**2", "-(x^2)"),
        ("-oo + oo", "-inf + inf"),
        ("x - y", "x - y"),
        ("x + (-y)", "x - y"),
        ("x*y**-1", "x/y"),
        ("1/x", "1/x"),
        ("x**(1/2) + sqrt(y)", "sqrt(x) + sqrt(y)"),
        ("E**x + pi*I", "e^x + pi*i"),
        ("Abs(x) + abs(y)", "abs(x) + abs(y)"),
        ("x % 2", "mod(x, 2)"),
        ("+x", "x"),
        ("x < y", "x < y"),
        ("(x > 0) & (y > 0) | ~(x <= y)", "x > 0 and y > 0 or not x <= y"),
        ("Eq(x, y)", "x = y"),
        ("StrictLessThan(x, y)", "x < y"),
        ("Piecewise((x, x > 0), (y, x > 1), (0, True))", "where(x > 0, x, where(x > 1, y, 0))"),
        ("Piecewise(ExprCondPair(x, x > 0), ExprCondPair(0, true))", "where(x > 0, x, 0)"),
        ("Add(x, y, Mul(-1, z, x))", "x + y - z*x"),
        ("Max(x, y, x)", "max(max(x, y), x)"),
        ("eml(1, x) + sigmoid(y)", "eml(1, x) + sigmoid(y)"),
        ("log(x, 2)", "ln(x)/ln(2)"),
        ("True", "true"),
        ("Float('0.10000000000000001', precision=53)", "1/10"),
        ("Float('-2.5')", "-5/2"),
        ("Float('0.75', precision=10)", "3/4"),
        ("Float('0.3', precision=2)", "1/4"),
        ("1_000.5e-1", "100.05"),
        ("0x10", "16"),
        ("1e400", "1e400"),
        ("sin(x, evaluate=False)", "sin(x)"),
        ("\n (x # the first\n  + y) ", "x + y"),
        ("gamma + beta*S", "gamma + beta*S"),
        ("α*β_1", "α*β_1"),
        ("(_1 := x + 1,\n _2 := _1*_1,\n _1/_2)[-1]", "(x + 1)/((x + 1)*(x + 1))"),
        ("_1 + _2", "_1 + _2"),
    ],
)
def test_readings(text, formula):
    assert parse(text, "sympy") is parse(formula)


def test_names_that_python_would_normalise_are_kept():
    assert parse("ℝ*µ", "sympy") is symbol("ℝ") * symbol("µ")


def test_floats_of_any_precision_are_exact():
    for digits in (15, 30, 60):
        for text in ("0.1", "-12345.678", "1e-400", "3e300", "2.5"):
            made = sympy.Float(text, digits)
            assert parse(sympy.srepr(made), "sympy") is from_sympy(made)


def test_assumptions_are_read():
    text = "Symbol('x', positive=True) + Symbol('n', integer=True, nonnegative=True)"
    found = read(text + "*Symbol('y', real=True, zero=False) + Symbol('x', positive=True)", "sympy")
    assert found.expr is parse("x + n*y + x")
    facts = ("x > 0", "floor(n) = n", "n >= 0", "not y = 0")
    assert found.assumptions == tuple(map(parse, facts))
    assert read("x + 1", "sympy").assumptions == ()


def test_the_assumptions_that_sympy_prints_are_read():
    made = sympy.Symbol("x", positive=True) + sympy.Symbol("n", integer=True)
    found = read(sympy.srepr(made), "sympy")
    assert set(found.assumptions) == {parse("x > 0"), parse("floor(n) = n")}


def test_dummies_are_told_apart_by_their_index():
    made = sympy.Dummy("t") + 1
    assert parse(sympy.srepr(made, order="none"), "sympy") is from_sympy(made)
    with pytest.raises(emlir.ParseError, match="two different symbols"):
        parse("Dummy('t', dummy_index=1) + Dummy('t', dummy_index=2)", "sympy")


HOSTILE = [
    "__import__('os').system('touch {0}')",
    "open('{0}', 'w')",
    "Symbol('x', **exec('open(\"{0}\", \"w\")'))",
    "(_1 := open('{0}', 'w'), _1)[-1]",
    "[open('{0}', 'w') for _ in (1,)]",
    "(lambda: open('{0}', 'w'))()",
    'f\'{{open("{0}", "w")}}\'',
    "Basic.__new__(open('{0}', 'w'), x)",
    "Function('eml')(*open('{0}', 'w'))",
    "Piecewise((x, open('{0}', 'w')), (0, True))",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_run(text, tmp_path):
    path = tmp_path / "harm"
    with pytest.raises(emlir.ParseError):
        parse(text.format(path), "sympy")
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("(" * 250 + "x" + ")" * 250, 201, "200 brackets"),
        ("sin(" * 100_000, 804, "200 brackets"),
        ("-" * 100_000 + "x", 1, "too deeply"),
        ("+".join(["x"] * 100_000), 1, "too deeply"),
        ("**".join(["x"] * 100_000), 1, "too deeply"),
        ("x" + ".a" * 100_000, 1, "too deeply"),
        ("1" * 5_000 + "*x", 1, "hexadecimal"),
        ("x + \0", 5, "escape"),
        ("x + Symbol('\ud800')", 13, "escape"),
    ],
    ids=range(9),
)
def test_what_python_cannot_parse_is_refused(text, column, words):
    with pytest.raises(emlir.ParseError, match=words) as caught:
        parse(text, "sympy")
    assert (caught.value.line, caught.value.column) == (1, column)


def test_lines_and_columns_in_a_text_of_any_newlines():
    with pytest.raises(emlir.ParseError) as caught:
        parse("(é +\r\n\tα*foo(x))", "sympy")
    assert (caught.value.line, caught.value.column) == (2, 4)


@given(
    st.one_of(expressions(max_nodes=6), truths(max_nodes=6)),
    st.integers(0, 10_000),
    st.integers(0, 3),
    st.text(st.sampled_from(list("()[]{},.:=+-*/^&|~'\"\\# \n_1xé²0e\0\ud800")), max_size=3),
)
def test_damaged_text_is_read_or_refused_with_a_place(expr, start, length, patch):
    text = emit(expr, "sympy")
    start %= len(text)
    damaged = text[:start] + patch + text[start + length :]
    with warnings.catch_warnings(action="ignore"):
        check_refusal(damaged)


@given(st.text(st.sampled_from(list("()[]{},.:=+-*/^&|~'\"\\# \n\r_1xé²0ej\f<>!")), max_size=12))
def test_any_text_is_read_or_refused_with_a_place(text):
    with warnings.catch_warnings(action="ignore"):
        check_refusal(text)


def check_refusal(text):
    try:
        parse(text, "sympy")
        return
    except emlir.ParseError as error:
        refusal = error
    lines = text.split("\n")
    assert 1 <= refusal.line <= len(lines)
    assert 1 <= refusal.column <= len(lines[refusal.line - 1]) + 1
    assert refusal.message


def test_exact_rationals_are_kept():
    assert parse("0.1", "sympy").number == Fraction(1, 10)
    assert parse("-1.5e3/7", "sympy").number == Fraction(-1500, 7)


def test_the_letter_lambda_is_a_name_where_a_symbol_stands():
    assert parse("2*lambda**2 + Symbol('lambda')", "sympy") is parse("2*lambda^2 + lambda")
    with pytest.raises(emlir.ParseError, match="not read"):
        parse("lambda: 0", "sympy")
