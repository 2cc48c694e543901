"""Syntax: what a notation is, and the calls that use one: ``parse``, ``read`` and ``emit``."""

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, overload

from emlir.errors import GuessWarning, ParseError, TooLargeError
from emlir.expr.core import Expr
from emlir.expr.traverse import tree_size
from emlir.plugins import manager
from emlir.text.reading import Reading

MAX_TREE = 10_000_000
"""Notations without sharing refuse larger trees."""

Spans = dict[Expr, list[tuple[int, int]]]
"""Where each node stands in the text: start and end offsets, one pair an occurrence."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """A notation: a reader, a writer, or both.

    ``read(text, **options)`` gives an expression, or a :class:`Reading` if the text says
    more than that, or raises :class:`emlir.ParseError`; ``write(expr, **options)`` gives
    text or raises :class:`emlir.InexpressibleError` with the operator that cannot be
    written. ``operators`` names those that the notation has, ``None`` means all. ``shares``
    says whether shared subterms are written once. ``read_spans(text)`` also says where each
    node stood.
    """

    name: str
    read: Callable[..., Expr | Reading] | None = None
    write: Callable[..., str] | None = None
    shares: bool = False
    read_spans: Callable[[str], tuple[Expr, Spans]] | None = None
    operators: frozenset[str] | None = None

    def options(self, kind: Literal["read", "write"]) -> tuple[str, ...]:
        """Return the names of the options that the reader or the writer takes."""
        function = self.read if kind == "read" else self.write
        return () if function is None else tuple(inspect.signature(function).parameters)[1:]


def find_syntax(name: str) -> Syntax:
    """Return the notation called ``name``."""
    found: Syntax = manager().get("syntaxes", name)
    return found


@overload
def parse(
    text: str, syntax: str = "infix", *, spans: Literal[False] = False, **options: Any
) -> Expr: ...
@overload
def parse(
    text: str, syntax: str = "infix", *, spans: Literal[True], **options: Any
) -> tuple[Expr, Spans]: ...
def parse(
    text: str, syntax: str = "infix", *, spans: bool = False, **options: Any
) -> Expr | tuple[Expr, Spans]:
    """Read an expression; the options are those of the notation (:func:`read` has more).

    Raises :class:`emlir.ParseError` (a ``ValueError``) with ``line``, ``column`` and
    ``message``. With ``spans`` it returns ``(expr, spans)``, where ``spans[node]`` lists
    the start and end offsets at which ``node`` stands. If the reader had to guess what
    somebody meant, a :class:`emlir.GuessWarning` says what.

    >>> import emlir
    >>> emlir.parse("a^(3/2)") is emlir.symbols("a") ** emlir.const("3/2")
    True
    """
    if spans:
        return _reader(text, syntax, "read_spans")(text)  # type: ignore[no-any-return]
    reading = read(text, syntax, **options)
    if reading.notes:
        guesses = "; ".join(map(str, reading.notes))
        warnings.warn(f"read with guesses: {guesses}", GuessWarning, stacklevel=2)
    return reading.expr


def read(text: str, syntax: str = "infix", **options: Any) -> Reading:
    """Read an expression with all else that the text says: assumptions, title, and guesses.

    Raises :class:`emlir.ParseError` for text that cannot be read, and ``TypeError`` for an
    option that the notation does not have.

    >>> import emlir
    >>> emlir.read("x + 1").notes
    ()
    """
    reader = _reader(text, syntax, "read")
    _check(find_syntax(syntax), "read", options)
    found = reader(text, **options)
    return found if isinstance(found, Reading) else Reading(found)


def _reader(text: str, syntax: str, kind: str) -> Callable[..., Any]:
    if not isinstance(text, str):
        raise TypeError(f"parse reads text, not {type(text).__name__}")
    reader: Callable[..., Any] | None = getattr(find_syntax(syntax), kind)
    if reader is None:
        lacks = "does not report spans" if kind == "read_spans" else "can be written but not read"
        raise ValueError(f"the notation {syntax} {lacks}")
    return reader


def _check(notation: Syntax, kind: Literal["read", "write"], options: dict[str, Any]) -> None:
    """Refuse options that a reader or writer does not have, and name those that it has."""
    known = notation.options(kind)
    odd = [name for name in options if name not in known]
    if odd:
        there = f"it has {', '.join(known)}" if known else "it has none"
        verb = "reading" if kind == "read" else "writing"
        raise TypeError(f"{verb} {notation.name} has no option {odd[0]!r}; {there}")


def emit(expr: Expr, syntax: str = "infix", **options: Any) -> str:
    """Write an expression; numbers are exact in every notation.

    Raises :class:`emlir.InexpressibleError` if the notation lacks an operator,
    :class:`emlir.TooLargeError` if it has no sharing and the tree is above 10^7 nodes, and
    ``TypeError`` for an option that the notation does not have.

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
    _check(notation, "write", options)
    return notation.write(expr, **options)


def error_at(message: str, text: str, offset: int) -> ParseError:
    """Return a ParseError for an offset into ``text``."""
    line = text.count("\n", 0, offset) + 1
    return ParseError(message, line, offset - (text.rfind("\n", 0, offset) + 1) + 1, text)
