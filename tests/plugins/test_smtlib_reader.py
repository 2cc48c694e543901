"""Reading SMT-LIB: identical objects back, other people's scripts, and three solvers as oracles."""

import io
import warnings

import pytest
from hypothesis import assume, given, strategies as st

import emlir
from emlir import Assumptions, InexpressibleError, ParseError, emit, parse, read
from emlir.plugin_api import symbol
from emlir.testing import check_round_trip, eml_trees, expressions, symbol_names, truths
from emlir_smtlib.functions import STYLES
from emlir_smtlib.names import read_name
from tests.lazy import cvc5, z3
from tests.plugins.cases import read_cases, small_terms

odd = st.one_of(expressions(names=symbol_names()), truths(names=symbol_names()))


def written(expr, **options):
    try:
        return emit(expr, "smtlib2", **options)
    except InexpressibleError:
        assume(False)


@pytest.mark.parametrize(("formula", "text"), read_cases("smtlib"))
def test_the_corpus_of_the_writer_is_read_back(formula, text):
    assert parse(text, "smtlib2") is parse(formula)


@pytest.mark.parametrize("functions", list(STYLES))
@given(expr=odd)
def test_every_script_is_read_back(functions, expr):
    assert parse(written(expr, functions=functions), "smtlib2") is expr


@given(eml_trees(max_nodes=60))
def test_pure_eml_is_read_back(expr):
    check_round_trip(expr, "smtlib2")


def test_every_small_term_is_read_back():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    binary = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power]
    for term in small_terms([x, minus, half], [lambda t: -t, emlir.sqrt, abs], binary):
        check_round_trip(term, "smtlib2")


@pytest.mark.parametrize("box", ["x in [0, 1/3]", "x > 0, y in (-1, 0.1]", "x*y > 1, x < 2", None])
@pytest.mark.parametrize("functions", list(STYLES))
def test_a_box_is_read_back_beside_the_claim(box, functions):
    claim = parse("exp(x)*y < ln(x + 2)")
    reading = read(emit(claim, "smtlib2", box=box, functions=functions), "smtlib2")
    assert reading.expr is claim
    assert Assumptions.of(reading.assumptions).boxes == Assumptions.of(box).boxes
    assert (parse("x*y > 1") in reading.assumptions) == (box is not None and "x*y" in box)


def test_a_fact_about_a_shared_part_is_declared_before_its_use():
    x = emlir.symbols("x")
    part = emlir.sin(x * x)
    term = part
    for _ in range(7):
        term = term * term
    text = emit(term > 0, "smtlib2", box=part > emlir.const("1/2"))
    z3.parse_smt2_string(text)
    assert read(text, "smtlib2").assumptions == (part > emlir.const("1/2"),)


