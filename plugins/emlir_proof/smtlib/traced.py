"""Atoms that remember what was asked of them: each product, and each function."""

from collections.abc import Callable
from typing import Any, NamedTuple

from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.polynomials import Poly
from emlir_proof.checker.rules import cleared
from emlir_proof.smtlib.names import MOST_POWER


class Call(NamedTuple):
    """An operation with its arguments and result; ``clear`` is a product where 1/p p = 1."""

    name: str
    args: tuple[Poly, ...]
    result: Poly


class Traced(Atoms):
    """Notes the calls from outside, not those that the normal form makes itself."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self._is_inside = False

    def note(self, call: Call) -> None:
        """Take in a call."""
        self.calls.append(call)

    def quiet(self, name: str, p: Poly, q: Poly) -> Poly:
        """Return a product, or one that is cleared, without a note of it."""
        before, self._is_inside = self._is_inside, True
        try:
            made = cleared(self, p, q) if name == "clear" else None
            return super().times(p, q) if made is None else made
        finally:
            self._is_inside = before

    def _outermost(self, name: str, made: Callable[[], Poly], *args: Poly) -> Poly:
        if self._is_inside:
            return made()
        self._is_inside = True
        try:
            result = made()
        finally:
            self._is_inside = False
        self.note(Call(name, args, result))
        return result

    def times(self, p: Poly, q: Poly) -> Poly:
        """Note a product."""
        return self._outermost("times", lambda: super(Traced, self).times(p, q), p, q)

    def power(self, p: Poly, exponent: int) -> Poly:
        """Note a power of a term; those of sums are products."""
        if len(p.terms) != 1 or not 0 < exponent <= MOST_POWER:
            return super().power(p, exponent)
        args = (p,) * exponent
        return self._outermost("times", lambda: super(Traced, self).power(p, exponent), *args)


def _noted(name: str) -> Any:
    plain: Callable[[Atoms, Poly], Poly] = getattr(Atoms, name)

    def method(self: Traced, p: Poly) -> Poly:
        return self._outermost(name, lambda: plain(self, p), p)

    method.__doc__ = f"Note what {name} is asked."
    return method


for _name in ("exp", "ln", "sqrt", "recip", "sin", "cos", "atan", "asin", "abs", "floor"):
    setattr(Traced, _name, _noted(_name))
