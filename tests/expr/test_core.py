"""Expr: identity, exactness, immutability, sorts, derivatives, and Python's operators."""

import copy
import gc
import pickle
import subprocess
import sys
import threading
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.expr import Operator, symbol
from emlir.expr.core import _table
from emlir.expr.table import find_operator
from emlir.testing import check_agreement, expressions, numbers

x, y = emlir.symbols("x y")


def test_equal_structure_is_the_same_object():
    assert (x + y) * 2 is (x + y) * 2
    assert x + y is not y + x
    assert (x == y) is False
    assert emlir.eq(x, y).sort == "truth"


def test_hash_consing_holds_under_threads():
    made = []

    def build():
        made.append([emlir.sin(x + k) for k in range(2000)])

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(a is b for row in made for a, b in zip(made[0], row, strict=True))


def test_nodes_are_forgotten_when_nobody_holds_them():
    gc.collect()
    before = len(_table)
    expr = symbol("forgotten")
    for k in range(500):
        expr = emlir.eml(expr, k)
    del expr
    gc.collect()
    assert len(_table) == before


def test_immutable():
    with pytest.raises(AttributeError, match="immutable"):
        x.op = None


def test_copies_and_pickles_are_the_same_object():
    expr = emlir.sin(x) / y
    assert copy.copy(expr) is expr
    assert copy.deepcopy([expr])[0] is expr
    assert pickle.loads(pickle.dumps(expr)) is expr
    assert pickle.loads(pickle.dumps(emlir.exp)) is emlir.exp


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.1, Fraction(1, 10)),
        (1e-320, Fraction(1, 10**320)),
        ("1e-05", Fraction(1, 100000)),
        (Decimal("0.25"), Fraction(1, 4)),
        (np.float64(0.1), Fraction(1, 10)),
        (np.float32(0.1), Fraction(1, 10)),
        (np.int64(7), Fraction(7)),
        (np.array(0.5), Fraction(1, 2)),
        (10**5000, Fraction(10**5000)),
    ],
    ids=lambda v: type(v).__name__,
)
def test_const_is_exact(value, exact):
    assert emlir.const(value).number == exact


def test_dyadic_const_of_a_long_double_has_all_its_digits():
    more = np.longdouble(1) + np.finfo(np.longdouble).eps
    for value in (more, np.array(more)):
        assert emlir.const(value, dyadic=True).number == Fraction(*more.as_integer_ratio())
    assert emlir.const(np.array(0.1), dyadic=True).number == Fraction(0.1)


def test_dyadic_const_is_the_double():
    value = emlir.const(0.1, dyadic=True)
    assert value.number == Fraction(0.1)
    assert str(value) == f"{Fraction(0.1).numerator}/{2**55}"


@pytest.mark.parametrize(
    "bad", [float("nan"), float("inf"), -float("inf"), "x", "", "1/0", "1e9999999"]
)
def test_const_refuses_values(bad):
    with pytest.raises(ValueError, match=r".+"):
        emlir.const(bad)


@pytest.mark.parametrize("bad", [True, None, 1j, [1], np.array([1.0])])
def test_const_refuses_types(bad):
    with pytest.raises(TypeError):
        emlir.const(bad)


@given(numbers())
def test_numbers_print_exactly(value):
    assert emlir.parse(str(emlir.const(value))).number == value
    assert emlir.const(str(emlir.const(value))).number == value


def test_only_sign_and_quotient_of_literals_fold():
    one, two = emlir.const(1), emlir.const(2)
    assert (-two).number == -2
    assert (one / two).number == Fraction(1, 2)
    assert (one + two).op.name == "add"
    assert (two / 0).op.name == "div"


def test_truth_and_number_do_not_mix():
    with pytest.raises(TypeError, match="truth value"):
        bool(x > 0)
    with pytest.raises(TypeError, match="number"):
        emlir.sin(x > 0)
    with pytest.raises(TypeError, match=r"where takes"):
        emlir.where(x, x, x)
    with pytest.raises(TypeError, match="1 argument"):
        emlir.sin(x, y)
    assert str((x > 0) & ~(y < 1) | (x <= y)) == "x > 0 and not y < 1 or x <= y"


def test_python_operators_on_either_side():
    assert str(2 - x + 1 / y) == "2 - x + 1/y"
    assert str(2**x % 3) == "mod(2^x, 3)"
    assert str(abs(+x) >= 1) == "abs(x) >= 1"
    assert np.float64(2) * x is 2 * x
    with pytest.raises(TypeError, match="arithmetic"):
        x + "y"
    with pytest.raises(TypeError, match="exact real number"):
        np.array([1.0, 2.0]) + x


def test_measures():
    shared = emlir.exp(x) + emlir.exp(x)
    assert (shared.dag_size, shared.tree_size, shared.depth) == (3, 5, 2)
    assert shared.symbols == ("x",)
    with pytest.raises(AttributeError, match="name"):
        _ = shared.name
    with pytest.raises(AttributeError, match="value"):
        _ = shared.number


