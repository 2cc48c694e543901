"""from_sympy: sympy's own objects come back from a round trip, and what emlir lacks is refused."""

import pickle
import random
from fractions import Fraction
from itertools import count

import pytest

import emlir
from emlir import parse
from emlir_sympy import from_sympy, to_sympy
from tests.lazy import sympy
from tests.plugins.sympy_terms import random_object

COUNT = 500


def x():
    return sympy.Symbol("x")


def y():
    return sympy.Symbol("y")


def objects():
    """Yield sympy expressions that evaluation left finite and that emlir can express."""
    found = 0
    for seed in count():
        made = random_object(random.Random(seed))
        if made is not None:
            found += 1
            yield made
        if found == COUNT:
            return


def flattened(made):
    """Return a tree of tuples in which sums of sums and products of products are one."""
    if not made.args:
        return made
    inner = [flattened(arg) for arg in made.args]
    kind = made.func
    if kind in (sympy.Add, sympy.Mul):
        inner = [part for arg in inner for part in (arg[1:] if is_a(kind, arg) else (arg,))]
    return (kind, *inner)


def is_a(kind, tree):
    return isinstance(tree, tuple) and tree[0] is kind


def test_flattening_keeps_what_differs_apart():
    z = sympy.Symbol("z")
    a, b, c = x(), y(), z
    nested = sympy.Add(a, sympy.Add(b, c, evaluate=False), evaluate=False)
    assert flattened(nested) == flattened(sympy.Add(a, b, c, evaluate=False))
    assert flattened(nested) != flattened(sympy.Add(b, a, c, evaluate=False))
    assert flattened(sympy.Min(a, sympy.Max(b, c))) != flattened(sympy.Min(a, b, c))
    assert flattened(a * (b + c)) != flattened(a * b + c)


def test_random_objects_survive():
    kinds = set()
    for made in objects():
        expr = from_sympy(made)
        back = to_sympy(expr)
        assert flattened(back) == flattened(made), sympy.srepr(made)
        assert from_sympy(back) is expr
        kinds |= {type(part).__name__ for part in sympy.preorder_traversal(made)}
    assert kinds >= {"Add", "Mul", "Pow", "exp", "log", "Abs", "Min", "Max", "Rational", "Half"}
    assert kinds >= {"And", "Or", "Piecewise", "NegativeOne", "ImaginaryUnit", "Exp1"}


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x - y", "x - y"),
        ("x - y*z", "x - y*z"),
        ("-x*y", "-(x*y)"),
        ("-x", "-x"),
        ("x - 1", "-1 + x"),
        ("2*x - y/2", "2*x + (-1/2)*y"),
        ("1/x", "x^(-1)"),
        ("-1/x", "-1/x"),
        ("x/y", "x/y"),
        ("1/(x*y)", "x^(-1)/y"),
        ("x**-2*y", "y*x^(-2)"),
        ("x/sqrt(y)", "x*y^(-1/2)"),
        ("sqrt(x)", "sqrt(x)"),
        ("exp(-x)", "exp(-x)"),
        ("2**x", "2^x"),
        ("log(x, 2, evaluate=False)", "ln(x)/ln(2)"),
        ("Pow(x, Float('0.5'))", "sqrt(x)"),
        ("-oo", "-inf"),
        ("Add(x, -oo, evaluate=False)", "x + -inf"),
        ("Mul(-1, oo, evaluate=False)", "-inf"),
        ("Min(x, y, z)", "min(min(x, y), z)"),
        ("(x > 0) & (y > 0) & (z > 0)", "(x > 0 and y > 0) and z > 0"),
        ("Implies(x > 0, y > 0)", "not x > 0 or y > 0"),
        ("ITE(x > 0, y > 0, z > 0)", "x > 0 and y > 0 or not x > 0 and z > 0"),
        ("Piecewise((1, x < 0), (2, x < 1), (3, True))", "where(x < 0, 1, where(x < 1, 2, 3))"),
        ("UnevaluatedExpr(x - y)", "x + -y"),
        ("Function('eml')(1, x)", "eml(1, x)"),
        ("Function('min')(y, x)", "min(y, x)"),
        ("Mod(x, 2)", "mod(x, 2)"),
        ("floor(Abs(x))", "floor(abs(x))"),
        ("Eq(x, y)", "x = y"),
        ("Ne(x, y)", "x != y"),
        ("Symbol('x', positive=True)", "x"),
        ("Dummy('x')*sin(x)**0", "x"),
    ],
)
def test_readings(text, formula):
    names = {}
    exec("from sympy import *\nx, y, z = symbols('x y z')", names)
    assert from_sympy(eval(text, names)) is parse(formula)


