"""FPCore: cores read and written back with their boxes, and identical objects for every term."""

import re
from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies as st

import emlir
from emlir import Assumptions, InexpressibleError, emit, parse, read
from emlir.plugin_api import all_operators, postorder, symbol
from emlir.testing import check_round_trip, expressions, symbol_names, truths
from emlir_codegen.fpcore_functions import CONSTANTS, EXPANDED, OPERATIONS
from emlir_codegen.fpcore_names import read_name, read_string, write_name, write_string
from emlir_codegen.fpcore_writer import OPERATORS
from tests.plugins.cases import CORPUS, small_terms

SYMBOL = re.compile(r"[a-zA-Z~!@$%^&*_\-+=<>.?/:][a-zA-Z0-9~!@$%^&*_\-+=<>.?/:]*\Z")


def cores():
    blocks = (CORPUS / "fpcore" / "cores.txt").read_text("utf-8").split("====\n")[1:]
    for block in blocks:
        core, body, given_ = block.split("----\n")
        yield core.rstrip(), body.strip(), given_.split("\n")[:-1]


CORES = list(cores())


@pytest.mark.parametrize(("core", "body", "facts"), CORES)
def test_cores_are_read_and_written_back(core, body, facts):
    reading = read(core, "fpcore")
    assert reading.expr is parse(body)
    assert reading.assumptions == tuple(map(parse, facts))
    title = re.search(r':name "([^"]*)"', core)
    assert reading.title == (title[1] if title else "")
    again = emit(reading.expr, "fpcore", box=reading.assumptions, title=reading.title)
    back = read(again, "fpcore")
    assert (back.expr, back.title) == (reading.expr, reading.title)
    before, after = (Assumptions.of(each.assumptions) for each in (reading, back))
    assert after.boxes == before.boxes
    assert {f for f in before.facts if not Assumptions.of(f).boxes} <= set(after.facts)


def test_there_are_at_least_thirty_cores():
    assert len(CORES) >= 30


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_every_term_is_read_back_or_refused_by_name(expr):
    if {node.op.name for node in postorder((expr,)) if node.op.family != "leaf"} <= OPERATORS:
        check_round_trip(expr, "fpcore")
    else:
        with pytest.raises(InexpressibleError, match="FPCore has no operation for"):
            emit(expr, "fpcore")


def test_every_small_term_is_read_back():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    binary = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power]
    for term in small_terms([x, minus, half], [lambda t: -t, emlir.sqrt, abs], binary):
        check_round_trip(term, "fpcore")


@pytest.mark.parametrize("name", sorted(op.name for op in all_operators() if op.family != "leaf"))
def test_every_operator_is_written_or_refused_by_name(name):
    op = emlir.plugin_api.find_operator(name)
    args = [emlir.symbols("x") if sort == "number" else emlir.true() for sort in op.takes]
    if name in OPERATORS:
        check_round_trip(op(*args), "fpcore")
    else:
        with pytest.raises(InexpressibleError, match=rf"\b{name}\b"):
            emit(op(*args), "fpcore")


@given(symbol_names())
def test_no_name_is_more_than_a_name(name):
    text = write_name(name)
    assert SYMBOL.match(text) and text.isascii()
    assert text not in OPERATIONS | CONSTANTS | EXPANDED
    assert read_name(text) == name
    check_round_trip(symbol(name) + 1, "fpcore")


@given(st.text(st.characters(exclude_categories=())))
def test_no_title_is_more_than_a_title(title):
    literal = write_string(title)
    assert re.match(r'"(?:[ !#-\[\]-~]|\\["\\])*"\Z', literal)
    assert read_string(literal) == title
    assert read(emit(symbol("x"), "fpcore", title=title), "fpcore").title == title


def test_two_names_cannot_become_one_symbol():
    with pytest.raises(emlir.ParseError, match="the same symbol"):
        parse("(FPCore (a-b v.a~2d~b) (+ a-b v.a~2d~b))", "fpcore")


@pytest.mark.parametrize(
    ("text", "point", "value"),
    [
        ("(atan2 y x)", (1, 1), 0.7853981633974483),
        ("(atan2 y x)", (-1, 1), 2.356194490192345),
        ("(atan2 y x)", (-1, -1), -2.356194490192345),
        ("(atan2 y x)", (0, -2), -1.5707963267948966),
        ("(atan2 y x)", (0, 0), 0.0),
        ("(atan2 y x)", (-3, 0), 3.141592653589793),
        ("(round x)", (2.5, 0), 3.0),
        ("(round x)", (-2.5, 0), -3.0),
        ("(trunc x)", (-2.5, 0), -2.0),
        ("(fmod x y)", (-7, 4), -3.0),
        ("(fmod x y)", (7, -4), 3.0),
        ("(cbrt x)", (-8, 0), -2.0),
        ("(fdim x y)", (3, 5), 0.0),
        ("(copysign x y)", (3, -5), -3.0),
        ("(exp2 x)", (3, 0), 8.0),
        ("(log10 x)", (1000, 0), 3.0),
    ],
)
def test_expanded_operations_have_their_values(text, point, value):
    found = emlir.evaluate(parse(text, "fpcore"), dict(zip("xy", map(float, point), strict=True)))
    assert float(found) == pytest.approx(value, abs=1e-15)


def test_a_choice_between_truths():
    core = "(FPCore (x) :pre (if (< x 0) (< -1 x) (< x 1)) x)"
    (fact,) = read(core, "fpcore").assumptions
    assert fact is parse("x < 0 and -1 < x or not x < 0 and x < 1")


def test_numbers_are_exact():
    assert parse("0x1.8p-1", "fpcore").number == Fraction(3, 4)
    assert parse("-0xap+4", "fpcore").number == -160
    assert parse("-1e-400", "fpcore").number == -Fraction(1, 10**400)
    assert parse("+1/3", "fpcore").number == Fraction(1, 3)
    assert parse("(digits -5 3 2)", "fpcore").number == -40


def test_shared_and_deep_terms_are_linear():
    term = emlir.symbols("x")
    for _ in range(5_000):
        term = emlir.sin(term * term)
    assert len(emit(term, "fpcore")) < 500_000
    check_round_trip(term, "fpcore")


def test_deeply_nested_text_is_read():
    depth = 20_000
    assert parse("(- " * depth + "x" + ")" * depth, "fpcore").depth == depth


@given(truths(families=("arithmetic", "piecewise"), max_nodes=6))
def test_any_fact_is_kept_as_a_precondition(fact):
    try:
        text = emit(symbol("x"), "fpcore", box=fact)
    except (InexpressibleError, ValueError):
        assume(False)
    back = Assumptions.of(read(text, "fpcore").assumptions)
    assert back.boxes == Assumptions.of(fact).boxes
