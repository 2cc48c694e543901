"""The notation ``infix``: ordinary mathematics, read by ``grammars/infix.lark``."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from emlir.expr.core import Expr, set_printer
from emlir.expr.numbers import write_number
from emlir.text.names import write_name
from emlir.text.syntax import Spans, Syntax

if TYPE_CHECKING:
    from emlir.text.infix_reader import Item

OR, AND, NOT, RELATION, SUM, PRODUCT, UNARY, POWER, ATOM = range(1, 10)

_LEFT = {
    "piecewise.or": (" or ", OR),
    "piecewise.and": (" and ", AND),
    "piecewise.lt": (" < ", RELATION),
    "piecewise.le": (" <= ", RELATION),
    "piecewise.gt": (" > ", RELATION),
    "piecewise.ge": (" >= ", RELATION),
    "piecewise.eq": (" = ", RELATION),
    "piecewise.ne": (" != ", RELATION),
    "arithmetic.add": (" + ", SUM),
    "arithmetic.sub": (" - ", SUM),
    "arithmetic.mul": ("*", PRODUCT),
    "arithmetic.div": ("/", PRODUCT),
}

Piece = str | tuple[Expr, int]


def write(expr: Expr) -> str:
    """Write ordinary mathematics with as few brackets as reading it back needs."""
    out: list[str] = []
    stack: list[Piece] = [(expr, OR)]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            out.append(piece)
            continue
        node, least = piece
        level, pieces = _spell(node)
        bracketed = ["(", *pieces, ")"] if level < least else pieces
        stack.extend(reversed(bracketed))
    return "".join(out)


def _spell(node: Expr) -> tuple[int, list[Piece]]:
    if node.is_symbol:
        return ATOM, [write_name(node.name)]
    if node.is_number:
        return _spell_number(node)
    kind = node.op.qualified_name
    if kind in _LEFT:
        sign, level = _LEFT[kind]
        left, right = node.args
        tight = level + 1 if level < SUM else POWER if _starts_with_minus(right) else level + 1
        lowest = SUM if level == RELATION else level
        return level, [(left, lowest), sign, (right, tight)]
    if kind == "arithmetic.neg":
        return UNARY, ["-", (node.args[0], UNARY)]
    if kind == "arithmetic.pow":
        return POWER, [(node.args[0], ATOM), "^", (node.args[1], UNARY)]
    if kind == "piecewise.not":
        return NOT, ["not ", (node.args[0], NOT)]
    return ATOM, _spell_call(node)


def _spell_number(node: Expr) -> tuple[int, list[Piece]]:
    text = write_number(node.number)
    level = PRODUCT if "/" in text else UNARY if text[0] == "-" else ATOM
    return level, [text]


def _starts_with_minus(node: Expr) -> bool:
    return node.op.qualified_name == "arithmetic.neg" or (node.is_number and node.number < 0)


def _spell_call(node: Expr) -> list[Piece]:
    if not node.args:
        return [node.op.name]
    pieces: list[Piece] = [f"{node.op.name}("]
    for arg in node.args:
        pieces += [(arg, OR), ", "]
    pieces[-1] = ")"
    return pieces


@lru_cache(maxsize=1)
def _reader() -> "Callable[[str], Item]":
    from emlir.text.infix_reader import read_item

    return read_item


def read(text: str) -> Expr:
    """Read ordinary mathematics."""
    return _reader()(text).expr


def read_spans(text: str) -> tuple[Expr, Spans]:
    """Read ordinary mathematics and report where every node stood."""
    spans: Spans = {}
    root = _reader()(text)
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        spans.setdefault(item.expr, []).append((item.start, item.end))
        stack.extend(reversed(item.parts))
    return root.expr, spans


SYNTAX = Syntax("infix", read=read, write=write, read_spans=read_spans)
set_printer(write)
