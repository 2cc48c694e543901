"""What Python's operators mean between sympy objects, as sympy's own constructors."""

import ast
from collections.abc import Callable, Mapping

from emlir_sympy.decoding import Decoded, decode, literal

Binary = Callable[[Decoded, Decoded], Decoded]

_MINUS_ONE = literal(-1)


def negative(x: Decoded) -> Decoded:
    """Return -x."""
    return decode("Mul", [_MINUS_ONE, x])


def _call(head: str) -> Binary:
    return lambda x, y: decode(head, [x, y])


def _difference(x: Decoded, y: Decoded) -> Decoded:
    return decode("Add", [x, negative(y)])


def _quotient(x: Decoded, y: Decoded) -> Decoded:
    return decode("Mul", [x, decode("Pow", [y, _MINUS_ONE])])


def _positive(x: Decoded) -> Decoded:
    return decode("Add", [x])


UNARY: Mapping[type[ast.unaryop], Callable[[Decoded], Decoded]] = {
    ast.USub: negative,
    ast.UAdd: _positive,
    ast.Invert: lambda x: decode("Not", [x]),
}

BINARY: Mapping[type[ast.operator], tuple[str, Binary]] = {
    ast.Add: ("+", _call("Add")),
    ast.Sub: ("-", _difference),
    ast.Mult: ("*", _call("Mul")),
    ast.Div: ("/", _quotient),
    ast.Pow: ("**", _call("Pow")),
    ast.Mod: ("%", _call("Mod")),
    ast.BitAnd: ("&", _call("And")),
    ast.BitOr: ("|", _call("Or")),
}

RELATIONS: Mapping[type[ast.cmpop], tuple[str, Binary]] = {
    ast.Lt: ("<", _call("Lt")),
    ast.LtE: ("<=", _call("Le")),
    ast.Gt: (">", _call("Gt")),
    ast.GtE: (">=", _call("Ge")),
}
