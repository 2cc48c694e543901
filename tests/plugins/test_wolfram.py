"""Wolfram's input form: the same object back, and the same meaning to others who read it."""

import re

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir import emit, parse
from emlir.plugin_api import Operator, all_operators, postorder, symbol
from emlir.testing import check_round_trip, eml_trees, expressions, symbol_names, truths
from emlir_wolfram.functions import CONSTANT_NAMES, FUNCTION_NAMES, MAX_UNEQUAL
from emlir_wolfram.names import read_string, write_name
from emlir_wolfram.writer import OPERATORS
from tests.lazy import Lazy, sympy
from tests.plugins.cases import read_cases, small_terms

mathematica = Lazy("sympy.parsing.mathematica")
mpmath = Lazy("mpmath")

x, y = emlir.symbols("x y")
STRING = re.compile(r'v\["((?:[ !#-\[\]-~]|\\["\\]|\\:[0-9a-f]{4}|\\\|[0-9a-f]{6})*)"\]')
"""How a name stands that is not plain: nothing in it ends the string."""
PLAIN = r"[a-z][A-Za-z0-9]*|[ABF-HJL-MP-Z]"
WORDS = re.compile("|".join([*CONSTANT_NAMES.values(), *FUNCTION_NAMES.values(), PLAIN]))


def expressible(expr):
    return {node.op.name for node in postorder((expr,))} <= OPERATORS


def check(expr):
    """Check the round trip, or the refusal if there is an operator that Wolfram lacks."""
    if expressible(expr):
        check_round_trip(expr, "wolfram")
        return
    with pytest.raises(emlir.InexpressibleError) as caught:
        emit(expr, "wolfram")
    lacking = {node.op.name for node in postorder((expr,))} - OPERATORS
    assert any(re.search(rf"\b{name}\b", str(caught.value)) for name in lacking)


def check_shape(text):
    """Outside of the strings of odd names there are known words, numbers and signs only."""
    bare = STRING.sub("x", text)
    assert re.fullmatch(r"[A-Za-z0-9 +\-*/^<>=!&|,()\[\]]*", bare), bare
    for word in re.findall(r"[A-Za-z]\w*", bare):
        assert WORDS.fullmatch(word), word
    assert not re.match("[!?<%]", bare)


@pytest.mark.parametrize(("formula", "text"), read_cases("wolfram"))
def test_corpus(formula, text):
    expr = parse(formula)
    assert emit(expr, "wolfram") == text
    assert parse(text, "wolfram") is expr


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_every_term_is_read_back_or_refused_by_name(expr):
    check(expr)


OWN = [op for op in all_operators() if op.name in OPERATORS and op.family != "leaf"]


@given(st.data())
def test_every_term_of_its_operators_is_read_back(data):
    """As above, with no chance to be refused."""
    pools = {"number": [x, y, emlir.const(-2), emlir.const("-1/3")], "truth": [x < y]}
    for _ in range(data.draw(st.integers(1, 12))):
        operator = data.draw(st.sampled_from(OWN))
        args = [data.draw(st.sampled_from(pools[sort][-5:])) for sort in operator.takes]
        made = operator(*args)
        if made.tree_size < 500:
            pools[made.sort].append(made)
    for made in (pools["number"][-1], pools["truth"][-1]):
        check_round_trip(made, "wolfram")
        check_shape(emit(made, "wolfram"))


@given(eml_trees())
def test_pure_eml(expr):
    check_round_trip(expr, "wolfram")


@given(symbol_names())
def test_no_name_is_more_than_a_name(name):
    text = write_name(name)
    check_round_trip(symbol(name), "wolfram")
    check_round_trip(emlir.sin(symbol(name)) + name_after(name), "wolfram")
    check_shape(text)
    assert text == name or read_string(text[2:-1]) == name


def name_after(name):
    return symbol(name + "x") * symbol("x" + name)


@pytest.mark.parametrize(
    "name",
    [
        *"CDEIKNO",
        *("Sin", "Pi", "True", "Piecewise", "EulerGamma", "v", "e", "sin", "x_1", "#"),
        *("π", "∞", "ⅇ", "α", "😀", "a\\[Pi]", "\ud800", "\ud83d\ude00"),
        *("v[", '"]', "(*", "*)", "\n", "\\"),
    ],
)
def test_telling_names(name):
    expr = symbol(name) - 2 * symbol(name)
    check_round_trip(expr, "wolfram")
    check_shape(emit(expr, "wolfram"))


