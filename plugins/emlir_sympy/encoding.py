"""How each operator is written in sympy: one constructor call, or a few nested ones.

sympy has no difference, quotient, negation or square root of its own. They are written as
sympy writes them:

    x - y    Add(x, -y)          -y       Mul(-1, y)
    x / y    Mul(x, Pow(y, -1))  sqrt(x)  Pow(x, 1/2)

and the sums, products and powers that would look the same are put into
``UnevaluatedExpr``, which says: this outermost operator is meant as it stands. So the
encoding can be inverted, which ``decoding.py`` does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from emlir.plugin_api import Expr, InexpressibleError, postorder

MINUS_ONE, HALF = Fraction(-1), Fraction(1, 2)

MAX_OPERANDS = 16
"""Operands of one Min, Max, And, Or or Piecewise; longer chains are nested.

The parts of a chain may be shared, and each repeats the operands of the parts before it.
"""

Manner = Literal["lazy", "plain", "bare", "undefined"]


@dataclass(frozen=True, slots=True)
class Call:
    """A constructor call; ``manner`` says how it is kept from being evaluated.

    lazy       ``head(*args, evaluate=False)``
    plain      ``head(*args)``, which evaluates nothing anyway
    bare       ``Basic.__new__(head, *args)``, for heads that sort and drop arguments
    undefined  ``Function(head)(*args)``
    """

    head: str
    args: "tuple[Term, ...]" = ()
    manner: Manner = "lazy"


Term = Expr | Call | Fraction | str
"""A subterm, a call, an exact number, or the name of a sympy constant."""

FUNCTIONS = {
    "elementary.exp": "exp",
    "elementary.ln": "log",
    "elementary.sin": "sin",
    "elementary.cos": "cos",
    "elementary.tan": "tan",
    "elementary.asin": "asin",
    "elementary.acos": "acos",
    "elementary.atan": "atan",
    "elementary.sinh": "sinh",
    "elementary.cosh": "cosh",
    "elementary.tanh": "tanh",
    "elementary.asinh": "asinh",
    "elementary.acosh": "acosh",
    "elementary.atanh": "atanh",
    "piecewise.abs": "Abs",
    "piecewise.floor": "floor",
    "piecewise.mod": "Mod",
    "piecewise.lt": "Lt",
    "piecewise.le": "Le",
    "piecewise.gt": "Gt",
    "piecewise.ge": "Ge",
    "piecewise.eq": "Eq",
    "piecewise.ne": "Ne",
    "piecewise.not": "Not",
}

CONSTANTS = {
    "elementary.e": "E",
    "elementary.pi": "pi",
    "elementary.i": "I",
    "elementary.inf": "oo",
    "piecewise.true": "true",
    "piecewise.false": "false",
}


CHAINS = {
    "piecewise.min": "Min",
    "piecewise.max": "Max",
    "piecewise.and": "And",
    "piecewise.or": "Or",
}

MINUS_INFINITY = "-oo"


def encode(node: Expr) -> Term:
    """Return what a node is in sympy; its subterms are holes in that."""
    if node.is_number:
        return node.number
    if node.is_symbol:
        return Call("Symbol", (node.name,), "plain")
    kind = node.op.qualified_name
    if kind in CONSTANTS:
        return CONSTANTS[kind]
    if kind in FUNCTIONS:
        return Call(FUNCTIONS[kind], node.args)
    if kind in CHAINS:
        return _chain(node, CHAINS[kind])
    if kind in _SPECIAL:
        return _SPECIAL[kind](*node.args)
    if node.sort == "truth":
        raise InexpressibleError(f"sympy has nothing for the truth operator {node.op.name}")
    return Call(node.op.name, node.args, "undefined")


def _add(x: Expr, y: Expr) -> Term:
    negation = y.op.qualified_name == "arithmetic.neg" and not _is_infinite(y.args[0])
    return _as_it_stands(Call("Add", (x, y)), negation)


def _mul(x: Expr, y: Expr) -> Term:
    return _as_it_stands(Call("Mul", (x, y)), _is(x, MINUS_ONE) or _is_reciprocal(y))


def _pow(x: Expr, y: Expr) -> Term:
    return _as_it_stands(Call("Pow", (x, y)), _is(y, HALF))


def _sub(x: Expr, y: Expr) -> Term:
    return Call("Add", (x, _negated(y)))


def _neg(x: Expr) -> Term:
    return MINUS_INFINITY if _is_infinite(x) else _negated(x)


def _negated(x: Expr) -> Term:
    inner = _as_it_stands(Call("Pow", x.args), True) if _is_reciprocal(x) else x
    return Call("Mul", (MINUS_ONE, inner))


def _div(x: Expr, y: Expr) -> Term:
    return Call("Mul", (x, Call("Pow", (y, MINUS_ONE))))


def _sqrt(x: Expr) -> Term:
    return Call("Pow", (x, HALF))


def _chain(node: Expr, head: str) -> Term:
    """Write min(min(x, y), z) as one call of three operands."""
    first, last = node.args
    operands = [last]
    while first.op is node.op and len(operands) < MAX_OPERANDS - 1:
        first, last = first.args
        operands.append(last)
    return Call(head, (first, *reversed(operands)), "bare")


def _where(condition: Expr, x: Expr, y: Expr) -> Term:
    """Write a choice, and those in its last branch, as the branches of one Piecewise."""
    if _is_folded(condition):
        return Call("where", (condition, x, y), "undefined")
    branches = [_branch(x, condition)]
    while y.op.qualified_name == "piecewise.where" and len(branches) < MAX_OPERANDS - 1:
        condition, x, rest = y.args
        if _is_folded(condition):
            break
        branches.append(_branch(x, condition))
        y = rest
    return Call("Piecewise", (*branches, _branch(y, CONSTANTS["piecewise.true"])))


def _branch(value: Expr, condition: Term) -> Call:
    return Call("", (value, condition), "plain")


def _is_folded(condition: Expr) -> bool:
    """Whether Piecewise does not leave a condition alone: a literal, or one with a Piecewise."""
    if not condition.args:
        return True
    return any(node.op.qualified_name == "piecewise.where" for node in postorder((condition,)))


def _as_it_stands(call: Call, wrap: bool) -> Call:
    return Call("UnevaluatedExpr", (call,), "plain") if wrap else call


def _is(x: Expr, value: Fraction) -> bool:
    return x.is_number and x.number == value


def _is_infinite(x: Expr) -> bool:
    return x.op.qualified_name == "elementary.inf"


def _is_reciprocal(x: Expr) -> bool:
    """Whether this is x^(-1), written as a power."""
    return x.op.qualified_name == "arithmetic.pow" and _is(x.args[1], MINUS_ONE)


_SPECIAL: Mapping[str, Callable[..., Term]] = {
    "arithmetic.add": _add,
    "arithmetic.sub": _sub,
    "arithmetic.mul": _mul,
    "arithmetic.div": _div,
    "arithmetic.neg": _neg,
    "arithmetic.pow": _pow,
    "elementary.sqrt": _sqrt,
    "piecewise.where": _where,
}
