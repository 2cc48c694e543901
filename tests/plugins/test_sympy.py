"""sympy: what is written is read back, nothing is evaluated, and text equals objects."""

import subprocess
import sys
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import emit, parse
from emlir.plugin_api import symbol
from emlir.testing import check_round_trip, expressions, symbol_names, truths
from emlir_sympy import from_sympy, to_sympy
from tests.lazy import sympy
from tests.plugins.cases import read_cases, small_terms


@cache
def python_names():
    names = {}
    exec("from sympy import *", names)
    return names


def evaluated(text):
    return eval(text, dict(python_names()))


@pytest.mark.parametrize(("formula", "text"), read_cases("sympy"))
def test_corpus(formula, text):
    assert emit(parse(formula), "sympy") == text
    assert parse(text, "sympy") is parse(formula)
    assert from_sympy(evaluated(text)) is parse(formula)


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_the_object_can_be_decoded_to_the_same_term(expr):
    assert from_sympy(to_sympy(expr)) is expr


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_the_text_builds_the_object(expr):
    built = evaluated(emit(expr, "sympy"))
    assert from_sympy(built) is expr
    assert built == to_sympy(expr)


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_the_text_is_read_to_the_same_term(expr):
    check_round_trip(expr, "sympy")


@given(st.one_of(expressions(max_nodes=80), truths(max_nodes=80)))
def test_large_terms(expr):
    text = emit(expr, "sympy")
    assert parse(text, "sympy") is expr
    assert evaluated(text) == to_sympy(expr)
    assert from_sympy(to_sympy(expr)) is expr


def test_srepr_of_the_object_is_read_to_the_same_term():
    for formula, _ in read_cases("sympy"):
        text = sympy.srepr(to_sympy(parse(formula)), order="none")
        assert parse(text, "sympy") is parse(formula)


def test_every_small_term_can_be_decoded():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    terms = small_terms(
        [x, minus, half],
        [lambda t: -t, emlir.sqrt],
        [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power],
    )
    assert len(terms) > 1000
    for term in terms:
        assert from_sympy(to_sympy(term)) is term
        assert parse(emit(term, "sympy"), "sympy") is term


def test_every_small_truth_can_be_decoded():
    x = emlir.symbols("x")
    leaves = [x < 1, emlir.eq(x, x), emlir.ne(x, 2), emlir.true(), emlir.false()]
    for term in small_terms(leaves, [emlir.not_], [emlir.and_, emlir.or_]):
        assert from_sympy(to_sympy(term)) is term
        assert parse(emit(term, "sympy"), "sympy") is term


def test_nothing_is_evaluated():
    for text in ["exp(ln(x))", "x - x", "0*x", "sin(0)", "ln(1)", "1*x + 0", "2^2", "sqrt(4)"]:
        assert from_sympy(to_sympy(parse(text))) is parse(text)


def test_values_agree_with_sympy():
    expr = parse("sqrt(x)*ln(x + 1) - x^(3/2)/exp(-x) + where(x > 1 and not x > 3, sin(x), 0)")
    value = to_sympy(expr).subs(sympy.Symbol("x"), sympy.Rational(5, 2)).doit().evalf(17)
    assert float(value) == pytest.approx(float(emlir.evaluate(expr, {"x": 2.5})), rel=1e-14)


def test_shared_and_deep_terms_stay_small_and_evaluate():
    term = emlir.symbols("x")
    for _ in range(2000):
        term = emlir.sin(term * term)
    text = emit(term, "sympy")
    assert len(text) < 400_000
    built = evaluated(text)
    for _ in range(2000):
        assert built.func == sympy.sin
        assert built.args[0].args[0] is built.args[0].args[1]
        built = built.args[0].args[0]
    assert built == sympy.Symbol("x")
    assert parse(text, "sympy") is term
    assert from_sympy(to_sympy(term)) is term


def test_numbers_too_long_for_decimals():
    value = 7**6000
    for term in [emlir.const(Fraction(value, 3)), emlir.const(Fraction(-3, value))]:
        text = emit(term, "sympy")
        built = evaluated(text)
        assert Fraction(int(built.p), int(built.q)) == term.number
        assert from_sympy(built) is parse(text, "sympy") is term


def test_deep_text():
    term = emlir.symbols("x")
    for k in range(30_000):
        term = emlir.eml(term, k)
    text = emit(term, "sympy")
    assert text.endswith(")[-1]")
    assert parse(text, "sympy") is term


@pytest.mark.parametrize(
    "step",
    [
        lambda t, k: emlir.sub(k, t),
        lambda t, k: t / emlir.exp(t),
        lambda t, k: emlir.minimum(t, k),
        lambda t, k: emlir.maximum(k, t),
        lambda t, k: emlir.where(emlir.symbols("x") > k, k, t),
        lambda t, k: emlir.where(emlir.symbols("x") > k, t, k),
        lambda t, k: emlir.where((t > k) | (t < 0), t, k),
        lambda t, k: emlir.neg(emlir.minimum(t, emlir.sin(t))),
    ],
)
def test_deep_terms(step):
    term = emlir.symbols("x")
    for k in range(1, 3000):
        term = step(term, k)
    text, built = emit(term, "sympy"), to_sympy(term)
    assert len(text) < 2_000_000
    assert from_sympy(built) is term
    assert parse(text, "sympy") is term


def test_hostile_names_are_quoted():
    name = "x') or __import__('os').abort() or Symbol('"
    assert evaluated(emit(symbol(name), "sympy")).name == name
    assert parse(emit(symbol(name), "sympy"), "sympy") is symbol(name)


def test_text_is_written_and_read_without_sympy():
    code = (
        "import sys; sys.modules['sympy'] = None\n"
        "import emlir, emlir_sympy\n"
        "text = emlir.emit(emlir.parse('x - 1'), 'sympy')\n"
        "print(text)\n"
        "assert emlir.parse(text, 'sympy') is emlir.parse('x - 1')\n"
        "assert emlir.parse('sqrt(x)/2', 'sympy') is emlir.parse('sqrt(x)/2')\n"
        "try: emlir_sympy.to_sympy(emlir.parse('x'))\n"
        "except emlir.MissingDependencyError as error: print(error)\n"
        "try: emlir_sympy.from_sympy(1)\n"
        "except emlir.MissingDependencyError as error: print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    text, *complaints = ran.stdout.splitlines()
    assert text.startswith("Add(Symbol('x')")
    assert len(complaints) == 2
    assert all("emlir[sympy]" in complaint for complaint in complaints)