def test_every_small_term_is_read_back():
    minus, half = emlir.const(-1), emlir.const("-1/2")
    binary = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power]
    terms = small_terms([x, minus, half], [lambda t: -t, emlir.sqrt], binary)
    assert len(terms) > 1000
    for term in terms:
        assert parse(emit(term, "wolfram"), "wolfram") is term


def test_every_small_truth_is_read_back():
    leaves = [x < 1, emlir.eq(x, -1), emlir.true()]
    for term in small_terms(leaves, [emlir.not_], [emlir.and_, emlir.or_]):
        assert parse(emit(term, "wolfram"), "wolfram") is term


@pytest.mark.parametrize("name", ["log1p", "expm1", "softplus", "logaddexp"])
def test_refusals_name_the_operator(name):
    operator = next(op for op in all_operators() if op.name == name)
    with pytest.raises(emlir.InexpressibleError, match=name):
        emit(1 + operator(*(["x"] * operator.arity)), "wolfram")


def test_plugin_operators_are_refused():
    twice = Operator(name="wolfram_test_twice", arity=1, family="mine", definition=lambda t: t + t)
    with pytest.raises(emlir.InexpressibleError, match="wolfram_test_twice"):
        emit(twice(x), "wolfram")


def test_every_operator_of_the_notation_exists():
    assert {op.name for op in all_operators()} >= OPERATORS


def deep(build, count=6_000):
    term = x
    for _ in range(count):
        term = build(term)
    return term


@pytest.mark.parametrize(
    "build",
    [
        lambda t: 1 - t,
        lambda t: t + 1,
        lambda t: emlir.power(2, t),
        lambda t: -t,
        lambda t: emlir.where(x < 1, t, 1),
    ],
)
def test_deep_terms(build):
    check_round_trip(deep(build), "wolfram")


def test_very_deep_terms():
    check_round_trip(deep(lambda t: emlir.eml(t, 1), 10_000), "wolfram")


def test_deep_and_long_text():
    count = 10_000
    assert parse("(" * count + "x" + ")" * count, "wolfram") is x
    assert parse("Plus[" + "x," * count + "x]", "wolfram") is deep(lambda t: t + x, count)
    assert parse("x" + " x" * count, "wolfram") is deep(lambda t: t * x, count)
    assert parse("x" * count, "wolfram") is symbol("x" * count)
    assert parse("(*" * count + "*)" * count + "x", "wolfram") is x
    for bad in ["(" * count, "x " * count + ")", '"' + '\\"' * count, "Sin[" * count, "(*" * count]:
        with pytest.raises(emlir.ParseError):
            parse(bad, "wolfram")


