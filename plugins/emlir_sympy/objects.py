"""sympy objects."""

from fractions import Fraction
from typing import Any

from emlir.plugin_api import Expr, MissingDependencyError, postorder
from emlir_sympy.algebra import interpret

try:
    import sympy
except ImportError as error:
    raise MissingDependencyError("to_sympy needs sympy: pip install 'emlir[sympy]'") from error


class Objects:
    """The algebra of sympy objects."""

    def number(self, value: Fraction) -> Any:
        return sympy.Rational(value.numerator, value.denominator)

    def constant(self, name: str) -> Any:
        return getattr(sympy, name)

    def symbol(self, name: str) -> Any:
        return sympy.Symbol(name)

    def pair(self, first: Any, second: Any) -> Any:
        return first, second

    def call(self, head: str, args: list[Any], lazy: bool) -> Any:
        options = {"evaluate": False} if lazy else {}
        return getattr(sympy, head)(*args, **options)

    def undefined(self, name: str, args: list[Any]) -> Any:
        return sympy.Function(name)(*args)


def build(expr: Expr) -> Any:
    """Return the object for an expression; shared nodes are shared objects."""
    built: dict[Expr, Any] = {}
    algebra = Objects()
    for node in postorder((expr,)):
        built[node] = interpret(node, algebra, built.__getitem__)
    return built[expr]
