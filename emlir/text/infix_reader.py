"""Reading infix: Lark does the parsing, this turns its reductions into expressions."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Token, Transformer, v_args

from emlir.errors import UnknownNameError
from emlir.expr.core import Expr, number, symbol
from emlir.expr.numbers import read_number
from emlir.expr.table import find_operator, lookup
from emlir.text.advice import Advice
from emlir.text.grammar import GrammarReader
from emlir.text.names import ALIASES, is_plain, unquote
from emlir.text.problem import ProblemError

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


def read_item(text: str) -> Item:
    """Read a formula; raise :class:`emlir.ParseError` where it is wrong."""
    return _reader().read(text)  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _reader() -> GrammarReader:
    return GrammarReader("infix", _Builder(), ADVICE.explain)


def _missing_operator(word: str, token: str) -> str:
    known = lookup(ALIASES.get(word, word)) if word else None
    if known is not None and known.arity:
        return f"{word} needs brackets around its argument: {word}({token})"
    shown = f"{word}*{token}" if word else f")*{token}"
    return f"unexpected {token!r}: an operator is missing; for a product write {shown}"


ADVICE = Advice(
    odd={
        "&&": "write and, or for the logic of truths",
        "||": "write and, or for the logic of truths",
        "²": "write a power with ^: x^2",
        "³": "write a power with ^: x^3",
        "√": "write a root as sqrt(x)",
        "|": "write an absolute value as abs(x)",
        "!": "there is no factorial; 'not equal' is !=",
        "&": "write and",
        "$": "leave out the $ of LaTeX",
        "\\": "this looks like LaTeX: parse(text, 'latex') where that notation is installed",
        "`": "a quoted name ends with a second backquote on the same line",
        "[": "use round brackets",
        "]": "use round brackets",
        "{": "use round brackets",
        "}": "use round brackets",
    },
    juxtaposed=_missing_operator,
)


def _apply(name: str, at: Token, parts: tuple[Item, ...], start: int, end: int) -> Item:
    try:
        expr = find_operator(name)(*(part.expr for part in parts))
    except TypeError as error:
        raise ProblemError(str(error), at.start_pos or 0) from None
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
            raise ProblemError("+ takes a number", _span(sign)[0])
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
            raise ProblemError(str(error), _span(token)[0]) from None

    def quoted(self, token: Token) -> Item:
        try:
            return Item(symbol(unquote(token)), *_span(token))
        except ValueError as error:
            raise ProblemError(str(error), _span(token)[0]) from None

    def name(self, token: Token) -> Item:
        name = str(token)
        start, end = _span(token)
        if not is_plain(name):
            raise ProblemError(_odd_name(name), start + _first_odd(name))
        operator = lookup(ALIASES.get(name, name))
        if operator is None or name in ("symbol", "number"):
            return Item(symbol(name), start, end)
        if operator.arity:
            raise ProblemError(
                f"{name} is a function: write {name}(...), or `{name}` for a symbol", start
            )
        return Item(operator(), start, end)

    def call(self, token: Token, *rest: Any) -> Item:
        *parts, close = rest
        name = str(token)
        start = _span(token)[0]
        if not is_plain(name):
            raise ProblemError(_odd_name(name, "(...)"), start + _first_odd(name))
        if name == "log" and len(parts) > 1:
            raise ProblemError("a logarithm with a base is written ln(x)/ln(b)", start)
        try:
            find_operator(ALIASES.get(name, name))
        except UnknownNameError as error:
            hint = f"; for a product write {name}*(...)" if len(name) == 1 else ""
            raise ProblemError(f"{error}{hint}", start) from None
        return _apply(ALIASES.get(name, name), token, tuple(parts), start, _span(close)[1])


def _first_odd(name: str) -> int:
    return next(k for k in range(len(name)) if not is_plain(name[: k + 1]))


def _odd_name(name: str, call: str = "") -> str:
    odd = name[_first_odd(name)]
    powers = {"²": 2, "³": 3}
    if odd in powers:
        return f"write a power with ^: {name[: name.index(odd)]}{call}^{powers[odd]}"
    return f"{odd!r} cannot stand in a name; quote it: `{name}`"
