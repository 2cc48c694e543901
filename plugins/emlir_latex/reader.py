"""Reading canonical LaTeX: exactly what the writer writes, and the same object back."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from lark import Token, Transformer, v_args

from emlir.plugin_api import (
    Expr,
    GrammarReader,
    ParseError,
    ProblemError,
    error_at,
    find_operator,
    number,
    read_number,
    symbol,
)
from emlir_latex.advice import explain
from emlir_latex.names import read_name
from emlir_latex.writer import OPERATORS

_PLAIN_OPERATOR = re.compile(r"[A-Za-z0-9]+\Z")
_ALIGNED = re.compile(r"\s*\\begin\{aligned\}\s*&")
_END = re.compile(r"\\end\{aligned\}\s*\Z")
_ROW = re.compile(r"\\\\\s*(?:\\text\{where\}\s*\\quad\s*)?(\\mathrm\{w\}_\{[0-9]+\})\s*&=")
"""A row that names a part; rows of cases have no ``&=``."""

Parts = dict[str, Expr]


def read_canonical(text: str) -> Expr:
    """Read canonical LaTeX; raises :class:`emlir.ParseError` for any other."""
    opening = _ALIGNED.match(text)
    if opening is None:
        return _read_row(text, 0, len(text), {})
    end = _END.search(text)
    if end is None:
        raise error_at(r"\begin{aligned} has no \end{aligned} at the end", text, len(text))
    rows = [*_ROW.finditer(text, opening.end(), end.start())]
    starts = [opening.end(), *(row.end() for row in rows)]
    ends = [*(row.start() for row in rows), end.start()]
    parts: Parts = {}
    for row, start, stop in zip(rows, starts[1:], ends[1:], strict=True):
        if row[1] in parts:
            raise error_at(f"{row[1]} is defined twice", text, row.start(1))
        parts[row[1]] = _read_row(text, start, stop, parts)
    return _read_row(text, starts[0], ends[0], parts)


def _read_row(text: str, start: int, end: int, parts: Parts) -> Expr:
    """Read a piece of the text; errors point into the whole."""
    reader, builder = _reader()
    builder.state.parts = parts
    try:
        return reader.read(text[start:end])  # type: ignore[no-any-return]
    except ParseError as error:
        before = text[:start]
        line = before.count("\n") + error.line
        column = error.column + (start - before.rfind("\n") - 1 if error.line == 1 else 0)
        raise ParseError(error.message, line, column, text) from None


@lru_cache(maxsize=1)
def _reader() -> "tuple[GrammarReader, _Builder]":
    builder = _Builder()
    return GrammarReader("latex", builder, explain), builder


def _apply(name: str, at: Token, *args: Expr) -> Expr:
    try:
        return find_operator(name)(*args)  # type: ignore[no-any-return]
    except (TypeError, LookupError) as error:
        raise ProblemError(str(error), at.start_pos or 0) from None


@contextmanager
def _problems_at(token: Token) -> Iterator[None]:
    """Say where it stands that a name or a number cannot be read."""
    try:
        yield
    except ValueError as error:
        raise ProblemError(str(error), token.start_pos or 0) from None


def _operator_name(token: Token) -> str:
    if token in OPERATORS:
        return OPERATORS[token]
    inner = token[len(r"\operatorname{") : -1]
    return inner if _PLAIN_OPERATOR.match(inner) else read_name(inner)


@v_args(inline=True)
class _Builder(Transformer[Token, Expr]):
    """One method for each alternative of the grammar."""

    def __init__(self) -> None:
        super().__init__()
        self.state = threading.local()

    def infix(self, left: Expr, sign: Token, right: Expr) -> Expr:
        return _apply(OPERATORS[sign], sign, left, right)

    def prefix(self, sign: Token, operand: Expr) -> Expr:
        return _apply("neg" if sign == "-" else "not", sign, operand)

    def raised(self, base: Expr, sign: Token, _: Token, exponent: Expr, __: Token) -> Expr:
        return _apply("pow", sign, base, exponent)

    def frac(self, sign: Token, *pieces: Any) -> Expr:
        return _apply("div", sign, *(piece for piece in pieces if isinstance(piece, Expr)))

    def around(self, sign: Token, *pieces: Any) -> Expr:
        inner = next(piece for piece in pieces if isinstance(piece, Expr))
        return _apply(OPERATORS[re.sub(r"\s", "", sign)], sign, inner)

    def call(self, name: Token, *pieces: Any) -> Expr:
        args = [piece for piece in pieces if isinstance(piece, Expr)]
        with _problems_at(name):
            operator = _operator_name(name)
        return _apply(operator, name, *args)

    def cases(self, sign: Token, yes: Expr, _: Token, choice: Expr, *rest: Any) -> Expr:
        return _apply("where", sign, choice, yes, rest[1])

    def group(self, _: Token, inner: Expr, __: Token) -> Expr:
        return inner

    def literal(self, token: Token) -> Expr:
        with _problems_at(token):
            return number(read_number(token))

    def constant(self, token: Token) -> Expr:
        return _apply(OPERATORS[token], token)

    def part(self, token: Token) -> Expr:
        found: Expr | None = self.state.parts.get(str(token))
        if found is None:
            raise ProblemError(f"{token} is not defined above", token.start_pos or 0)
        return found

    def name(self, token: Token) -> Expr:
        with _problems_at(token):
            return symbol(read_name(token))
