"""Reading infix: Lark does the parsing, this turns its reductions into expressions."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from emlir.errors import ParseError, UnknownNameError
from emlir.expr.core import Expr, number, symbol
from emlir.expr.numbers import read_number
from emlir.expr.table import find_operator, lookup
from emlir.text.advice import explain
from emlir.text.grammar import grammar_text
from emlir.text.names import ALIASES, is_plain, unquote
from emlir.text.syntax import error_at

_BINARY = {
    "or": "or",
    "∨": "or",
    "and": "and",
    "∧": "and",
    "<": "lt",
    "<=": "le",
    "≤": "le",
    ">": "gt",
    ">=": "ge",
    "≥": "ge",
    "=": "eq",
    "==": "eq",
    "!=": "ne",
    "≠": "ne",
    "+": "add",
    "-": "sub",
    "−": "sub",
    "*": "mul",
    "·": "mul",
    "×": "mul",
    "⋅": "mul",
    "/": "div",
    "÷": "div",
    "^": "pow",
    "**": "pow",
}
_PREFIX = {"-": "neg", "−": "neg", "not": "not", "¬": "not"}


@dataclass(slots=True)
class Item:
    """An expression with the text range that it was read from."""

    expr: Expr
    start: int
    end: int
    parts: "tuple[Item, ...]" = ()


class _ProblemError(Exception):
    """Something wrong at an offset; made into a ParseError by ``read_item``."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def read_item(text: str) -> Item:
    """Read a formula; raise :class:`emlir.ParseError` where it is wrong."""
    try:
        return _lark().parse(text)  # type: ignore[return-value]
    except UnexpectedInput as error:
        raise explain(error, text) from None
    except _ProblemError as problem:
        raise error_at(problem.message, text, problem.offset) from None
    except VisitError as error:
        raise _from_visit(error, text) from None


def _from_visit(error: VisitError, text: str) -> ParseError:
    problem = error.orig_exc
    if isinstance(problem, _ProblemError):
        return error_at(problem.message, text, problem.offset)
    raise problem


@lru_cache(maxsize=1)
def _lark() -> Lark:
    return Lark(
        grammar_text("infix"), parser="lalr", transformer=_Builder(), maybe_placeholders=False
    )


def _apply(name: str, at: Token, parts: tuple[Item, ...], start: int, end: int) -> Item:
    try:
        expr = find_operator(name)(*(part.expr for part in parts))
    except TypeError as error:
        raise _ProblemError(str(error), at.start_pos or 0) from None
    return Item(expr, start, end, parts)


def _span(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


@v_args(inline=True)
class _Builder(Transformer[Token, Item]):
    """One method for each alternative of the grammar."""

    def binary(self, left: Item, sign: Token, right: Item) -> Item:
        return _apply(_BINARY[sign], sign, (left, right), left.start, right.end)

    def prefix(self, sign: Token, operand: Item) -> Item:
        return _apply(_PREFIX[sign], sign, (operand,), _span(sign)[0], operand.end)

    def positive(self, sign: Token, operand: Item) -> Item:
        if operand.expr.sort != "number":
            raise _ProblemError("+ takes a number", _span(sign)[0])
        return operand

    def group(self, opening: Token, inner: Item, close: Token) -> Item:
        return Item(inner.expr, _span(opening)[0], _span(close)[1], inner.parts)

    def chain(self, first: Item, *rest: Any) -> Item:
        """a < b < c means a < b and b < c."""
        result: Item | None = None
        left = first
        for sign, right in zip(rest[::2], rest[1::2], strict=True):
            link = _apply(_BINARY[sign], sign, (left, right), left.start, right.end)
            if result is None:
                result = link
            else:
                result = _apply("and", sign, (result, link), first.start, right.end)
            left = right
        assert result is not None
        return result

    def literal(self, token: Token) -> Item:
        try:
            return Item(number(read_number(token)), *_span(token))
        except ValueError as error:
            raise _ProblemError(str(error), _span(token)[0]) from None

    def quoted(self, token: Token) -> Item:
        try:
            return Item(symbol(unquote(token)), *_span(token))
        except ValueError as error:
            raise _ProblemError(str(error), _span(token)[0]) from None

    def name(self, token: Token) -> Item:
        name = str(token)
        start, end = _span(token)
        if not is_plain(name):
            raise _ProblemError(_odd_name(name), start + _first_odd(name))
        operator = lookup(ALIASES.get(name, name))
        if operator is None or name in ("symbol", "number"):
            return Item(symbol(name), start, end)
        if operator.arity:
            raise _ProblemError(
                f"{name} is a function: write {name}(...), or `{name}` for a symbol", start
            )
        return Item(operator(), start, end)

    def call(self, token: Token, *rest: Any) -> Item:
        *parts, close = rest
        name = str(token)
        start = _span(token)[0]
        if name == "log" and len(parts) > 1:
            raise _ProblemError("a logarithm with a base is written ln(x)/ln(b)", start)
        try:
            find_operator(ALIASES.get(name, name))
        except UnknownNameError as error:
            hint = f"; for a product write {name}*(...)" if len(name) == 1 else ""
            raise _ProblemError(f"{error}{hint}", start) from None
        return _apply(ALIASES.get(name, name), token, tuple(parts), start, _span(close)[1])


def _first_odd(name: str) -> int:
    return next(k for k in range(len(name)) if not is_plain(name[: k + 1]))


def _odd_name(name: str) -> str:
    odd = name[_first_odd(name)]
    powers = {"²": 2, "³": 3}
    if odd in powers:
        return f"write a power with ^: {name[: name.index(odd)]}^{powers[odd]}"
    return f"{odd!r} cannot stand in a name; quote it: `{name}`"
