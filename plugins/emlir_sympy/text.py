"""The notation ``sympy``: Python text that builds the object, written and read without sympy."""

from fractions import Fraction

from emlir.plugin_api import Expr, Reading, Syntax, assemble, write_integer
from emlir_sympy.algebra import interpret
from emlir_sympy.encoding import Encoder, Manner

MAX_DECIMAL = 4_000
"""Digits above which integers are written in hexadecimal: Python refuses decimals there."""

Pieces = list[str | Expr]


class Text:
    """The algebra of text, in pieces whose subterms are still to be written."""

    def number(self, value: Fraction) -> Pieces:
        if value.denominator == 1:
            return [f"Integer({_integer(value.numerator)})"]
        return [f"Rational({_integer(value.numerator)}, {_integer(value.denominator)})"]

    def constant(self, name: str) -> Pieces:
        return [name]

    def symbol(self, name: str) -> Pieces:
        return [f"Symbol({name!r})"]

    def pair(self, first: Pieces, second: Pieces) -> Pieces:
        return ["(", *first, ", ", *second, ")"]

    def call(self, head: str, args: list[Pieces], manner: Manner) -> Pieces:
        if manner == "lazy":
            args = [*args, ["evaluate=False"]]
        if manner == "bare":
            return ["Basic.__new__(", *_joined([[head], *args]), ")"]
        opening = f"Function({head!r})(" if manner == "undefined" else f"{head}("
        return [opening, *_joined(args), ")"]


def _joined(args: list[Pieces]) -> Pieces:
    return [piece for k, arg in enumerate(args) for piece in ((", ", *arg) if k else arg)]


def _integer(value: int) -> str:
    digits = write_integer(value)
    return digits if len(digits) <= MAX_DECIMAL else hex(value)


def write(expr: Expr) -> str:
    """Write Python text whose value, after ``from sympy import *``, is the object.

    Large terms are written as ``(_1 := ..., _2 := ..., ...)[-1]``, shared parts once.
    """
    encoder = Encoder(expr)
    names: dict[Expr, str] = {}
    lines: list[str] = []

    def spell(node: Expr) -> Pieces:
        return interpret(encoder.encode(node), Text(), lambda arg: [arg])

    def expand(node: Expr) -> Pieces:
        return [names[node]] if node in names else spell(node)

    for number, part in enumerate(encoder.parts, 1):
        lines.append(f"_{number} := {assemble(spell(part), expand)}")
        names[part] = f"_{number}"
    result = assemble(spell(expr), expand)
    if not lines:
        return result
    return "(" + ",\n ".join([*lines, result]) + ")[-1]"


def read(text: str) -> Reading:
    """Read what :func:`write` writes, ``sympy.srepr`` and ``str``; nothing is run.

    Facts that the text states of its symbols are the assumptions of the reading. Raises
    :class:`emlir.ParseError`.
    """
    from emlir_sympy.text_reader import read_text

    return read_text(text)


SYNTAX = Syntax("sympy", read=read, write=write, shares=True)
