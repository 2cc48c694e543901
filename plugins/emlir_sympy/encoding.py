"""How each operator is written in sympy: one constructor call, or a few nested ones.

sympy has no difference, quotient, negation or square root of its own. They are written as
sympy writes them:

    x - y    Add(x, -y)          -y       Mul(-1, y)
    x / y    Mul(x, Pow(y, -1))  sqrt(x)  Pow(x, 1/2)

and the sums, products and powers that would look the same are put into
``UnevaluatedExpr``, which says: this outermost operator is meant as it stands. So the
encoding can be inverted (a quotient is tried before a negation).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from emlir.plugin_api import Expr, InexpressibleError, postorder

MINUS_ONE, HALF = Fraction(-1), Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Call:
    """``head(*args, evaluate=False)``; without ``lazy`` there is no such keyword.

    ``quoted`` heads are undefined functions: ``Function(head)(*args)``.
    """

    head: str
    args: "tuple[Term, ...]" = ()
    lazy: bool = True
    quoted: bool = False


Term = Expr | Call | Fraction | str
"""A subterm, a call, an exact number, or the name of a sympy constant."""

_FUNCTIONS = {
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

_CONSTANTS = {
    "elementary.e": "E",
    "elementary.pi": "pi",
    "elementary.i": "I",
    "elementary.inf": "oo",
    "piecewise.true": "true",
    "piecewise.false": "false",
}


def encode(node: Expr) -> Term:
    """Return what a node is in sympy; its arguments are holes in that."""
    if node.is_number:
        return node.number
    if node.is_symbol:
        return Call("Symbol", (node.name,), lazy=False)
    kind = node.op.qualified_name
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    if kind in _FUNCTIONS:
        return Call(_FUNCTIONS[kind], node.args)
    if kind in _SPECIAL:
        return _SPECIAL[kind](*node.args)
    if node.sort == "truth":
        raise InexpressibleError(f"sympy has nothing for the truth operator {node.op.name}")
    return Call(node.op.name, node.args, lazy=False, quoted=True)


def _add(x: Expr, y: Expr) -> Term:
    return _as_it_stands(Call("Add", (x, y)), y.op.qualified_name == "arithmetic.neg")


def _mul(x: Expr, y: Expr) -> Term:
    return _as_it_stands(Call("Mul", (x, y)), _is(x, MINUS_ONE) or _is_reciprocal(y))


def _pow(x: Expr, y: Expr) -> Term:
    return _as_it_stands(Call("Pow", (x, y)), _is(y, HALF))


def _sub(x: Expr, y: Expr) -> Term:
    return Call("Add", (x, _neg(y)))


def _neg(x: Expr) -> Term:
    inner = _as_it_stands(Call("Pow", x.args), True) if _is_reciprocal(x) else x
    return Call("Mul", (MINUS_ONE, inner))


def _div(x: Expr, y: Expr) -> Term:
    return Call("Mul", (x, Call("Pow", (y, MINUS_ONE))))


def _sqrt(x: Expr) -> Term:
    return Call("Pow", (x, HALF))


def _and(x: Expr, y: Expr) -> Term:
    """sympy's And sorts its arguments and drops equal ones; ITE keeps them.

    ITE(x, true, false) is left to ``x or false``.
    """
    chosen = _guarded(y) if y.op.qualified_name == "piecewise.true" else y
    return Call("ITE", (_kept(x), chosen, "false"))


def _or(x: Expr, y: Expr) -> Term:
    return Call("ITE", (_kept(x), "true", y))


def _kept(x: Expr) -> Term:
    """Guard t = t and t != t, which ITE takes for something about truth values."""
    relation = x.op.qualified_name in ("piecewise.eq", "piecewise.ne")
    return _guarded(x) if relation and x.args[0] is x.args[1] else x


def _guarded(x: Expr) -> Term:
    return Call("Implies", ("true", x))


def _where(condition: Expr, x: Expr, y: Expr) -> Term:
    """A Piecewise, if sympy leaves that alone: it folds literal and piecewise conditions."""
    if any(node.op.qualified_name in _FOLDED for node in postorder((condition,))):
        return Call("where", (condition, x, y), lazy=False, quoted=True)
    return Call("Piecewise", (Call("", (x, condition), lazy=False), Call("", (y, "true"), False)))


_FOLDED = ("piecewise.where", "piecewise.true", "piecewise.false")


def _as_it_stands(call: Call, wrap: bool) -> Call:
    return Call("UnevaluatedExpr", (call,), lazy=False) if wrap else call


def _is(x: Expr, value: Fraction) -> bool:
    return x.is_number and x.number == value


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
    "piecewise.and": _and,
    "piecewise.or": _or,
    "piecewise.where": _where,
}
