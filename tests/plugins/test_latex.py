"""LaTeX: the canonical text, what no name can do to it, and large terms."""

import re

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import emit, parse
from emlir.plugin_api import symbol
from emlir.testing import expressions, symbol_names, truths
from emlir_latex.names import read_name, write_name
from tests.plugins.cases import read_cases, small_terms

COMMANDS = set(
    r"""
    \left \right \frac \sqrt \cdot \ln \exp \sin \cos \tan \sinh \cosh \tanh \arcsin \arccos
    \arctan \min \max \operatorname \mathrm \mathit \text \lfloor \rfloor \pi \infty \land \lor
    \lnot \le \ge \ne \begin \end \quad \\ \symbol \textbackslash \textasciitilde
    \textasciicircum \# \$ \% \& \_ \{ \}
    \alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \rho
    \sigma \tau \upsilon \phi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Sigma \Upsilon
    \Phi \Psi \Omega
    """.split()
)
ENVIRONMENTS = {"cases", "aligned"}


def check_shape(text):
    """Only known commands, balanced groups, and nothing special outside its place."""
    commands = re.findall(r"\\(?:[A-Za-z]+|.)", text, re.DOTALL)
    assert set(commands) <= COMMANDS
    assert set(re.findall(r"\\(?:begin|end)\{(\w+)\}", text)) <= ENVIRONMENTS
    bare = re.sub(r"\\.", "", text)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert not set(bare) & set("$%#~")
    assert text.count(r"\left") == text.count(r"\right")


@pytest.mark.parametrize(("formula", "text"), read_cases("latex"))
def test_corpus(formula, text):
    assert emit(parse(formula), "latex") == text
    assert parse(text, "latex", strict=True) is parse(formula)


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_every_term_is_well_formed_and_read_back(expr):
    text = emit(expr, "latex")
    check_shape(text)
    assert parse(text, "latex", strict=True) is expr


@given(symbol_names())
def test_no_name_is_more_than_a_name(name):
    text = write_name(name)
    check_shape(text)
    assert read_name(text) == name
    assert not any(ord(character) < 32 for character in text)


@given(st.lists(symbol_names(), unique=True, min_size=2, max_size=6))
def test_different_names_differ(names):
    names = [*names, "x_1", "x1", "x_{1}", "alpha", "\\alpha", "pi", "e", "α", "_", "x_", "x__1"]
    texts = {write_name(name) for name in names} | {r"\pi", r"\mathrm{e}", r"\infty", "1"}
    assert len(texts) == len(set(names)) + 4


def test_different_terms_differ():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    unary = [lambda t: -t, emlir.sqrt, emlir.ln, abs]
    binary = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power, emlir.eml, emlir.minimum]
    terms = small_terms([x, minus, half], unary, binary)
    assert len(terms) > 2000
    assert len({emit(term, "latex") for term in terms}) == len(terms)


def test_different_truths_differ():
    x = emlir.symbols("x")
    leaves = [x < 1, emlir.eq(x, 2), emlir.true()]
    terms = small_terms(leaves, [emlir.not_], [emlir.and_, emlir.or_], rounds=2)
    assert len({emit(term, "latex") for term in terms}) == len(terms)


def test_shared_parts_of_large_terms_are_lines_and_small_ones_are_not():
    x = emlir.symbols("x")
    term = x
    for k in range(12):
        term = term * (term + k)
    text = emit(term, "latex")
    check_shape(text)
    lines = text.split("\n")
    assert (lines[0], lines[-1]) == (r"\begin{aligned}", r"\end{aligned}")
    assert parse(text, "latex", strict=True) is term
    assert lines[1] == r"& \mathrm{w}_{11} \cdot \left(\mathrm{w}_{11} + 11\right) \\"
    assert lines[2] == r"\text{where}\quad \mathrm{w}_{1} &= x \cdot \left(x + 0\right) \\"
    assert "aligned" not in emit(parse("(x + 1)*(x + 1)"), "latex")


def test_each_line_uses_only_lines_before_it():
    term = emlir.symbols("x")
    for _ in range(300):
        term = emlir.eml(term, -term)
    for line in emit(term, "latex").split("\n")[2:-1]:
        number, *used = map(int, re.findall(r"\\mathrm\{w\}_\{(\d+)\}", line))
        assert all(other < number for other in used)


def test_a_minus_sign_inside_a_named_part_needs_no_brackets():
    x = emlir.symbols("x")
    term = x
    for _ in range(10):
        term = -term * (x - term)
    assert r"- \mathrm{w}_" in emit(term, "latex")


def test_deep_terms():
    term = emlir.symbols("x")
    for k in range(10_000):
        term = emlir.eml(term, k)
    text = emit(term, "latex")
    assert text.startswith(r"\begin{aligned}")
    assert parse(text, "latex") is term


def test_every_small_term_is_read_back():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    unary = [lambda t: -t, emlir.sqrt, abs]
    binary = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power]
    for term in small_terms([x, minus, half], unary, binary):
        assert parse(emit(term, "latex"), "latex", strict=True) is term


PART = r"\begin{aligned}" "\n" r"& \mathrm{w}_{1} \\" "\n" r"\text{where}\quad \mathrm{w}_{1} &= "


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "no formula"),
        (r"\sin x", 1, 6, "unexpected 'x'"),
        (r"x \times y", 1, 3, "emlir writes"),
        (r"\frac{x}", 1, 9, "ends where a value"),
        (r"\left(x", 1, 8, "1 bracket(s) open"),
        (r"x^2", 1, 3, "unexpected '2'"),
        (r"x_{01a}", 1, 2, "unexpected '_{01a}'"),
        (r"\mathit{x}", 1, 1, "not how a symbol is written"),
        (r"\text{ab\symbol{65}}", 1, 1, "not how a symbol is written"),
        (r"\text{\symbol{99999999}}", 1, 1, "not how a symbol is written"),
        (r"\operatorname{nope}\left(x\right)", 1, 1, "nope"),
        (r"\exp\left(x, y\right)", 1, 1, "1 argument"),
        (r"x < \left(y < 1\right)", 1, 3, "lt takes"),
        (r"x \cdot -y", 1, 9, "unexpected '-'"),
        (r"\mathrm{w}_{1} + 1", 1, 1, "not defined above"),
        (PART + "x", 3, 38, r"has no \end{aligned}"),
        (PART + "x +\n\\end{aligned}", 3, 40, "a value is expected"),
        (PART + "x! \n\\end{aligned}", 3, 38, "unexpected '!"),
        (PART + "x \\\\\n\\mathrm{w}_{1} &= y\n\\end{aligned}", 4, 1, "defined twice"),
    ],
)
def test_what_is_not_canonical_is_refused_with_its_place(text, line, column, words):
    with pytest.raises(emlir.ParseError) as caught:
        parse(text, "latex", strict=True)
    error = caught.value
    assert words in error.message
    assert (error.line, error.column) == (line, column)
    assert error.source == text


def test_a_plugin_operator_is_named():
    assert emit(emlir.softplus(symbol("a b")), "latex") == (
        r"\operatorname{softplus}\left(\text{a b}\right)"
    )