def test_long_chains():
    assert parse(" < ".join("x" * 1000), "wolfram").tree_size == 999 * 3 + 998
    assert parse(" != ".join("x" * MAX_UNEQUAL), "wolfram").sort == "truth"
    with pytest.raises(emlir.ParseError, match="at most 100"):
        parse(" != ".join("x" * (MAX_UNEQUAL + 1)), "wolfram")


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        # what the documentation of the EML compiler shows, and its test suites
        ("ArcCos[x]", "acos(x)"),
        ("x+y/z-2", "x + y/z - 2"),
        ("EML[1,EML[EML[1,x],1]]", "eml(1, eml(eml(1, x), 1))"),
        ("Log[b, x]", "ln(x)/ln(b)"),
        ("Half[x]", "x/2"),
        ("Minus[x]", "-x"),
        ("Inv[x]", "1/x"),
        ("Sqr[x]", "x^2"),
        ("Avg[x,y]", "(x + y)/2"),
        ("Hypot[x,y]", "hypot(x, y)"),
        ("LogisticSigmoid[x]", "sigmoid(x)"),
        ("Subtract[x,y]", "x - y"),
        ("Divide[x,y]", "x/y"),
        ("Power[x,y]", "x^y"),
        ("GoldenRatio", "(1 + sqrt(5))/2"),
        ("-1/2", "-1/2"),
        ("0.1 x", "0.1*x"),
        # full forms
        ("Plus[x, y, 1]", "x + y + 1"),
        ("Times[x, y, 2]", "x*y*2"),
        ("Plus[x]", "x"),
        ("Power[x, Rational[-1, 2]]", "x^(-1/2)"),
        ("Less[x, y, z]", "x < y and y < z"),
        ("Or[x < 1, Not[And[y < 1, True]]]", "x < 1 or not (y < 1 and true)"),
        ("Equal[x, y]", "x = y"),
        ("Unequal[x, y]", "x != y"),
        ("Greater[x, y]", "x > y"),
        ("Min[x, y, 1]", "min(min(x, y), 1)"),
        # products without a sign, and how tightly things hold
        ("2x", "2*x"),
        ("2 x y", "2*x*y"),
        ("(x)(y)", "x*y"),
        ("x (y + 1)", "x*(y + 1)"),
        ("2(x + 1)", "2*(x + 1)"),
        ("f(x)", "f*x"),
        ("x y/z", "x*(y/z)"),
        ("x/y z", "x/y*z"),
        ("x*y/z", "x*(y/z)"),
        ("2^3x", "2^3*x"),
        ("x -y", "x - y"),
        ("-x y", "-x*y"),
        ("x y^2", "x*y^2"),
        ("Sin[x] Cos[x]", "sin(x)*cos(x)"),
        ("Sin [x]", "sin(x)"),
        ("x^-2", "x^-2"),
        ("x^-y^2", "x^-y^2"),
        ("2^-x y", "2^-x*y"),
        ("- -x", "-(-x)"),
        ("+x", "x"),
        # numbers and constants
        ("1.5*^-3", "0.0015"),
        ("2.*^+3 + .5", "2000 + 0.5"),
        ("2E + 3 I", "2*e + 3*i"),
        (r"2\[Pi] r + \[ExponentialE]^x", "2*pi*r + e^x"),
        (r"-\[Infinity]", "-inf"),
        ("2π + ∞", "2*pi + inf"),
        ("E^x", "e^x"),
        ("Exp[x]", "exp(x)"),
        ("30 Degree", "30*(pi/180)"),
        # comparisons
        ("1 < x <= 2", "1 < x and x <= 2"),
        ("x == y == z", "x = y and y = z"),
        ("x != y != z", "x != y and x != z and y != z"),
        ("x < y != z", "x < y and y != z"),
        ("!x < 1 && y ≥ 1 || x ≠ y", "not x < 1 and y >= 1 or x != y"),
        ("Piecewise[{{x, x < 0}, {y, x < 1}}, 2]", "where(x < 0, x, where(x < 1, y, 2))"),
        ("Piecewise[{{x, x < 0}}]", "where(x < 0, x, 0)"),
        # names, comments, lines
        ("Temperature T", "Temperature*T"),
        (r'v["\:03C0"] + v ["a\tb"] + v', r"`π` + `a\tb` + v"),
        (r'v["\|01f600\.e4"]', r"`\ud83d\ude00ä`"),
        ('v["(*"] + 1', "`(*` + 1"),
        ("α β", "α*β"),
        ('x (* a (* nested *) " *) + 1 (* b *)', "x + 1"),
        ("(* b\n *)\nx +\n\n  1\n", "x + 1"),
        ("(x\n+ 1)", "x + 1"),
        ("Sin[x\n]", "sin(x)"),
        ("x (* a\n b *) + 1", "x + 1"),
    ],
)
def test_what_others_write(text, formula):
    assert parse(text, "wolfram") is parse(formula)


FUNCTIONS = {
    "Sec": "sec",
    "Csc": "csc",
    "Cot": "cot",
    "Sech": "sech",
    "Csch": "csch",
    "Coth": "coth",
    "ArcSec": "asec",
    "ArcCsc": "acsc",
    "ArcCot": "acot",
    "ArcSech": "asech",
    "ArcCsch": "acsch",
    "ArcCoth": "acoth",
    "ArcSin": "asin",
    "ArcCosh": "acosh",
    "ArcTanh": "atanh",
    "LogisticSigmoid": "sigmoid",
}
POINTS = [-7.5, -2.0, -1.25, -1.0, -0.75, -0.5, -0.125, 0.0, 0.25, 0.5, 0.875, 1.0, 1.5, 3.0, 20.0]


def reference(name, point):
    """The value that is finite and real, else NaN."""
    try:
        function = getattr(mpmath, name, lambda t: 1 / (1 + mpmath.exp(-t)))
        value = mpmath.mpc(function(mpmath.mpf(point)))
    except (ZeroDivisionError, ValueError):
        return np.nan
    real = mpmath.isfinite(value) and abs(value.imag) < 1e-12
    return float(value.real) if real else np.nan