@pytest.mark.parametrize(
    ("text", "infix"),
    [
        ("(+ x 1)", "x + 1"),
        ("x", "x"),
        ("|a b|", "`a b`"),
        ("|x|", "x"),
        ("v.exp", "`exp`"),
        ("v.foo", "foo"),
        ("1.50", "3/2"),
        ("(+ a b c d)", "a + b + c + d"),
        ("(- a b c)", "a - b - c"),
        ("(- a)", "-a"),
        ("(- 3)", "-3"),
        ("(/ 1 3)", "1/3"),
        ("(* 2 x y)", "2*x*y"),
        ("(+ x)", "x"),
        ("(< a b c)", "a < b and b < c"),
        ("(= a b c)", "a = b and b = c"),
        ("(distinct a b c)", "a != b and a != c and b != c"),
        ("(= (< a b) (< b a))", "a < b and b < a or not a < b and not b < a"),
        ("(distinct (< a b) true)", "not (a < b and true or not a < b and not true)"),
        ("(=> (< a b) (< b c) (< a c))", "not a < b or (not b < c or a < c)"),
        ("(xor (< a b) (< b c))", "a < b and not b < c or not a < b and b < c"),
        ("(ite (< a b) a b)", "where(a < b, a, b)"),
        ("(ite (< a b) (< b 1) (< a 1))", "a < b and b < 1 or not a < b and a < 1"),
        ("(let ((x (+ y 1)) (y x)) (* x y))", "(y + 1)*x"),
        ("(let ((x y)) (let ((x (* x x))) (+ x y)))", "y*y + y"),
        ("(let ((|t| 2)) (^ x t))", "x^2"),
        ("(! (+ x 1) :named foo)", "x + 1"),
        ("(exp (log x))", "exp(ln(x))"),
        ("(arctan real.pi)", "atan(pi)"),
        ("(emlir.pow.-2 x)", "x^(-2)"),
        ("(emlir.eml x 1.0)", "eml(x, 1)"),
        ("(to_real (to_int x))", "floor(x)"),
        ("(is_int x)", "x = floor(x)"),
        ("; a comment\n(+ x ; another\n 1)", "x + 1"),
        ("(declare-fun x () Real)(assert (> x 0))(assert (< x 1))(check-sat)", "x > 0 and x < 1"),
        ("(declare-const x Real)(define-fun emlir.value () Real (* x 2.0))", "x*2"),
        (
            "(declare-const x Real)(define-fun f ((x Real) (y Real)) Real (- x y))"
            "(assert (> (f x (f 1.0 x)) 0.0))",
            "x - (1 - x) > 0",
        ),
        (
            "(declare-const x Real)(define-fun g () Real (* 2.0 x))"
            "(define-fun f ((x Real)) Real (+ x g))(assert (> (f 1.0) 0.0))",
            "1 + 2*x > 0",
        ),
        (
            "(set-logic QF_NRA)(set-info :source |by hand|)(declare-const |a b| Real)"
            '(set-option :produce-models true)(assert (>= |a b| 1))(echo "x")(get-model)(exit)',
            "`a b` >= 1",
        ),
        ("(define-const c Real 2.0)(assert (< c 3))", "2 < 3"),
        ("(declare-const pi Real)(assert (= pi 3))", "`pi` = 3"),
        ("(+ (! (* x x) :named t) t)", "x*x + x*x"),
        ("(declare-const x Real)(assert (> x 0))(exit)(assert (< x 0))", "x > 0"),
        (
            "(declare-const x Real)(define-fun |!| ((a Real)) Real (+ a 1.0))"
            "(assert (= (|!| x) x))",
            "x + 1 = x",
        ),
        (
            "(declare-const x Real)(declare-const y Real)"
            "(define-fun f ((x Real)) Real (+ x y))(assert (let ((y 5.0)) (= (f 1.0) 6.0)))",
            "1 + y = 6",
        ),
        (
            "(declare-const x Real)(define-fun p ((y Real)) Bool (> y x))(assert (p 1.0))",
            "1 > x",
        ),
    ],
)
def test_what_others_write(text, infix):
    assert parse(text, "smtlib2") is parse(infix)


def test_functions_that_double_stay_shared():
    lines = ["(declare-const x Real)(define-fun f0 ((y Real)) Real (* y y))"]
    lines += [
        f"(define-fun f{k} ((y Real)) Real (+ (f{k - 1} y) (f{k - 1} y)))" for k in range(1, 300)
    ]
    expr = parse("".join(lines) + "(assert (> (f299 x) 0.0))", "smtlib2")
    assert expr.dag_size == 303


@pytest.mark.parametrize("name", ["abs", "eml", "min", "sqrt", "log1p", "pow.3"])
def test_a_changed_definition_of_an_operator_is_refused(name):
    formula = {"pow.3": "x^3", "eml": "eml(x, x)", "min": "min(x, 1)"}.get(name, f"{name}(x)")
    text = emit(parse(formula), "smtlib2")
    assert parse(text, "smtlib2") is parse(formula)
    lines = text.split("\n")
    places = [k for k, line in enumerate(lines) if line.startswith(f"(define-fun emlir.{name} ")]
    for k in places:
        lines[k] = f"(define-fun emlir.{name} ((a1 Real)) Real a1)"
        with pytest.raises(ParseError, match="stands otherwise"):
            parse("\n".join(lines), "smtlib2")
    assert places or name == "sqrt"


def test_a_false_fact_cannot_pass_as_one_about_ln():
    text = emit(parse("ln(x) > 0"), "smtlib2", functions="cvc5")
    assert "emlir.axiom.1" in text
    with pytest.raises(ParseError, match="not such a fact"):
        parse(text.replace("(<= x 0.0)", "(<= x 1.0)"), "smtlib2")


def test_two_names_cannot_become_one_symbol():
    text = "(declare-const foo Real)(declare-const v.foo Real)(assert (< foo v.foo))"
    with pytest.raises(ParseError, match="the same symbol"):
        parse(text, "smtlib2")


