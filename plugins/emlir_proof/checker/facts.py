"""Facts: inequalities between polynomials that hold on a part of the box, in the order shown.

A fact says that a polynomial is at least 0, above 0, or 0 at every point of the part. It may
use an atom only after the facts before it show that the atom is defined there.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal, NamedTuple

from .atoms import Atoms
from .polynomials import ONE, UNIT, Poly, number

Relation = Literal[">=", ">", "="]


class CertificateError(ValueError):
    """The certificate does not show what it claims; the message says where."""


class Fact(NamedTuple):
    """A polynomial and how it compares with 0."""

    poly: Poly
    relation: Relation

    @property
    def is_strict(self) -> bool:
        """Whether it is above 0."""
        return self.relation == ">"


class Bound(NamedTuple):
    """A number that something is at least, or above."""

    value: Fraction
    is_strict: bool


class Facts:
    """What is known on one part of the box."""

    def __init__(self, atoms: Atoms, box: Iterable[Fact]) -> None:
        self.atoms = atoms
        self.facts: list[Fact] = []
        self._bounds: dict[tuple[object, ...], Bound] = {}
        self._defined: set[int] = set()
        for fact in box:
            self.add(fact)
        self.given = len(self.facts)
        """How many facts at the beginning are the part of the box itself."""

    def add(self, fact: Fact) -> None:
        """Take in a fact, once everything in it is defined."""
        self.use(fact.poly)
        self.facts.append(fact)
        self._note(fact.poly, fact.is_strict)
        if fact.relation == "=":
            self._note(-fact.poly, False)

    def _note(self, poly: Poly, is_strict: bool) -> None:
        form, scale = shape(poly)
        bound = Bound(-poly.constant / scale, is_strict)
        known = self._bounds.get(form)
        if known is None or bound > known:
            self._bounds[form] = bound

    def lower(self, poly: Poly) -> Bound | None:
        """Return the best number that ``poly`` is known to be at least."""
        if poly.is_number:
            return Bound(poly.constant, False)
        form, scale = shape(poly)
        known = self._bounds.get(form)
        if known is None:
            return None
        return Bound(known.value * scale + poly.constant, known.is_strict)

    def shows(self, poly: Poly, relation: Relation) -> bool:
        """Whether the facts show, without more steps, that ``poly`` compares so with 0."""
        if relation == "=":
            return self.shows(poly, ">=") and self.shows(-poly, ">=")
        bound = self.lower(poly)
        if bound is None:
            return False
        return bound.value > 0 or (bound.value == 0 and (bound.is_strict or relation == ">="))

    def is_away(self, poly: Poly) -> bool:
        """Whether ``poly`` is known to stay above some positive number."""
        bound = self.lower(poly)
        return bound is not None and bound.value > 0

    def is_nonzero(self, poly: Poly) -> bool:
        """Whether ``poly`` is known to have no zero."""
        return self.shows(poly, ">") or self.shows(-poly, ">")

    def use(self, poly: Poly) -> None:
        """Raise :class:`CertificateError` unless everything in ``poly`` is known to be defined."""
        stack = sorted(poly.atoms())
        while stack:
            atom = stack[-1]
            arguments = self.atoms.atoms[atom].argument.atoms() - self._defined
            if atom not in self._defined and arguments:
                stack.extend(arguments)
                continue
            stack.pop()
            if atom not in self._defined:
                self._define(atom)
        for monomial in poly.terms:
            for atom, power in monomial:
                if power < 0 and not self.is_nonzero(_alone(atom)):
                    raise CertificateError(f"atom {atom} is not shown to differ from 0")

    def _define(self, atom: int) -> None:
        kind, argument = self.atoms.atoms[atom].kind, self.atoms.atoms[atom].argument
        for monomial in argument.terms:
            for inner, power in monomial:
                if power < 0 and not self.is_nonzero(_alone(inner)):
                    raise CertificateError(f"atom {inner} is not shown to differ from 0")
        if not self._is_defined(kind, argument):
            raise CertificateError(f"{kind}, atom {atom}, is not shown to be defined")
        self._defined.add(atom)

    def _is_defined(self, kind: str, p: Poly) -> bool:
        """Whether a function is known to be defined at ``p``."""
        if kind == "ln":
            return self.shows(p, ">")
        if kind == "sqrt":
            return self.shows(p, ">=")
        if kind == "recip":
            return self.is_nonzero(p)
        if kind == "asin":
            return self.shows(UNIT - p, ">=") and self.shows(UNIT + p, ">=")
        return True


def _alone(atom: int) -> Poly:
    return Poly({((atom, 1),): Fraction(1)})


def shape(poly: Poly) -> tuple[tuple[object, ...], Fraction]:
    """Return ``poly`` without its constant and scaled, and the scale, which is positive."""
    rest = poly - number(poly.constant)
    if not rest.terms:
        return (ONE,), Fraction(1)
    scale = abs(rest.leading)
    return rest.scaled(1 / scale).key, scale
