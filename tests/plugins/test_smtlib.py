"""SMT-LIB: z3 reads every script, agrees on values, and no name can change what it shows."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies as st

import emlir
from emlir import DomainError, InexpressibleError, Interval, Program, emit, parse
from emlir.plugin_api import number, symbol
from emlir.testing import expressions, symbol_names, truths
from emlir_smtlib.defined import defined
from emlir_smtlib.names import operator_name, write_name
from tests.lazy import z3
from tests.plugins.cases import read_cases, small_terms

HOSTILE = [
    "x\n(assert false)",
    "x|) (assert false) (declare-const |y",
    "a\\",
    "|a b|",
    "exp",
    "emlir.exp",
    "emlir.value",
    "v.x",
    "and",
    "Real",
    "true",
    "assert",
    "; comment",
    '"',
    "is_int",
    "~7c~",
    "\x00",
    "π",
    "\ud800",
]
points = st.fractions(-4, 4, max_denominator=6)


def solve(text, extra=""):
    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.from_string(text + extra)
    return str(solver.check())


def at_point(expr, point):
    return emit(expr, "smtlib2", box={name: (value, value) for name, value in point.items()})


def written(value):
    return emit(number(value), "smtlib2").split("Real ")[-1].strip()[:-1]


@pytest.mark.parametrize(("formula", "text"), read_cases("smtlib"))
def test_corpus(formula, text):
    assert emit(parse(formula), "smtlib2") == text + "\n"
    z3.parse_smt2_string(text)


def is_finite_and_real(expr):
    """Whether neither i nor inf is in it; those are refused."""
    return not {op.name for op in Program.from_exprs((expr,)).operators} & {"i", "inf"}


@given(st.one_of(expressions(names=symbol_names()), truths(names=symbol_names())))
def test_z3_reads_every_script(expr):
    assume(is_finite_and_real(expr))
    assertions = z3.parse_smt2_string(emit(expr, "smtlib2"))
    assert len(assertions) == (expr.sort == "truth")


@given(expressions(families=("arithmetic", "piecewise"), max_nodes=10), st.data())
def test_z3_agrees_on_exact_values_and_definedness(expr, data):
    point = {name: data.draw(points) for name in expr.symbols}
    closed = expr.subs({symbol(name): value for name, value in point.items()})
    folded = emlir.rewrite(closed, "fold")
    text = at_point(expr, point)
    assume(folded.is_number and abs(folded.number) < 10**40 and "(emlir.pow " not in text)
    assert solve(text, f"(assert (distinct emlir.value {written(folded.number)}))") == "unsat"
    if "emlir.defined" in text:
        assert solve(text, "(assert (not emlir.defined))") == "unsat"


@pytest.mark.parametrize(
    ("formula", "holds", "fails"),
    [
        ("1/x", 1, 0),
        ("x/x", -1, 0),
        ("sqrt(x - 1)", 1, 0),
        ("ln(x)", 1, 0),
        ("x^(-2)", -1, 0),
        ("x^(1/2)", 0, -1),
        ("x^(-1/2)", 1, 0),
        ("2^x", -1, None),
        ("(-2)^x", 3, Fraction(1, 2)),
        ("mod(1, x)", 2, 0),
        ("asin(x)", 1, 2),
        ("log1p(x)", 0, -1),
        ("where(x > 0, ln(x), 0)", -1, None),
        ("where(x > 0, 1/(x - 1), 0)", 0, 1),
        ("where(ln(x) > 0, 1, 0)", 1, 0),
        ("where(x < 1 or ln(x) > 0, 1, 0)", 0, None),
        ("where(x > 1 and ln(x) > 0, 1, 0)", -1, None),
        ("where(1/x > 0 and 1/x < 0, 1, 0)", 1, 0),
        ("where(not 1/x > 0, 1, 0)", 1, 0),
        ("eml(0, x)", 1, 0),
    ],
)
def test_the_condition_under_which_a_term_is_defined(formula, holds, fails):
    expr = parse(formula)
    facts = "(assert (not emlir.defined))", "(assert emlir.defined)"
    if "emlir.defined" in emit(expr, "smtlib2"):
        assert solve(at_point(expr, {"x": holds}), facts[0]) == "unsat"
    if fails is not None:
        assert solve(at_point(expr, {"x": fails}), facts[1]) == "unsat"


@given(expressions(max_nodes=10), st.data())
def test_definedness_agrees_with_balls(expr, data):
    assume(is_finite_and_real(expr))
    point = {symbol(name): data.draw(points) for name in expr.symbols}
    condition = emlir.where(defined(expr).subs(point), 1, 0)
    try:
        holds = emlir.enclose(condition, {})
        emlir.enclose(expr.subs(point), {})
        assert holds[1] == 1
    except DomainError as error:
        if str(error).startswith("the expression is not defined"):
            assert holds[0] == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name):
    text = emit(symbol(name) + emlir.exp(symbol(name)) > symbol("x"), "smtlib2")
    (assertion,) = z3.parse_smt2_string(text)
    constants = {str(c.decl().name()) for c in leaves(assertion)}
    assert constants == {"x", write_name(name).strip("|")}
    assert solve(text) != "unsat"


def leaves(term):
    if z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
        yield term
    for child in term.children():
        yield from leaves(child)


@given(st.lists(st.one_of(symbol_names(), st.sampled_from(HOSTILE)), unique=True, min_size=2))
def test_different_names_differ(names):
    texts = {write_name(name) for name in names}
    assert len(texts) == len(names)
    assert len({text.strip("|") for text in texts}) == len(names)
    assert not any(text.strip("|").startswith("emlir.") for text in texts)


def test_operator_names_never_meet_the_scripts_own():
    assert operator_name("exp") == "emlir.exp"
    own = {"emlir.value", "emlir.defined", "emlir.let.1", "emlir.pow.2", "emlir.op.x"}
    for name in ["value", "defined", "let.1", "pow.2", "op.x", "odd|name", "x y"]:
        assert operator_name(name) not in own
        assert operator_name(name).strip("|").startswith("emlir.op.")


@pytest.mark.parametrize(
    ("claim", "box", "answer"),
    [
        ("not x*y <= (x^2 + y^2)/2", None, "unsat"),
        ("x^2 < 0", None, "unsat"),
        ("x/3 + x/3 + x/3 != x", None, "unsat"),
        ("abs(x) < x or max(x, y) < y or min(x, y) > y", None, "unsat"),
        ("x*x > 4", "x in [-2, 2]", "unsat"),
        ("x*x >= 4", "x in (-2, 2)", "unsat"),
        ("x*x >= 4", "x in [-2, 2)", "sat"),
        ("exp(x) < 0", None, "sat"),  # exp is any function here
        ("exp(x) != exp(x)", None, "unsat"),
        ("floor(x) != 2", "x in [2, 2.5]", "unsat"),
        ("mod(x, 2) != x - 4", "x in [4, 5]", "unsat"),
        ("where(x > 0, 1, 2) != 1", "x > 0", "unsat"),
        ("x > 0", "y > 1, x + y < 1", "unsat"),
        ("0.1 + 0.2 != 0.3", None, "unsat"),
        ("1e-20*x <= 0", "x in [50, 51]", "unsat"),
    ],
)
def test_what_z3_makes_of_claims(claim, box, answer):
    assert solve(emit(parse(claim), "smtlib2", box=box)) == answer


@pytest.mark.parametrize("name", ["i", "inf"])
def test_what_is_no_real_cannot_be_written(name):
    with pytest.raises(InexpressibleError, match=f"no {name}:"):
        emit(parse(f"exp(x) + {name}"), "smtlib2")


def test_box_ends_are_exact_and_round_outward():
    text = emit(
        parse("x > 0"), "smtlib2", box={"x": Interval(Fraction(-1, 3), None), "y": (0, 0.1)}
    )
    assert "(assert (! (>= x (- (/ 1.0 3.0))) :named emlir.given.1))" in text
    assert "(<= y (/ 3602879701896397.0 36028797018963968.0))" in text


def test_different_terms_differ():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    unary = [lambda t: -t, emlir.sqrt, abs]
    binary = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power]
    terms = small_terms([x, minus, half], unary, binary)
    assert len({emit(term, "smtlib2") for term in terms}) == len(terms)


def test_shared_terms_are_linear_and_deep_terms_are_cut():
    term = emlir.symbols("x")
    for _ in range(5_000):
        term = emlir.sin(term * term)
    text = emit(term > 0, "smtlib2")
    assert len(text) < 1_000_000
    z3.parse_smt2_string(text)


def test_deep_terms():
    term = emlir.symbols("x")
    for k in range(20_000):
        term = term * k
    assert emit(term, "smtlib2").startswith("(set-logic QF_UFNRA)")
