"""Reading LaTeX that others wrote: every guess is noted, and what is not sure is refused."""

from functools import lru_cache

from emlir.plugin_api import GrammarReader, Note, Reading, error_at
from emlir_latex.lenient_advice import explain
from emlir_latex.lenient_build import Builder
from emlir_latex.lenient_functions import LOGARITHMS
from emlir_latex.lenient_lexer import Lexer


def read_lenient(text: str, *, log: str = "ln") -> Reading:
    """Read LaTeX with a note for each guess.

    ``log`` says what ``\\log`` without a base means: ``"ln"``, ``"log10"``, ``"log2"``, or
    ``"error"`` to refuse it. Raises :class:`emlir.ParseError` for text that is not LaTeX of
    a formula, or that could mean several things.
    """
    if log not in LOGARITHMS:
        raise ValueError(f"log is one of {', '.join(LOGARITHMS)}, not {log!r}")
    reader, builder = _reader()
    builder.guesses.begin(text, log)
    expr = reader.read(text).expr
    return Reading(expr, notes=_notes(text, builder.guesses.places))


@lru_cache(maxsize=1)
def _reader() -> tuple[GrammarReader, Builder]:
    builder = Builder()
    return GrammarReader("latex_lenient", builder, explain, lexer=Lexer), builder


def _notes(text: str, guesses: dict[str, int]) -> tuple[Note, ...]:
    """Return each guess once, where it was made first."""
    ordered = sorted(guesses, key=guesses.__getitem__)
    places = [error_at(message, text, guesses[message]) for message in ordered]
    return tuple(Note(place.message, place.line, place.column) for place in places)
