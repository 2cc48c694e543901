"""sympy: the encoding can be inverted, nothing is evaluated, and text equals objects."""

import subprocess
import sys
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import emit, parse
from emlir.plugin_api import find_operator, number, symbol
from emlir.testing import expressions, symbol_names, truths
from emlir_sympy import to_sympy
from tests.lazy import sympy
from tests.plugins.cases import read_cases, small_terms

NATIVE = {"Add": "add", "Mul": "mul", "Pow": "pow"}
NAMES = {
    "log": "ln",
    "Abs": "abs",
    "Mod": "mod",
    "StrictLessThan": "lt",
    "LessThan": "le",
    "StrictGreaterThan": "gt",
    "GreaterThan": "ge",
    "Equality": "eq",
    "Unequality": "ne",
    "Not": "not",
}
CONSTANTS = {
    "Exp1": "e",
    "Pi": "pi",
    "ImaginaryUnit": "i",
    "Infinity": "inf",
    "BooleanTrue": "true",
    "BooleanFalse": "false",
}


def decode(term):
    """Invert the encoding as the README says; for the tests only."""
    if isinstance(term, sympy.UnevaluatedExpr):
        return native(term.args[0])
    if isinstance(term, sympy.Rational):
        return number(Fraction(int(term.p), int(term.q)))
    if isinstance(term, sympy.Symbol):
        return symbol(term.name)
    if type(term).__name__ in CONSTANTS:
        return find_operator(CONSTANTS[type(term).__name__])()
    if isinstance(term, sympy.Piecewise):
        (yes, condition), (no, _) = term.args
        return emlir.where(decode(condition), decode(yes), decode(no))
    if isinstance(term, sympy.ITE):
        a, b, c = term.args
        return decode(a) | decode(c) if b == sympy.true else decode(a) & decode(b)
    if isinstance(term, sympy.Implies):
        return decode(term.args[1])
    return decode_arithmetic(term)


def is_reciprocal(term):
    return isinstance(term, sympy.Pow) and term.exp == -1


def is_negation(term):
    return isinstance(term, sympy.Mul) and term.args[0] == -1 and not is_reciprocal(term.args[1])


def decode_arithmetic(term):
    if isinstance(term, sympy.Mul) and is_reciprocal(term.args[1]):
        return emlir.div(decode(term.args[0]), decode(term.args[1].base))
    if is_negation(term):
        return emlir.neg(decode(term.args[1]))
    if isinstance(term, sympy.Add) and is_negation(term.args[1]):
        return emlir.sub(decode(term.args[0]), decode(term.args[1].args[1]))
    if isinstance(term, sympy.Pow) and term.exp == sympy.Rational(1, 2):
        return emlir.sqrt(decode(term.base))
    return native(term)


def native(term):
    name = term.func.__name__
    name = NATIVE.get(name) or NAMES.get(name) or name
    return find_operator(name)(*map(decode, term.args))


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


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_the_object_can_be_decoded_to_the_same_term(expr):
    assert decode(to_sympy(expr)) is expr


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_the_text_builds_the_object(expr):
    built = evaluated(emit(expr, "sympy"))
    assert decode(built) is expr
    assert built == to_sympy(expr)


def test_every_small_term_can_be_decoded():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    terms = small_terms(
        [x, minus, half],
        [lambda t: -t, emlir.sqrt],
        [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power],
    )
    assert len(terms) > 1000
    for term in terms:
        assert decode(to_sympy(term)) is term


def test_every_small_truth_can_be_decoded():
    x = emlir.symbols("x")
    leaves = [x < 1, emlir.eq(x, x), emlir.ne(x, 2), emlir.true(), emlir.false()]
    for term in small_terms(leaves, [emlir.not_], [emlir.and_, emlir.or_]):
        assert decode(to_sympy(term)) is term


def test_nothing_is_evaluated():
    for text in ["exp(ln(x))", "x - x", "0*x", "sin(0)", "ln(1)", "1*x + 0", "2^2", "sqrt(4)"]:
        assert decode(to_sympy(parse(text))) is parse(text)


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


def test_numbers_too_long_for_decimals():
    value = 7**6000
    built = evaluated(emit(emlir.const(Fraction(value, 3)), "sympy"))
    assert (built.p, built.q) == (value, 3)


def test_deep_text():
    term = emlir.symbols("x")
    for k in range(100_000):
        term = emlir.eml(term, k)
    assert emit(term, "sympy").endswith(")[-1]")


def test_hostile_names_are_quoted():
    name = "x') or __import__('os').abort() or Symbol('"
    assert evaluated(emit(symbol(name), "sympy")).name == name


def test_text_is_written_without_sympy():
    code = (
        "import sys; sys.modules['sympy'] = None\n"
        "import emlir, emlir_sympy\n"
        "print(emlir.emit(emlir.parse('x - 1'), 'sympy'))\n"
        "try: emlir_sympy.to_sympy(emlir.parse('x'))\n"
        "except emlir.MissingDependencyError as error: print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    text, complaint = ran.stdout.splitlines()
    assert text.startswith("Add(Symbol('x')")
    assert "emlir[sympy]" in complaint
