"""The notation ``latex``: canonical LaTeX, or with notes, what others wrote."""

from emlir.plugin_api import ParseError, Reading, Syntax
from emlir_latex.writer import write


def read(text: str, *, strict: bool = False, log: str = "ln") -> Reading:
    """Read LaTeX: canonical text exactly, any other with a note for each guess.

    With ``strict`` only canonical text is read. ``log`` says what ``\\log`` without a base
    means: ``"ln"``, ``"log10"``, ``"log2"`` or ``"error"``; canonical text writes ``\\ln``.
    Raises :class:`emlir.ParseError`.
    """
    from emlir_latex.reader import read_canonical  # Lark is imported at first use

    try:
        return Reading(read_canonical(text))
    except ParseError:
        if strict:
            raise
    from emlir_latex.lenient import read_lenient

    return read_lenient(text, log=log)


SYNTAX = Syntax("latex", read=read, write=write, shares=True)
