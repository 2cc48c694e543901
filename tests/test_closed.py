"""Exact values of closed terms: what is folded, and that nothing wrong ever is."""

import cmath
from decimal import Decimal
from fractions import Fraction

import pytest
from flint import acb
from hypothesis import given, settings, strategies as st

import emlir
from emlir.closed import bounds, fold_closed
from emlir.ops import trees
from emlir_arb import Evaluator, working_precision
from emlir_arb.winding import hull
from tests.conftest import EXAMPLES
from tests.paper_compiler import CONSTANTS


@pytest.mark.parametrize(
    ("formula", "semantics", "value"),
    [
        ("ln(exp(3/2))", "real", "3/2"),
        ("exp(ln(2) + ln(3))", "real", "6"),
        ("exp(-2*ln(3))", "real", "1/9"),
        ("ln(6*exp(e)) - ln(6) - e", "real", "0"),
        ("exp(ln(1/2) + ln(pi))", "complex", "1/2*pi"),
        ("ln(ln(2)) - ln(ln(2))", "real", "0"),
        ("ln(3 - e) - ln(3 - e)", "real", "0"),
        ("ln(-3) - ln(3)", "complex", None),
        ("exp(ln(-3))", "complex", "-3"),
        ("exp(ln(-3) - ln(6))", "complex", "-1/2"),
        ("exp(ln(-3))", "extended", None),
        ("ln(-1)", "complex", "pi*i"),
        ("ln(-1)", "extended", None),
        ("ln(i)", "complex", "1/2*(pi*i)"),
        ("ln(-i)", "complex", "-1/2*(pi*i)"),
        ("exp(pi*i)", "complex", "-1"),
        ("exp(3*pi*i/2)", "complex", "-i"),
        ("exp(ln(1 + 2*i))", "complex", "1 + 2*i"),
        ("ln(exp(2*i))", "complex", "2*i"),
        ("ln(exp(4*i)) - 4*i + 2*pi*i", "complex", "0"),
        ("ln(exp(ln(i - 2) - 2*pi*i))", "complex", None),
        ("exp(ln(exp(ln(i - 2) - 2*pi*i)))", "complex", "-2 + i"),
        ("exp(ln(-2) + ln(1 + i))", "complex", "-2 - 2*i"),
        ("ln(exp(ln(-1 - i) - ln(i - 3))) - ln(-1 - i) + ln(i - 3) - 2*pi*i", "complex", "0"),
        ("ln(exp(ln(1 - i) - ln(i - 3)))", "complex", None),
        ("ln(exp(-pi*i))", "complex", "pi*i"),
        ("i*i", "complex", "-1"),
        ("1/i + i", "complex", "0"),
        ("i*inf", "complex", None),
        ("i - inf", "complex", "-inf"),
        ("1/(i*i)", "complex", "-1"),
        ("ln(exp(1) - e)", "extended", "-inf"),
        ("exp(10^9*ln(2)) - exp(10^9*ln(2))", "real", "0"),
    ],
)
def test_folding(formula, semantics, value):
    folded = fold_closed(emlir.parse(formula), semantics)
    if value is None:
        assert not folded.is_number and folded.dag_size > 1
    else:
        assert str(folded) == value


@pytest.mark.parametrize("name", ["0", "-1", "2", "-2", "1/2", "-1/2", "2/3", "i", "pi"])
def test_the_papers_constants_are_recognised(name):
    assert str(fold_closed(CONSTANTS[name][0], "complex")) == name


def test_the_logarithm_tree_on_its_cut():
    tree = trees.ln_tree(emlir.const(-1))
    assert str(fold_closed(tree, "complex")) == "-(pi*i)"


def test_trees_at_points_are_exact():
    x, y = emlir.symbols("x y")
    for tree, value in (
        (trees.minus(x, y), -5),
        (trees.product(x, y), -6),
        (trees.total(x, y), -1),
    ):
        at = tree.subs({"x": -3, "y": 2})
        assert fold_closed(at, "complex") is emlir.const(value)


