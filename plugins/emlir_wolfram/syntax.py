"""The notation ``wolfram``: the input form of the Wolfram Language and of the EML compiler."""

from emlir.plugin_api import Expr, Syntax
from emlir_wolfram.writer import OPERATORS, write


def read(text: str) -> Expr:
    """Read a formula in input form; numbers are exact, ``0.1`` is 1/10.

    Raises :class:`emlir.ParseError`.
    """
    from emlir_wolfram.reader import read_formula  # Lark is imported at first use

    return read_formula(text)


SYNTAX = Syntax("wolfram", read=read, write=write, operators=OPERATORS)
