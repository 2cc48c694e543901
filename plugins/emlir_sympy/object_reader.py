"""Reading sympy objects, sympy's own and those that ``to_sympy`` gives."""

from fractions import Fraction
from typing import Any

from emlir.plugin_api import Expr, InexpressibleError
from emlir_sympy.decoding import (
    HEADS,
    Decoded,
    Part,
    Symbols,
    constants,
    decode,
    decode_undefined,
    literal,
)
from emlir_sympy.floats import MAX_BITS, spelled
from emlir_sympy.objects import constant, sympy


def read_object(root: Any) -> Expr:
    """Return the expression that an object means; each object is visited once."""
    reader = _Reader()
    stack = [root]
    while stack:
        node = stack[-1]
        pending = [arg for arg in reader.arguments(node) if id(arg) not in reader.done]
        if pending:
            stack.extend(reversed(pending))
        else:
            reader.finish(stack.pop())
    result = reader.done[id(root)]
    if not isinstance(result, Part):
        raise InexpressibleError("an ExprCondPair alone is no expression")
    return result.expr


class _Reader:
    """What is known about the parts of an object, by ``id``: comparing deep ones recurses."""

    def __init__(self) -> None:
        self.done: dict[int, Decoded] = {}
        self.symbols = Symbols()
        for name, part in constants().items():
            self.done[id(constant(name))] = part

    def arguments(self, node: Any) -> tuple[Any, ...]:
        """Return what must be read before a node; refuse what emlir lacks."""
        if id(node) in self.done or isinstance(node, _LEAVES):
            return ()
        if not isinstance(node, sympy.Basic) and not _is_of_sympy(node):
            raise TypeError(f"from_sympy takes a sympy object, not {type(node).__name__}")
        if not (_is_undefined(node) or (_is_of_sympy(node) and type(node).__name__ in HEADS)):
            raise InexpressibleError(f"emlir has nothing for sympy's {type(node).__name__}")
        return node.args  # type: ignore[no-any-return]

    def finish(self, node: Any) -> None:
        """Say what a node means, its arguments being known."""
        if id(node) not in self.done:
            self.done[id(node)] = self._decode(node)

    def _decode(self, node: Any) -> Decoded:
        if isinstance(node, sympy.Rational):
            return literal(Fraction(int(node.p), int(node.q)))
        if isinstance(node, sympy.Float):
            return literal(_exact(node))
        if isinstance(node, sympy.Symbol):
            return self._symbol(node)
        args = [self.done[id(arg)] for arg in node.args]
        name = type(node).__name__
        return decode_undefined(name, args) if _is_undefined(node) else decode(name, args)

    def _symbol(self, node: Any) -> Part:
        if type(node) not in (sympy.Symbol, sympy.Dummy) or not node.is_commutative:
            raise InexpressibleError(f"emlir has nothing for {node!r}, a {_kind(node)}")
        return self.symbols.symbol(node.name, node)


_LEAVES = (sympy.Rational, sympy.Float, sympy.Symbol)


def _is_of_sympy(node: Any) -> bool:
    return type(node).__module__.partition(".")[0] == "sympy"


def _is_undefined(node: Any) -> bool:
    return isinstance(type(node), sympy.core.function.UndefinedFunction)


def _kind(node: Any) -> str:
    return type(node).__name__ if node.is_commutative else "noncommutative symbol"


def _exact(node: Any) -> Fraction:
    """Return the number that a Float stands for."""
    sign, mantissa, exponent, bits = node._mpf_
    if abs(exponent) + bits > MAX_BITS:
        raise InexpressibleError(f"the Float has an exponent of {exponent}: it is too large")
    scale = Fraction(2) ** exponent
    return spelled(Fraction(-mantissa if sign else mantissa) * scale, node._prec)
