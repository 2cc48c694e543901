"""What the builder of the lenient reader makes of a part of the text, and what it guessed."""

import threading
from dataclasses import dataclass

from lark import Token

from emlir.plugin_api import Expr, ProblemError
from emlir_latex.lenient_functions import operator

NUMBERS = ("number", "decimal")


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression with what its neighbours have to know about how it was written.

    ``shape`` and ``name`` (at ``name_at``) are those of the last factor, ``first`` is the
    symbol that the piece begins with, ``#`` if that is a number. ``ends`` is the function
    whose argument has no brackets and ends here, ``doubtful`` says that it might have been
    meant to go on, ``divided`` that a division comes last.
    """

    expr: Expr
    start: int
    end: int
    shape: str = "other"
    name: str = ""
    name_at: int = 0
    first: str = ""
    factors: int = 1
    ends: str = ""
    doubtful: bool = False
    divided: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A function with its base and its exponent."""

    name: str
    token: Token
    base: Piece | None
    power: Piece | None

    @property
    def start(self) -> int:
        return at(self.token)


@dataclass(frozen=True, slots=True)
class Case:
    """A row of cases; the one that says otherwise has no condition."""

    value: Piece
    condition: Piece | None


class Guesses(threading.local):
    """What was guessed in the text that this thread reads, and its option."""

    def __init__(self) -> None:
        self.begin("", "ln")

    def begin(self, text: str, log: str) -> None:
        """Start with a text, and with what \\log means in it."""
        self.text = text
        self.log = log
        self.places: dict[str, int] = {}

    def add(self, message: str, offset: int) -> None:
        """Note a guess; equal ones count once, where they come first."""
        self.places[message] = min(offset, self.places.get(message, offset))


def at(token: Token) -> int:
    """Return where a token starts."""
    return token.start_pos or 0


def build(name: str, offset: int, *args: Expr) -> Expr:
    """Apply an operator; arguments of the wrong sort are a problem at ``offset``."""
    try:
        return operator(name, *args)
    except TypeError as error:
        raise ProblemError(str(error), offset) from None


def pieces(parts: tuple[object, ...]) -> list[Piece]:
    """Return the pieces among tokens."""
    return [part for part in parts if isinstance(part, Piece)]
