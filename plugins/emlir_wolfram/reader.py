"""Reading the input form: Lark does the parsing, this builds expressions as it goes."""

from functools import lru_cache
from typing import Any, NamedTuple

from lark import Token, Transformer, v_args

from emlir.plugin_api import (
    Expr,
    GrammarReader,
    ParseError,
    ProblemError,
    error_at,
    find_operator,
    is_plain,
    number,
    problems_in,
    read_number,
    symbol,
)
from emlir_wolfram.advice import explain
from emlir_wolfram.functions import (
    CONSTANTS,
    FUNCTIONS,
    MISSPELT,
    NOT_ELEMENTARY,
    PIECEWISE,
    compare,
)
from emlir_wolfram.layout import blank_comments, check_lines
from emlir_wolfram.names import HOLDER, read_string

_SIGNS = {
    "||": "or",
    "∨": "or",
    "&&": "and",
    "∧": "and",
    "!": "not",
    "¬": "not",
    "<": "lt",
    "<=": "le",
    "≤": "le",
    ">": "gt",
    ">=": "ge",
    "≥": "ge",
    "==": "eq",
    "!=": "ne",
    "≠": "ne",
    "+": "add",
    "-": "sub",
    "−": "sub",
    "*": "mul",
    "×": "mul",
    "/": "div",
    "÷": "div",
    "^": "pow",
}


class Item(NamedTuple):
    """An expression, and where in the text it starts."""

    expr: Expr
    start: int


class Piece(NamedTuple):
    """A value of Piecewise with its condition."""

    value: Item
    condition: Item


def read_formula(text: str) -> Expr:
    """Read a formula; raise :class:`emlir.ParseError` where it is wrong."""
    with problems_in(text):
        plain = blank_comments(text)
        check_lines(plain)
    try:
        return _reader().read(plain).expr  # type: ignore[no-any-return]
    except ParseError as error:
        lines = plain.split("\n")[: error.line - 1]
        offset = sum(len(line) + 1 for line in lines) + error.column - 1
        raise error_at(error.message, text, offset) from None


@lru_cache(maxsize=1)
def _reader() -> GrammarReader:
    return GrammarReader("wolfram", _Builder(), explain)


def _start(token: Token) -> int:
    return token.start_pos or 0


def _apply(name: str, offset: int, *parts: Item) -> Expr:
    try:
        return find_operator(name)(*(part.expr for part in parts))  # type: ignore[no-any-return]
    except TypeError as error:
        raise ProblemError(str(error), offset) from None


def _named(name: str, start: int) -> Item:
    if name in CONSTANTS:
        return Item(CONSTANTS[name], start)
    if name in NOT_ELEMENTARY:
        raise ProblemError(f"{name} is no elementary constant", start)
    if name in FUNCTIONS or name == PIECEWISE:
        raise ProblemError(f'{name} is a function: write {name}[...], or v["{name}"]', start)
    letters = enumerate(name)  # a word may begin with each, or it is no digit that comes first
    odd = next((k for k, letter in letters if not is_plain(f"x{letter}")), None)
    if odd is not None:
        raise ProblemError(_odd_letter(name[odd]), start + odd)
    if "π" in name:
        raise ProblemError("write a space or * on both sides of π", start + name.index("π"))
    return Item(symbol(name), start)


def _odd_letter(letter: str) -> str:
    powers = {"²": 2, "³": 3}
    if letter in powers:
        return f"unexpected {letter!r}: write a power with ^{powers[letter]}"
    return f'{letter!r} cannot stand in a plain name: write v["..."]'


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """One method for each alternative of the grammar."""

    def binary(self, left: Item, sign: Token, right: Item) -> Item:
        return Item(_apply(_SIGNS[sign], _start(sign), left, right), left.start)

    def prefix(self, sign: Token, operand: Item) -> Item:
        name = "neg" if _SIGNS[sign] == "sub" else "not"
        return Item(_apply(name, _start(sign), operand), _start(sign))

    def positive(self, sign: Token, operand: Item) -> Item:
        if operand.expr.sort != "number":
            raise ProblemError("+ takes a number", _start(sign))
        return operand

    def juxtaposed(self, left: Item, right: Item) -> Item:
        return Item(_apply("mul", right.start, left, right), left.start)

    def chain(self, first: Item, *rest: Token | Item) -> Item:
        signs = [sign for sign in rest if isinstance(sign, Token)]
        items = [first, *(item for item in rest if isinstance(item, Item))]
        for item in items:
            if item.expr.sort != "number":
                raise ProblemError("a comparison takes numbers", item.start)
        try:
            expr = compare([_SIGNS[sign] for sign in signs], [item.expr for item in items])
        except ValueError as error:
            raise ProblemError(str(error), _start(signs[0])) from None
        return Item(expr, first.start)

    def group(self, opening: Token, inner: Item) -> Item:
        return Item(inner.expr, _start(opening))

    def literal(self, token: Token) -> Item:
        digits, e, power = token.lower().partition("e")
        if e:
            advice = f"a power of ten is {digits}*^{power}, a product with e is {digits}*e"
            raise ProblemError(advice, _start(token))
        try:
            return Item(number(read_number(token.replace("*^", "e"))), _start(token))
        except ValueError as error:
            raise ProblemError(str(error), _start(token)) from None

    def name(self, token: Token) -> Item:
        return _named(str(token), _start(token))

    def operand(self, token: Token) -> Item:
        """Read a name before another operand: a product, unless a function was meant."""
        meant = MISSPELT.get(token.lower())
        if meant is not None:
            raise ProblemError(f"{token} is written {meant}", _start(token))
        return self.name(token)

    def character(self, token: Token) -> Item:
        if str(token) not in CONSTANTS:
            raise ProblemError(f"{token} is not known here: write the character", _start(token))
        return Item(CONSTANTS[str(token)], _start(token))

    def indexed(self, name: Token, string: Token) -> Item:
        if name != HOLDER:
            raise ProblemError('a string stands only in v["..."]', _start(string))
        try:
            return Item(symbol(read_string(string)), _start(name))
        except ValueError as error:
            raise ProblemError(str(error), _start(string)) from None

    def call(self, name: Token, *args: Item) -> Item:
        function = FUNCTIONS.get(str(name))
        if function is None:
            raise ProblemError(_unknown(str(name)), _start(name))
        complaint = function.complaint(len(args))
        if complaint is not None:
            raise ProblemError(f"{name} {complaint}", _start(name))
        try:
            return Item(function.build(*(arg.expr for arg in args)), _start(name))
        except (TypeError, ValueError) as error:
            raise ProblemError(f"{name} cannot be built: {error}", _start(name)) from None

    def piece(self, value: Item, condition: Item) -> Piece:
        return Piece(value, condition)

    def piecewise(self, name: Token, *parts: Item | Piece) -> Item:
        """Read Piecewise; the last value is 0 if it is not there, as Wolfram has it."""
        last = parts[-1]
        result = last if isinstance(last, Item) else Item(number(0), _start(name))
        for part in reversed(parts):
            if isinstance(part, Piece):
                expr = _apply("where", part.value.start, part.condition, part.value, result)
                result = Item(expr, _start(name))
        return result


def _unknown(name: str) -> str:
    meant = MISSPELT.get(name.lower())
    if meant is not None:
        return f"{name} is written {meant}"
    if name == HOLDER:
        return 'an index is text: v["x_1"]'
    return f"no function is called {name}; a product is written {name}*(...)"
