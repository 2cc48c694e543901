"""What reading a text gives beyond the expression: what it assumes, and what was guessed."""

from dataclasses import dataclass

from emlir.expr.core import Expr


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader had to guess, and where (line and column from 1)."""

    message: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression with what else its text said.

    ``assumptions`` are truth expressions, such as the ``:pre`` of an FPCore or the box that
    an SMT-LIB script asserts beside its claim; ``Assumptions.of(reading.assumptions)`` makes
    boxes of them. ``notes`` are the guesses of a lenient reader, none if the notation left
    no choice. ``title`` is the name that the text gives to the formula.
    """

    expr: Expr
    assumptions: tuple[Expr, ...] = ()
    notes: tuple[Note, ...] = ()
    title: str = ""
