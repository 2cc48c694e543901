"""What the operators, to which templates belong, mean as values."""

from collections.abc import Callable
from fractions import Fraction

from emlir.expr.core import Expr, Operator, build
from emlir.expr.operator import Lowering
from emlir.expr.table import builtin
from emlir.expr.traverse import postorder
from emlir.ops.basis import is_of_basis
from emlir.ops.macros import MACROS
from emlir.passes.lifting.algebra import Algebra
from emlir.passes.lifting.gauss import ONE, I, real
from emlir.passes.lifting.recognise import circular, odd
from emlir.passes.lifting.sums import Sum, leaf, number, of_base, scale
from emlir.passes.lifting.values import MEANING, Value, same
from emlir.passes.lowering.template import HOLES
from emlir.text.syntax import parse

ODD = ("asin", "atan", "sinh", "asinh", "atanh")


def _sqrt(algebra: Algebra, x: Value) -> Value:
    return same(algebra.power(x.exact, Fraction(1, 2)))


def _power(algebra: Algebra, x: Value, y: Value) -> Value:
    """x^y; for y that is no number it is exp(y Log x)."""
    constant = y.exact.constant
    if constant is not None and not constant.im:
        return same(algebra.power(x.exact, constant.re))
    base = of_base(("ln", algebra.store.key(x.exact)))
    exponent = algebra.times(y.exact, base)
    return same(algebra.exp(exponent))


FUNCTIONS: dict[str, Callable[..., Value]] = {**MEANING, "sqrt": _sqrt, "pow": _power}


def value_of(algebra: Algebra, name: str, args: tuple[Value, ...]) -> Value:
    """The value of an operator, or a macro, at arguments."""
    if name in MACROS:
        return _evaluate(algebra, parse(MACROS[name][0]), args)
    if name in FUNCTIONS:
        return FUNCTIONS[name](algebra, *args)
    op: Operator = builtin(name)
    if op.definition is not None and name != "sigmoid":
        return _evaluate(algebra, op.definition(*HOLES[: op.arity]), args)
    if not args:
        return same(_constant(algebra, name))
    return same(_function(algebra, name, args[0].exact))


def _constant(algebra: Algebra, name: str) -> Sum:
    known = {"i": number(I), "inf": Sum(infinite=1)}
    if name == "e":
        return algebra.exp(number(ONE))
    return known.get(name) or leaf(build(name))


def _function(algebra: Algebra, name: str, x: Sum) -> Sum:
    if name in ("sin", "cos"):
        return circular(algebra.store, name, x)
    if name in ODD:
        return odd(algebra.store, name, x)
    if name == "acos":
        half_pi = scale(leaf(build("pi")), real(Fraction(1, 2)))
        return algebra.minus(half_pi, odd(algebra.store, "asin", x))
    return of_base((name, algebra.store.key(x)))


def _evaluate(algebra: Algebra, formula: Expr, args: tuple[Value, ...]) -> Value:
    known = dict(zip(HOLES, args, strict=False))
    for node in postorder((formula,)):
        if node.is_number:
            known[node] = same(number(real(node.number)))
        elif node not in known:
            known[node] = value_of(algebra, node.op.name, tuple(known[a] for a in node.args))
    return known[formula]


def unfolding_of(op: Operator) -> Lowering | None:
    """How an operator of a basis is written with exp, ln and arithmetic."""
    if not is_of_basis(op):
        return None
    return next((way for way in op.lowerings if way.basis == "any"), None)