@pytest.mark.parametrize(("wolfram", "name"), FUNCTIONS.items())
def test_values_and_domains_of_functions(wolfram, name):
    expr = parse(f"{wolfram}[x]", "wolfram")
    values = emlir.evaluate(expr, {"x": POINTS})
    expected = [reference(name, point) for point in POINTS]
    np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-15, err_msg=wolfram)


@pytest.mark.parametrize("wolfram", ["ArcSec", "ArcCsc", "ArcCot", "ArcSech", "ArcCsch", "ArcCoth"])
def test_branches_of_inverses(wolfram):
    """The principal values of mpmath are those of Wolfram."""
    points = [0.3 + 0.4j, -0.3 + 2j, -2 - 0.5j, 1.5 - 1j, -0.2 - 0.1j]
    values = emlir.evaluate(parse(f"{wolfram}[x]", "wolfram"), {"x": points}, semantics="complex")
    function = getattr(mpmath, FUNCTIONS[wolfram])
    np.testing.assert_allclose(values, [complex(function(p)) for p in points], rtol=1e-12)


def test_logarithms():
    values = [
        emlir.evaluate(parse(text, "wolfram"), {"x": [8.0]})[0]
        for text in ("Log2[x]", "Log[2, x]", "Log10[1000 x]", "Log[x]")
    ]
    np.testing.assert_allclose(values, [3, 3, np.log10(8000), np.log(8)], rtol=1e-15)


def test_mod_and_floor_of_negative_numbers():
    values = emlir.evaluate(parse("Mod[x, -3] + 10 Floor[x/2]", "wolfram"), {"x": [-5.5, 5.5]})
    np.testing.assert_allclose(values, [-2.5 - 30, -0.5 + 20])


def value_by_sympy(text, point):
    """What sympy's reader of Wolfram's language makes of a text, as a real number or NaN."""
    read = mathematica.parse_mathematica(text)
    for name, function in (("Abs", sympy.Abs), ("Floor", sympy.floor)):
        read = read.replace(sympy.Function(name), function)  # sympy leaves them undefined
    value = read.subs(point).evalf(20)
    real = value.is_number and value.is_finite and abs(complex(value).imag) < 1e-12
    return float(complex(value).real) if real else np.nan


COMMON = """
ArcCos[x/2] + ArcSin[x/2] ArcTan[y]
Log[2, x] + Log[x]
x+y/z-2
2 x y - 3x^2
x^(-2) + 2^(-x) y
-x^2 y
x/y z
x*y/z
-x y/z
2/3x
Sin[x] Cos[y] Tan[z]
Sinh[x] + Cosh[y] Tanh[z]
ArcSinh[x] ArcCosh[1 + y] ArcTanh[x/9]
Exp[-x^2/2]/Sqrt[2 Pi]
E^x + E^(-y)
Sec[x] + Csc[y] + Cot[z]
Sech[x] + Csch[y] + Coth[z]
ArcSec[1 + y] + ArcCsc[2 + x]
x^y^z
(x + 1)(y - 2)(z)
Times[2, Plus[x, y], Power[z, -1]]
Abs[x - y] + Min[x, y, z] Max[x, 1]
Floor[5 x] + Mod[7 x, 2]
1.5 x - .25
x - -y
""".strip().splitlines()
POINT = {"x": 0.7, "y": 1.3, "z": 2.1}


@pytest.mark.parametrize("text", COMMON)
def test_sympy_reads_the_same_values(text):
    expr = parse(text, "wolfram")
    (value,) = emlir.evaluate(expr, {name: [at] for name, at in POINT.items()})
    assert value == pytest.approx(value_by_sympy(text, POINT), rel=1e-12)
    assert value == pytest.approx(value_by_sympy(emit(expr, "wolfram"), POINT), rel=1e-12)


@settings(max_examples=60)
@given(st.data())
def test_sympy_reads_what_is_written_with_the_same_value(data):
    terms = [x, y, emlir.const(2), emlir.const(-3), emlir.const("1/2"), emlir.const("-2/3")]
    operators = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power, emlir.neg]
    for _ in range(data.draw(st.integers(1, 6))):
        operator = data.draw(st.sampled_from(operators))
        exponents = terms[2:6] if operator is emlir.power else terms
        args = [data.draw(st.sampled_from(terms)), data.draw(st.sampled_from(exponents))]
        terms.append(operator(*args[: operator.arity]))
    (value,) = emlir.evaluate(terms[-1], {"x": [0.7], "y": [1.3]})
    if np.isfinite(value):
        assert value == pytest.approx(value_by_sympy(emit(terms[-1], "wolfram"), POINT), rel=1e-9)
