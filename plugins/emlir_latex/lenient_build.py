"""From the reductions of the lenient grammar to expressions, with a note for each guess."""

from dataclasses import replace
from functools import reduce
from typing import Any

from lark import Token, Transformer, v_args

from emlir.plugin_api import Expr, ProblemError, find_operator, number, read_number, symbol
from emlir_latex.lenient_calls import call
from emlir_latex.lenient_functions import root
from emlir_latex.lenient_piece import NUMBERS, Case, Guesses, Head, Piece, at, build, pieces
from emlir_latex.lenient_products import (
    DIFFERENCES,
    check_run,
    is_usual_argument,
    product,
    side_by_side,
)

_LONE = ("name", "constant", *NUMBERS)


def _end(token: Token) -> int:
    return token.end_pos or 0


def _is_odd(degree: Expr) -> bool:
    return degree.is_number and degree.number.denominator == 1 and degree.number % 2 == 1


@v_args(inline=True)
class Builder(Transformer[Token, Any]):
    """One method for each alternative of the grammar; ``guesses`` are those of the thread."""

    def __init__(self) -> None:
        super().__init__()
        self.guesses = Guesses()

    def literal(self, token: Token) -> Piece:
        try:
            value = number(read_number(token))
        except ValueError as error:
            raise ProblemError(str(error), at(token)) from None
        shape = "decimal" if "." in token else "number"
        return Piece(value, at(token), _end(token), shape, first="#")

    def name(self, token: Token) -> Piece:
        name = str(token)
        return Piece(symbol(name), at(token), _end(token), "name", name, at(token), name)

    def text(self, token: Token) -> Piece:
        self.guesses.add(f"the text {token} is read as a symbol", at(token))
        return Piece(symbol(str(token)), at(token), _end(token), "text")

    def constant(self, token: Token) -> Piece:
        return Piece(find_operator(str(token))(), at(token), _end(token), "constant")

    def letter(self, token: Token) -> Piece:
        meaning = "Euler's number" if token == "e" else "the imaginary unit"
        message = f"{token} is read as {meaning}; a symbol is \\mathit{{{token}}}"
        self.guesses.add(message, at(token))
        return Piece(find_operator(str(token))(), at(token), _end(token), "constant")

    def infix(self, left: Piece, sign: Token, right: Piece) -> Piece:
        return Piece(build(sign, at(sign), left.expr, right.expr), left.start, right.end)

    def prefix(self, sign: Token, operand: Piece) -> Piece:
        name = "not" if sign.type == "LNOT" else "neg"
        expr = build(name, at(sign), operand.expr)
        return Piece(expr, at(sign), operand.end, f"-{operand.shape}", ends=operand.ends)

    def positive(self, sign: Token, operand: Piece) -> Piece:
        if operand.expr.sort != "number":
            raise ProblemError("+ takes a number", at(sign))
        return replace(operand, start=at(sign), shape="other")

    def chain(self, first: Piece, *rest: Any) -> Piece:
        """a < b < c means a < b and b < c."""
        links: list[Expr] = []
        left = first
        for sign, right in zip(rest[::2], rest[1::2], strict=True):
            links.append(build(sign, at(sign), left.expr, right.expr))
            left = right
        expr = reduce(lambda one, other: build("and", first.start, one, other), links)
        return Piece(expr, first.start, left.end)

    def times(self, left: Piece, sign: Token, right: Piece) -> Piece:
        self._argument_ends(left, sign)
        return product("mul", at(sign), left, right)

    def over(self, left: Piece, sign: Token, right: Piece) -> Piece:
        self._argument_ends(left, sign)
        return product("div", at(sign), left, right)

    def _argument_ends(self, left: Piece, sign: Token) -> None:
        if left.ends:
            self.guesses.add(f"the argument of \\{left.ends} is read as ending here", at(sign))

    def juxtaposed(self, left: Piece, right: Piece) -> Piece:
        return side_by_side(left, right, self.guesses)

    def power(self, base: Piece, sign: Token, _: Token, exponent: Piece, close: Token) -> Piece:
        if exponent.shape == "lone group" and base.shape == "name":
            raise ProblemError("an exponent in brackets could mean a derivative", exponent.start)
        shapes = {"name": "power", "constant": "power", "number": "power", "decimal": "power"}
        shape = shapes.get(base.shape, "raised structure")
        if base.shape == "constant" and base.expr is find_operator("e")():
            expr = build("exp", at(sign), exponent.expr)
        else:
            expr = build("pow", at(sign), base.expr, exponent.expr)
        return replace(base, expr=expr, end=_end(close), shape=shape)

    def group(self, opening: Token, inner: Piece, close: Token) -> Piece:
        lone = inner.shape in _LONE and inner.factors == 1
        shape = "lone group" if lone else "group"
        if lone and opening != "()":
            self.guesses.add("these brackets are read as plain ones", at(opening))
        return Piece(inner.expr, at(opening), _end(close), shape)

    def braces(self, opening: Token, inner: Piece, close: Token) -> Piece:
        return Piece(inner.expr, at(opening), _end(close), "braces")

    def frac(self, sign: Token, *parts: Any) -> Piece:
        above, below = pieces(parts)
        if above.first == below.first and above.first in DIFFERENCES and below.factors > 1:
            raise ProblemError("derivatives are not read", at(sign))
        expr = build("div", at(sign), above.expr, below.expr)
        literal = above.shape == below.shape == "number"
        first = "#" if literal and above.factors == below.factors == 1 else ""
        return Piece(expr, at(sign), _end(parts[-1]), "structure", first=first)

    def root(self, sign: Token, opening: Token, inner: Piece, close: Token) -> Piece:
        return Piece(build("sqrt", at(sign), inner.expr), at(sign), _end(close), "structure")

    def nth_root(self, sign: Token, *parts: Any) -> Piece:
        degree, inner = pieces(parts)
        try:
            expr = root(inner.expr, degree.expr)
        except TypeError as error:
            raise ProblemError(str(error), degree.start) from None
        if _is_odd(degree.expr):
            self.guesses.add("a root is read as the principal power, not the real one", at(sign))
        return Piece(expr, at(sign), _end(parts[-1]), "structure")

    def fence(self, opening: Token, inner: Piece, close: Token) -> Piece:
        if opening == "ceil":
            negative = build("neg", at(opening), inner.expr)
            expr = build("neg", at(opening), build("floor", at(opening), negative))
        else:
            expr = build(opening, at(opening), inner.expr)
        return Piece(expr, at(opening), _end(close), "structure")

    def head(self, token: Token, *rest: Any) -> Head:
        """A function with what stands below and above it."""
        found: dict[str, Piece] = {}
        kind = ""
        for part in rest:
            if isinstance(part, Piece):
                found[kind] = part
            elif part.type in ("SUB", "CARET"):
                kind = part.type
        return Head(str(token), token, found.get("SUB"), found.get("CARET"))

    def call(self, head: Head, *parts: Any) -> Piece:
        args = [piece.expr for piece in pieces(parts)]
        shape = "powered call" if head.power else "call"
        return Piece(call(head, args, self.guesses), head.start, _end(parts[-1]), shape, head.name)

    def call_power(self, value: Piece, sign: Token, _: Token, power: Piece, end: Token) -> Piece:
        return self._value_power(value, value.name, value.shape == "powered call", sign, power)

    def braced(self, head: Head, _: Token, inner: Piece, close: Token) -> Piece:
        expr = call(head, [inner.expr], self.guesses)
        return Piece(expr, head.start, _end(close), "call", ends=head.name, doubtful=True)

    def braced_power(
        self, head: Head, _: Token, inner: Piece, close: Token, sign: Token, *parts: Any
    ) -> Piece:
        expr = call(head, [inner.expr], self.guesses)
        value = Piece(expr, head.start, _end(close))
        return self._value_power(value, head.name, head.power is not None, sign, pieces(parts)[0])

    def _value_power(
        self, value: Piece, name: str, powered: bool, sign: Token, power: Piece
    ) -> Piece:
        if powered:
            raise ProblemError("the function has an exponent already: use brackets", at(sign))
        if name not in ("min", "max"):
            self.guesses.add(
                f"an exponent after the argument of \\{name} is read as a power of the value",
                at(sign),
            )
        expr = build("pow", at(sign), value.expr, power.expr)
        return Piece(expr, value.start, power.end, "call")

    def run(self, *factors: Piece) -> Piece:
        check_run(list(factors))
        return reduce(lambda left, right: side_by_side(left, right, self.guesses), factors)

    def applied(self, head: Head, run: Piece) -> Piece:
        usual = is_usual_argument(run) and not (run.factors > 1 and head.name in ("ln", "log"))
        if not usual:
            self.guesses.add(
                f"the argument of \\{head.name} is read as all the factors that follow", head.start
            )
        if run.shape == "raised structure":
            self.guesses.add(
                f"the exponent is read as a part of the argument of \\{head.name}", run.start
            )
        expr = call(head, [run.expr], self.guesses)
        doubtful = run.shape in NUMBERS
        return Piece(expr, head.start, run.end, "call", ends=head.name, doubtful=doubtful)

    def nested(self, head: Head, inner: Piece) -> Piece:
        expr = call(head, [inner.expr], self.guesses)
        return Piece(expr, head.start, inner.end, "call", ends=inner.ends or head.name)

    def case(self, value: Piece, *rest: Any) -> Case:
        return Case(value, pieces(rest)[0])

    def default(self, value: Piece, *_: Token) -> Case:
        return Case(value, None)

    def rows(self, *parts: Any) -> list[Case]:
        return [part for part in parts if isinstance(part, Case)]

    def cases(self, opening: Token, rows: list[Case], end: Token) -> Piece:
        *before, last = rows
        early = next((row for row in before if row.condition is None), None)
        if early is not None:
            raise ProblemError("nothing may follow the case of otherwise", early.value.start)
        expr = last.value.expr
        if last.condition is not None:
            self.guesses.add("where no case holds, the value is undefined, as 0/0 is", at(opening))
            before, expr = rows, build("div", at(opening), number(0), number(0))
        for row in reversed(before):
            assert row.condition is not None
            expr = build("where", at(opening), row.condition.expr, row.value.expr, expr)
        return Piece(expr, at(opening), _end(end), "structure")
