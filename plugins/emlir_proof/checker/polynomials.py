"""Polynomials with exact coefficients over atoms, the normal form of everything that is checked.

An atom is a variable, pi, or a function of a polynomial: ``exp``, ``ln``, ``sqrt``, ``recip``,
``sin``, ``cos``, ``abs``, ``floor``. A monomial is a sorted tuple of (atom, power); a polynomial
maps monomials to coefficients that are not 0. Atoms are numbered in the order in which they are
made, arguments first, so nothing here recurses.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

Monomial = tuple[tuple[int, int], ...]
ONE: Monomial = ()

MOST_TERMS = 5_000


class TooLargeError(ValueError):
    """A polynomial has too many terms to go on with."""


class Poly:
    """An immutable polynomial; ``key`` tells equal ones."""

    __slots__ = ("_hash", "_key", "terms")

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {monomial: c for monomial, c in terms.items() if c}
        if len(self.terms) > MOST_TERMS:
            raise TooLargeError(f"a polynomial of more than {MOST_TERMS:,} terms")
        self._key: tuple[tuple[Monomial, Fraction], ...] | None = None
        self._hash: int | None = None

    @property
    def key(self) -> tuple[tuple[Monomial, Fraction], ...]:
        """The terms in order."""
        if self._key is None:
            self._key = tuple(sorted(self.terms.items()))
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(self.key)
        return self._hash

    def __add__(self, other: "Poly") -> "Poly":
        total = dict(self.terms)
        for monomial, c in other.terms.items():
            total[monomial] = total.get(monomial, Fraction(0)) + c
        return Poly(total)

    def __sub__(self, other: "Poly") -> "Poly":
        return self + other.scaled(Fraction(-1))

    def __neg__(self) -> "Poly":
        return self.scaled(Fraction(-1))

    def scaled(self, factor: Fraction) -> "Poly":
        """Return this times a number."""
        if factor == 1:
            return self
        if factor == -1:
            return Poly({monomial: -c for monomial, c in self.terms.items()})
        return Poly({monomial: c * factor for monomial, c in self.terms.items()})

    @property
    def constant(self) -> Fraction:
        """The coefficient of 1."""
        return self.terms.get(ONE, Fraction(0))

    @property
    def is_number(self) -> bool:
        """Whether this is a number."""
        return not self.terms or (len(self.terms) == 1 and ONE in self.terms)

    @property
    def leading(self) -> Fraction:
        """The coefficient of the last monomial in the order of keys; 0 has none."""
        return self.key[-1][1]

    def atoms(self) -> set[int]:
        """Return the atoms that occur, not those in their arguments."""
        return {atom for monomial in self.terms for atom, _ in monomial}


def number(value: Fraction | int) -> Poly:
    """Return a number as a polynomial."""
    return Poly({ONE: Fraction(value)})


def total(parts: Iterable[Poly]) -> Poly:
    """Return the sum."""
    terms: dict[Monomial, Fraction] = {}
    for part in parts:
        for monomial, c in part.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + c
    return Poly(terms)


ZERO = number(0)
UNIT = number(1)
