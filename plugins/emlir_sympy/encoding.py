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

from emlir.plugin_api import Expr, InexpressibleError, named_parts, postorder

MINUS_ONE, HALF = Fraction(-1), Fraction(1, 2)

NESTING = 40
"""Python's parser gives up at 200 open brackets, and a node can take four."""
SHARE_ABOVE = 300
"""Trees with more nodes are written with their shared parts once."""

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


class Encoder:
    """Says what each node of an expression is in sympy.

    ``parts`` are the nodes that text writes on lines of their own. A chain such as
    min(min(x, y), z) is one Min of three operands, but a part stays whole, so that shared
    operands are never repeated.
    """

    def __init__(self, expr: Expr) -> None:
        self.parts = named_parts((expr,), nesting=NESTING, share_above=SHARE_ABOVE)
        self._whole = frozenset(self.parts)
        self._choices = _with_choices(expr)

    def encode(self, node: Expr) -> Term:
        """Return what a node is; its subterms are holes in that."""
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
            return self._chain(node, CHAINS[kind])
        if kind == "piecewise.where":
            return self._where(node)
        if kind in _SPECIAL:
            return _SPECIAL[kind](*node.args)
        if node.sort == "truth":
            raise InexpressibleError(f"sympy has nothing for the truth operator {node.op.name}")
        return Call(node.op.name, node.args, "undefined")

    def _chain(self, node: Expr, head: str) -> Term:
        first, last = node.args
        operands = [last]
        while first.op is node.op and first not in self._whole:
            first, last = first.args
            operands.append(last)
        return Call(head, (first, *reversed(operands)), "bare")

    def _where(self, node: Expr) -> Term:
        """Write a choice, and those in its last branch, as the branches of one Piecewise."""
        if self._is_folded(node.args[0]):
            return Call("where", node.args, "undefined")
        condition, value, rest = node.args
        branches = [_branch(value, condition)]
        while rest.op is node.op and rest not in self._whole and not self._is_folded(rest.args[0]):
            condition, value, rest = rest.args
            branches.append(_branch(value, condition))
        return Call("Piecewise", (*branches, _branch(rest, CONSTANTS["piecewise.true"])))

    def _is_folded(self, condition: Expr) -> bool:
        """Whether Piecewise rewrites a condition: a literal, or one with a Piecewise in it."""
        return not condition.args or condition in self._choices


def _with_choices(expr: Expr) -> set[Expr]:
    """Return the nodes with a choice in them."""
    found: set[Expr] = set()
    for node in postorder((expr,)):
        if node.op.qualified_name == "piecewise.where" or not found.isdisjoint(node.args):
            found.add(node)
    return found


def _branch(value: Expr, condition: Term) -> Call:
    return Call("", (value, condition), "plain")


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
}