def test_floats_are_exact():
    assert from_sympy(sympy.Float("0.1")).number == Fraction(1, 10)
    assert from_sympy(sympy.Float(-2.5e-7)).number == Fraction("-2.5e-7")
    assert from_sympy(sympy.Float(0)).number == 0
    assert from_sympy(sympy.Float("1e400")).number == 10**400
    long = sympy.Float("0.1", 30)
    assert from_sympy(long).number == Fraction(*map(int, sympy.Rational(long).as_numer_denom()))
    tiny = sympy.Float("1e-400")
    assert from_sympy(tiny).number == Fraction(*map(int, sympy.Rational(tiny).as_numer_denom()))


def refused():
    f = sympy.Function("f")
    return [
        (sympy.zoo, "ComplexInfinity"),
        (sympy.nan, "NaN"),
        (sympy.gamma(x()), "gamma"),
        (sympy.exp(sympy.sec(x()) + 1), "sec"),
        (sympy.Integral(f(x()), x()), "Integral"),
        (sympy.Derivative(f(x()), x()), "Derivative"),
        (f(x()), "f"),
        (sympy.Function("symbol")(), "symbol"),
        (sympy.Function("eml")(x()), "2 arguments"),
        (sympy.Function("eml")(x(), x() > 0), "truth"),
        (sympy.EulerGamma + x(), "EulerGamma"),
        (sympy.Matrix([[x()]]), "Matrix"),
        (sympy.ImmutableMatrix([[x()]]), "Matrix"),
        (sympy.MatrixSymbol("A", 2, 2), "MatrixSymbol"),
        (sympy.Symbol("A", commutative=False) * x(), "noncommutative"),
        (sympy.Wild("w"), "Wild"),
        (x() + sympy.Dummy("x"), "'x'"),
        (sympy.Dummy("x") + sympy.Dummy("x"), "'x'"),
        (x() + sympy.Symbol("x", positive=True), "'x'"),
        (sympy.Symbol(""), "name"),
        (sympy.Piecewise((x(), x() > 0)), "undefined where no condition holds"),
        (sympy.Xor(x() > 0, y() > 0), "Xor"),
        (sympy.And(x(), y()), "truth"),
        (sympy.Tuple(x(), y()), "Tuple"),
        (sympy.Piecewise((x(), x() > 0), (0, True)).args[0], "ExprCondPair"),
        (sympy.Float(2) ** 1_000_000, "Float"),
        (sympy.Add(evaluate=False) + sympy.ceiling(x()), "ceiling"),
        (sympy.sin, "FunctionClass"),
    ]


def test_what_emlir_lacks_is_refused_by_name():
    for made, name in refused():
        with pytest.raises(emlir.InexpressibleError, match=name):
            from_sympy(made)


@pytest.mark.parametrize("thing", [1, 2.5, "x", None, [1]])
def test_only_sympy_objects_are_read(thing):
    with pytest.raises(TypeError, match=type(thing).__name__):
        from_sympy(thing)


def kept():
    """Return objects of the classes that sort their arguments, with these kept as they are."""
    formulas = ["min(y, x)", "max(max(y, x), y)", "x < 1 and y > 0", "y > 0 or (x > 0 or y > 0)"]
    return [to_sympy(parse(formula)) for formula in formulas]


def test_min_max_and_or_are_genuine_objects():
    low, high, both, either = kept()
    assert [type(made) for made in kept()] == [sympy.Min, sympy.Max, sympy.And, sympy.Or]
    assert low.args == (y(), x())
    assert high.args == (y(), x(), y())
    assert low != sympy.Min(x(), y())
    assert low.doit() == sympy.Min(x(), y())
    point = {x(): 3, y(): 4}
    assert [made.subs(point) for made in kept()] == [3, 4, False, True]
    assert low.subs(x(), 3) == sympy.Min(3, y())
    assert (low + 1).subs(point).evalf() == sympy.Float(4)
    assert high.diff(x()) == sympy.Heaviside(x() - y())
    assert sympy.lambdify((x(), y()), [low, high])(3.0, 4.0) == [3.0, 4.0]
    assert sympy.lambdify((x(), y()), both, "math")(0.0, 4.0) is True
    assert sympy.to_cnf(sympy.Not(either)) == sympy.And(x() <= 0, y() <= 0)
    assert both.simplify() == sympy.And(x() < 1, y() > 0)
    for made in kept():
        assert pickle.loads(pickle.dumps(made)).subs(point) == made.subs(point)
        assert made.xreplace({sympy.Symbol("z"): x()}) is made
        assert str(made) and sympy.latex(made)


def test_equal_operands_mean_equal_objects():
    for first, second in zip(kept(), kept(), strict=True):
        assert first == second
        assert hash(first) == hash(second)


def test_shared_parts_are_read_once():
    made = x()
    for _ in range(300):
        made = sympy.Add(made, sympy.Mul(made, made, evaluate=False), evaluate=False)
    assert from_sympy(made).dag_size == 601