def check_with_cvc5(text):
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("tlimit-per", "5000")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "script")
    names = parser.getSymbolManager()
    out = []
    while not (command := parser.nextCommand()).isNull():
        out.append(str(command.invoke(solver, names)).strip())
    return [line for line in out if line]


@given(odd, st.sampled_from(list(STYLES)))
def test_cvc5_reads_every_script(expr, functions):
    text = written(expr, functions=functions).replace("(check-sat)", "")
    assert check_with_cvc5(text) == []


@pytest.mark.parametrize(
    ("claim", "box", "answer"),
    [
        ("exp(x) < x", None, "unsat"),
        ("ln(x) > x", "x > 0", "unsat"),
        ("eml(x, 1) <= 0", None, "unsat"),
        ("exp(ln(x)) != x", "x > 0", "unsat"),
        ("exp(ln(x)) != x", "x < 0", ""),  # ln is any function there
        ("sigmoid(x) >= 1", None, "unsat"),
        ("cosh(x) < 1/2", None, "unsat"),
        ("pi < 3 or pi > 4 or e < 2 or e > 3", None, "unsat"),
        ("where(x > 0, ln(x), 0) > 5", "x in [-2, -1]", "unsat"),
        ("where(x > 0, ln(x), 0) < 5", "x in [-2, -1]", "sat"),
    ],
)
def test_what_cvc5_makes_of_native_functions(claim, box, answer):
    text = emit(parse(claim), "smtlib2", box=box, functions="cvc5")
    (found,) = check_with_cvc5(text)
    assert found == answer or (not answer and found != "unsat")


@pytest.mark.parametrize("name", ["x\n(assert false)", "exp", "|a b|", "real.pi", "emlir.given.1"])
@pytest.mark.parametrize("functions", list(STYLES))
def test_no_name_changes_what_cvc5_shows(name, functions):
    claim = emlir.exp(symbol(name)) > symbol("x")
    text = emit(claim, "smtlib2", functions=functions)
    assert check_with_cvc5(text) != ["unsat"]
    assert parse(text, "smtlib2") is claim


@given(truths(families=("arithmetic", "piecewise"), max_nodes=10), st.data())
def test_what_z3_prints_is_read_with_the_same_meaning(expr, data):
    text = written(expr)
    assume("emlir.pow " not in text)
    solver = z3.Solver()
    solver.from_string(text)
    text = solver.to_smt2()
    back = parse(text, "smtlib2") if "(assert" in text else emlir.true()
    columns = {name: data.draw(st.fractions(-4, 4, max_denominator=4)) for name in "xy"}
    values = {symbol(name): value for name, value in columns.items()}
    there = {emlir.rewrite(emlir.where(e.subs(values), 1, 0), "fold") for e in (expr, back)}
    truth_values = [_decided(term) for term in there]
    assume(None not in truth_values)
    assert len(set(truth_values)) == 1


def _decided(term):
    try:
        lo, hi = emlir.enclose(term, {})
    except ValueError:
        return None
    return lo if lo == hi else None


def pysmt_script(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysmt.environment import Environment
        from pysmt.smtlib.parser import SmtLibParser

        with Environment() as environment:
            return SmtLibParser(environment).get_script(io.StringIO(text)).get_last_formula()


@given(truths(families=("arithmetic", "eml"), max_nodes=10, names=symbol_names()))
def test_pysmt_reads_the_scripts_too(expr):
    text = written(expr)
    assume("to_int" not in text)  # pysmt has no floor
    assume("emlir.pow.0 " not in text)  # whose argument pysmt drops
    names = {variable.symbol_name() for variable in pysmt_script(text).get_free_variables()}
    own = {read_name(name) for name in names if not name.startswith("emlir.")}
    assert own == set(expr.symbols)


def test_a_deep_chain_is_read_back():
    term = emlir.symbols("x")
    for k in range(6_000):
        term = emlir.eml(term, k)
    check_round_trip(term, "smtlib2")


def test_deeply_nested_text_is_read():
    depth = 30_000
    assert parse("(- " * depth + "x" + ")" * depth, "smtlib2").depth == depth
    nested = "(let ((x (+ x 1)))" * depth + "x" + ")" * depth
    assert parse(nested, "smtlib2").dag_size == depth + 2