LEAVES = [emlir.const(1), emlir.const(-3), emlir.const("1/2"), emlir.const(0)]
LEAVES += [emlir.parse(text) for text in ("i", "pi", "2 - i", "-pi*i", "inf")]
OPERATIONS = {
    "eml": emlir.eml,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}


def closed_terms():
    """Closed trees of the operators that have rules for forms."""
    return st.recursive(
        st.sampled_from(LEAVES),
        lambda inner: st.one_of(
            st.builds(_apply, st.sampled_from(sorted(OPERATIONS)), inner, inner),
            st.builds(emlir.exp, inner),
            st.builds(emlir.ln, inner),
        ),
        max_leaves=8,
    )


def _apply(name, x, y):
    return OPERATIONS[name](x, y)


def balls(expr, semantics):
    """The value without any folding."""
    with working_precision(200):
        return Evaluator({}, semantics)(expr)


def possible(ball):
    ball = hull(ball)
    return ball.lo if ball.kind == "plane" else acb(ball.lo.union(ball.hi))


def check(expr, semantics):
    before, after = balls(expr, semantics), balls(fold_closed(expr, semantics), semantics)
    if before.kind == "undecided":
        return
    if before.kind == "undefined" or after.kind == "undefined":
        assert before.kind == after.kind, expr
    elif after.kind != "undecided" and before.is_finite and after.is_finite:
        assert possible(before).overlaps(possible(after)), expr
    elif before.is_point and after.is_point:
        assert before.lo == after.lo, expr


@settings(max_examples=4 * EXAMPLES)
@given(closed_terms(), st.sampled_from(["real", "extended", "complex"]))
def test_folding_keeps_the_value(expr, semantics):
    check(expr, semantics)


def test_a_wrong_branch_is_caught(monkeypatch):
    """The seeded defect: every exponent is taken to be in the strip."""
    monkeypatch.setattr(bounds, "turns", lambda x: 0)
    with pytest.raises(AssertionError):
        check(emlir.parse("ln(exp(4*i))"), "complex")


@given(st.fractions(-20, 20, max_denominator=99), st.fractions(-20, 20, max_denominator=99))
def test_bounds_enclose(value, factor):
    low, high = bounds.scaled(bounds.of_rational(value), factor)
    assert Fraction(low) <= value * factor <= Fraction(high)
    low, high = bounds.exp(bounds.of_rational(value))
    with working_precision(300):
        exact = (acb(value.numerator) / value.denominator).exp().real
        assert bool(exact > acb(str(low)).real) and bool(exact < acb(str(high)).real)
    back = bounds.ln((low, high))
    assert Fraction(back[0]) < value < Fraction(back[1])


@given(st.fractions(-9, 9, max_denominator=9), st.fractions(-9, 9, max_denominator=9))
def test_angles_are_enclosed(real, imaginary):
    found = bounds.angle(bounds.of_rational(real), bounds.of_rational(imaginary))
    if not imaginary:
        assert found is None
        return
    assert float(found[0]) <= cmath.phase(complex(real, imaginary)) <= float(found[1])
    assert found[0] < found[1] and bounds.turns(found) in (0, None)
    assert bounds.turns(found) == 0 or real == 0


def test_turns():
    assert bounds.turns((Decimal(9), Decimal("9.1"))) == 1
    assert bounds.turns((Decimal(-7), Decimal(-6))) == -1
    assert bounds.turns((Decimal(3), Decimal(4))) is None
    assert bounds.turns(bounds.PI) is None


def test_there_are_no_bounds_of_the_enormous():
    assert bounds.exp((Decimal(0), Decimal(10) ** 9)) is None
    assert bounds.ln((Decimal(-1), Decimal(1))) is None
    assert bounds.sign(None) == 0
    tower = emlir.parse("ln(exp(exp(exp(20))) - exp(exp(exp(21))))")
    assert not fold_closed(tower, "complex").is_number