def test_substitution_is_simultaneous():
    expr = x / y + emlir.exp(x)
    assert expr.subs({"x": y, "y": x}) is y / x + emlir.exp(y)
    assert expr.subs({emlir.exp(x): 3}) is x / y + 3
    with pytest.raises(TypeError, match="truth"):
        expr.subs({"x": x > 0})


def test_digest_is_the_same_in_another_process():
    expr = emlir.parse("where(x > 1/3, exp(α), eml(1, `odd name`))")
    program = f"import emlir; print(emlir.parse({str(expr)!r}).digest)"
    fresh = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert fresh.stdout.strip() == expr.digest
    assert expr.digest != emlir.parse("where(x > 1/4, exp(α), eml(1, `odd name`))").digest


def test_digest_is_stable_across_versions():
    assert emlir.parse("eml(1, x) + 3/2").digest == "c4b00dac015042ad36ad3107275900cf"


def test_repr_is_short_for_huge_expressions():
    expr = x
    for _ in range(300):
        expr = emlir.eml(expr, expr)
    assert len(repr(expr)) < 80
    assert repr(x + 1) == "<Expr x + 1>"


@given(expressions(families=("arithmetic", "elementary", "eml")), st.floats(0.3, 2.0))
def test_derivatives_match_differences(expr, at):
    """A central difference at high precision against the symbolic derivative."""
    from flint import arb

    from emlir_arb import Evaluator, arithmetic, prepare, working_precision

    derivative = expr.diff("x")
    with working_precision(400):
        step = arb(2) ** -100
        ends = [arb(at) - step, arb(at), arb(at) + step]
        field = arithmetic()

        def value(of, end):
            return Evaluator({n: field.enclosing(v) for n, v in (("x", end), ("y", arb(0.7)))})(
                prepare(of, "real")
            )

        left, slope, right = value(expr, ends[0]), value(derivative, ends[1]), value(expr, ends[2])
        if any(ball.kind != "real" or not ball.is_finite for ball in (left, slope, right)):
            return
        difference = (right.lo.union(right.hi) - left.lo.union(left.hi)) / (2 * step)
        error = difference - slope.lo.union(slope.hi)
        scale = 1 + abs(slope.lo) + abs(difference)
        if not (error.is_finite() and error.rad() < 1e-6 * scale):
            return
        curvature = abs(value(derivative.diff("x").diff("x"), ends[1]).lo or 0)
        assert abs(error) < (1e-8 + curvature * 2.0**-190) * scale


def test_derivatives_of_piecewise_choose():
    expr = emlir.parse("where(x > 0, ln(x), 0)")
    assert emlir.evaluate(expr.diff("x"), {"x": [2.0, -1.0]}).tolist() == [0.5, 0.0]
    assert emlir.parse("max(x, 2*x)").diff("x") is emlir.parse("where(x >= 2*x, 1, 2)")
    assert emlir.parse("y^2").diff("x") is emlir.const(0)
    with pytest.raises(TypeError):
        (x > 0).diff("x")
    with pytest.raises(TypeError):
        x.diff(x + 1)


def test_an_operator_by_definition_alone():
    square = Operator(name="test_square", arity=1, family="test", definition=lambda t: t * t)
    expr = square(x + 1)
    assert emlir.evaluate(expr, {"x": 2.0}) == 9
    assert emlir.enclose(expr, {"x": (0, 1)}) == (1.0, 4.0)
    assert emlir.evaluate(expr.diff("x"), {"x": 2.0}) == 6
    assert emlir.lower(square(x), assume="x in [1, 2]").symbols == ("x",)
    check_agreement(expr, {"x": [1.0, -1.0, 1e200]})


def test_an_operator_with_nothing_is_refused_by_name():
    empty = Operator(name="test_empty", arity=1, family="test")
    for call in (emlir.evaluate, lambda e, c: emlir.enclose(e, {"x": (0, 1)})):
        with pytest.raises(emlir.InexpressibleError, match="test_empty"):
            call(empty(x), {"x": 1.0})
    with pytest.raises(ValueError, match="derivative"):
        empty(x).diff("x")


def test_clashing_operators_are_refused():
    with pytest.raises(emlir.NameClashError, match="exp"):
        Operator(name="exp", arity=1, family="other")
    with pytest.raises(ValueError, match="sorts"):
        Operator(name="test_bad", arity=2, family="test", takes=("number",))


def test_a_surrogate_pair_is_the_character_that_it_encodes():
    assert symbol("\ud83d\ude00") is symbol("\U0001f600")
    assert symbol("\ude00\ud83d").name == "\ude00\ud83d"
    for syntax in ("infix", "eml", "rpn", "json"):
        for name in ("\ud83d\ude00", "\ude00\ud83d"):
            expr = symbol(name) + 1
            assert emlir.parse(emlir.emit(expr, syntax), syntax) is expr


@pytest.mark.parametrize("name", ["symbol", "number"])
def test_leaves_cannot_be_called(name):
    with pytest.raises(TypeError, match="no functions"):
        find_operator(name)()
    for text, syntax in ((f"{name}()", "infix"), (name, "eml"), (name, "rpn")):
        with pytest.raises(emlir.ParseError):
            emlir.parse(text, syntax)
