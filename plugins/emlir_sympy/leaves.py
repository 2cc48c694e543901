"""Numbers and symbols in text: Integer(2), Rational(1, 2), Float('0.1', ...), Symbol('x', ...)."""

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction

from emlir.plugin_api import Expr, InexpressibleError, find_operator, number, read_number
from emlir_sympy.decoding import Part, Symbols, literal
from emlir_sympy.floats import MAX_BITS, nearest, spelled

_ZERO = number(0)


def _relation(name: str) -> Callable[[Expr], Expr]:
    return lambda x: find_operator(name)(x, _ZERO)


def _is_integer(x: Expr) -> Expr:
    return find_operator("eq")(find_operator("floor")(x), x)  # type: ignore[no-any-return]


_FACTS: Mapping[str, Callable[[Expr], Expr]] = {
    "positive": _relation("gt"),
    "negative": _relation("lt"),
    "nonnegative": _relation("ge"),
    "nonpositive": _relation("le"),
    "nonzero": _relation("ne"),
    "zero": _relation("eq"),
    "integer": _is_integer,
}
_USUAL = frozenset({"real", "extended_real", "finite", "complex", "hermitian", "commutative"})
"""Assumptions that say nothing about a symbol of emlir's."""


class Leaves:
    """Reads the leaves of one text, and collects what they assume of the symbols."""

    def __init__(self) -> None:
        self.symbols = Symbols()
        self.facts: dict[Expr, None] = {}

    def name(self, name: str) -> Part:
        """Return the symbol that a bare name means."""
        return self.symbols.symbol(name, ("Symbol", frozenset()))

    def read(self, head: str, call: ast.Call) -> Part:
        """Read one of :data:`LEAVES`."""
        return LEAVES[head](self, call)

    def _integer(self, call: ast.Call) -> Part:
        return literal(_integer(_only(call, 1)[0], "Integer"))

    def _rational(self, call: ast.Call) -> Part:
        numerator, denominator = (_integer(arg, "Rational") for arg in _only(call, 2))
        if not denominator:
            raise InexpressibleError("this Rational divides by zero")
        return literal(Fraction(numerator, denominator))

    def _float(self, call: ast.Call) -> Part:
        (given,) = _arguments(call, 1)
        options = {word.arg: word.value for word in call.keywords}
        value = _decimal(given)
        if not options:
            return literal(value)
        if set(options) != {"precision"}:
            raise InexpressibleError("a Float is read as Float('0.1', precision=53)")
        precision = _integer(options["precision"], "precision")
        if not 1 <= precision <= MAX_BITS:
            raise InexpressibleError(f"a precision is from 1 to {MAX_BITS:,} bits")
        return literal(spelled(nearest(value, precision), precision))

    def _symbol(self, call: ast.Call) -> Part:
        (given,) = _arguments(call, 1)
        options = {word.arg or "**": _constant(word.value) for word in call.keywords}
        index = options.pop("dummy_index", None) if _is_dummy(call) else None
        identity = ("Dummy" if _is_dummy(call) else "Symbol", index, frozenset(options.items()))
        plain = ("Symbol", frozenset()) if identity == ("Symbol", None, frozenset()) else identity
        part = self.symbols.symbol(_text(given, "a name"), plain)
        for assumption, value in options.items():
            self._assume(part.expr, assumption, value)
        return part

    def _assume(self, symbol: Expr, assumption: str, value: object) -> None:
        if assumption in _FACTS and isinstance(value, bool):
            fact = _FACTS[assumption](symbol)
            self.facts[fact if value else find_operator("not")(fact)] = None
        elif assumption not in _USUAL or value is not True:
            raise InexpressibleError(f"emlir cannot assume {assumption}={value!r} of a symbol")


LEAVES: Mapping[str, Callable[[Leaves, ast.Call], Part]] = {
    "Integer": Leaves._integer,
    "Rational": Leaves._rational,
    "Float": Leaves._float,
    "Symbol": Leaves._symbol,
    "Dummy": Leaves._symbol,
}


def function_name(call: ast.Call) -> str:
    """Return the name in ``Function('name')``."""
    return _text(_only(call, 1)[0], "a name")


def _is_dummy(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "Dummy"


def _arguments(call: ast.Call, count: int) -> list[ast.expr]:
    if len(call.args) != count:
        name = call.func.id if isinstance(call.func, ast.Name) else "this"
        raise InexpressibleError(f"{name} is read with {count} argument(s), not {len(call.args)}")
    return call.args


def _only(call: ast.Call, count: int) -> list[ast.expr]:
    """Return the arguments of a call without keywords."""
    if call.keywords:
        raise InexpressibleError(f"the option {call.keywords[0].arg} is not read here")
    return _arguments(call, count)


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _integer(node: ast.expr, head: str) -> int:
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    value = _constant(node.operand if isinstance(node, ast.UnaryOp) and negative else node)
    if type(value) is not int:
        raise InexpressibleError(f"{head} takes integers, written as digits")
    return -value if negative else value


def _text(node: ast.expr, wanted: str) -> str:
    value = _constant(node)
    if not isinstance(value, str):
        raise InexpressibleError(f"{wanted} in quotes is expected")
    return value


def _decimal(node: ast.expr) -> Fraction:
    try:
        return read_number(_text(node, "a number"))
    except ValueError as error:
        raise InexpressibleError(str(error)) from None
