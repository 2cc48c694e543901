"""sympy objects."""

from fractions import Fraction
from typing import Any

from emlir.plugin_api import Expr, MissingDependencyError, postorder
from emlir_sympy.algebra import interpret
from emlir_sympy.encoding import MINUS_INFINITY, Encoder, Manner

try:
    import sympy as sympy  # object_reader.py takes it from here
except ImportError as error:
    raise MissingDependencyError("sympy objects need sympy: pip install 'emlir[sympy]'") from error


def constant(name: str) -> Any:
    """Return the constant of that name in text."""
    return sympy.S.NegativeInfinity if name == MINUS_INFINITY else getattr(sympy, name)


class Objects:
    """The algebra of sympy objects."""

    def number(self, value: Fraction) -> Any:
        return sympy.Rational(value.numerator, value.denominator)

    def constant(self, name: str) -> Any:
        return constant(name)

    def symbol(self, name: str) -> Any:
        return sympy.Symbol(name)

    def pair(self, first: Any, second: Any) -> Any:
        return first, second

    def call(self, head: str, args: list[Any], manner: Manner) -> Any:
        if manner == "undefined":
            return sympy.Function(head)(*args)
        if manner == "bare":
            return _bare(getattr(sympy, head), args)
        return getattr(sympy, head)(*args, **({"evaluate": False} if manner == "lazy" else {}))


def _bare(kind: Any, args: list[Any]) -> Any:
    """Make an object with its arguments as they are, as sympy does once it has sorted them."""
    made = sympy.Basic.__new__(kind, *args)
    made._argset = frozenset(args)
    return made


def build(expr: Expr) -> Any:
    """Return the object for an expression; shared nodes are shared objects."""
    built: dict[Expr, Any] = {}
    algebra, encoder = Objects(), Encoder(expr)
    for node in postorder((expr,)):
        built[node] = interpret(encoder.encode(node), algebra, built.__getitem__)
        hash(built[node])  # sympy keeps the hash; of a deep object it could not compute one
    return built[expr]
