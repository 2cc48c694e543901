"""Syntax: what a notation is, and the two calls that use one, ``parse`` and ``emit``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, overload

from emlir.errors import InexpressibleError, ParseError, TooLargeError
from emlir.expr.core import Expr
from emlir.expr.traverse import tree_size
from emlir.plugins import manager

MAX_TREE = 10_000_000
"""Notations without sharing refuse larger trees."""

Spans = dict[Expr, list[tuple[int, int]]]
"""Where each node stands in the text: start and end offsets, one pair an occurrence."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """A notation: a reader, a writer, or both.

    ``read(text)`` gives an expression or raises :class:`emlir.ParseError`;
    ``write(expr, **options)`` gives text or raises :class:`emlir.InexpressibleError` with
    the operator that cannot be written. ``shares`` says whether shared subterms are written
    once. ``read_spans(text)`` also says where each node stood.
    """

    name: str
    read: Callable[[str], Expr] | None = None
    write: Callable[..., str] | None = None
    shares: bool = False
    read_spans: Callable[[str], tuple[Expr, Spans]] | None = None


def find_syntax(name: str) -> Syntax:
    """Return the notation called ``name``."""
    found: Syntax = manager().get("syntaxes", name)
    return found


@overload
def parse(text: str, syntax: str = "infix", *, spans: Literal[False] = False) -> Expr: ...
@overload
def parse(text: str, syntax: str = "infix", *, spans: Literal[True]) -> tuple[Expr, Spans]: ...
def parse(text: str, syntax: str = "infix", *, spans: bool = False) -> Expr | tuple[Expr, Spans]:
    """Read an expression.

    Raises :class:`emlir.ParseError` (a ``ValueError``) with ``line``, ``column`` and
    ``message``. With ``spans`` it returns ``(expr, spans)``, where ``spans[node]`` lists
    the start and end offsets at which ``node`` stands.

    >>> import emlir
    >>> emlir.parse("a^(3/2)") is emlir.symbols("a") ** emlir.const("3/2")
    True
    """
    if not isinstance(text, str):
        raise TypeError(f"parse reads text, not {type(text).__name__}")
    notation = find_syntax(syntax)
    if spans:
        if notation.read_spans is None:
            raise ValueError(f"the notation {syntax} does not report spans")
        return notation.read_spans(text)
    if notation.read is None:
        raise ValueError(f"the notation {syntax} can be written but not read")
    return notation.read(text)


def emit(expr: Expr, syntax: str = "infix", **options: Any) -> str:
    """Write an expression; numbers are exact in every notation.

    Raises :class:`emlir.InexpressibleError` if the notation lacks an operator, and
    :class:`emlir.TooLargeError` if it has no sharing and the tree is above 10^7 nodes.

    >>> import emlir
    >>> emlir.emit(emlir.parse("eml(1, x)"), "rpn")
    '1 x E'
    """
    notation = find_syntax(syntax)
    if notation.write is None:
        raise ValueError(f"the notation {syntax} can be read but not written")
    if not notation.shares and tree_size(expr, limit=MAX_TREE) > MAX_TREE:
        raise TooLargeError(
            f"the tree has more than {MAX_TREE:,} nodes and {syntax} writes every one; "
            "use eml or json, which write shared parts once"
        )
    return notation.write(expr, **options)


def error_at(message: str, text: str, offset: int) -> ParseError:
    """Return a ParseError for an offset into ``text``."""
    line = text.count("\n", 0, offset) + 1
    return ParseError(message, line, offset - (text.rfind("\n", 0, offset) + 1) + 1, text)


__all__ = ["InexpressibleError", "Spans", "Syntax", "emit", "error_at", "find_syntax", "parse"]
