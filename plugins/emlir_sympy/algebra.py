"""The two things that can be made of an encoding, by one walk: text and objects."""

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol, TypeVar

from emlir.plugin_api import Expr
from emlir_sympy.encoding import Manner, Term

T = TypeVar("T")


class Algebra(Protocol[T]):
    """Makes something of numbers, constants and calls."""

    def number(self, value: Fraction) -> T: ...
    def constant(self, name: str) -> T: ...
    def symbol(self, name: str) -> T: ...
    def pair(self, first: T, second: T) -> T: ...
    def call(self, head: str, args: list[T], manner: Manner) -> T: ...


def interpret(term: Term, algebra: Algebra[T], argument: Callable[[Expr], T]) -> T:
    """Make something of an encoding; ``argument`` says what the holes in it are.

    Encodings are at most three calls deep, so this may recurse.
    """
    if isinstance(term, Expr):
        return argument(term)
    if isinstance(term, Fraction):
        return algebra.number(term)
    if isinstance(term, str):
        return algebra.constant(term)
    if term.head == "Symbol":
        return algebra.symbol(str(term.args[0]))
    args = [interpret(arg, algebra, argument) for arg in term.args]
    if not term.head:
        return algebra.pair(*args)
    return algebra.call(term.head, args, term.manner)
