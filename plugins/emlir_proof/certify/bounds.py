"""Bounds on a leaf: looked for once each, and shown by a fact."""

from fractions import Fraction
from typing import NamedTuple

from emlir_proof.certify.leaf import Leaf
from emlir_proof.certify.small import plain
from emlir_proof.checker.calculus import below
from emlir_proof.checker.facts import CertificateError, shape
from emlir_proof.checker.polynomials import Poly


class Low(NamedTuple):
    """A fact, by its number, which says that something is at least ``value``."""

    value: Fraction
    fact: int


class Bounds:
    """The bounds on one leaf, of polynomials; ``Ranges`` knows how they are found."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.atoms = leaf.space.atoms
        self._known: dict[Poly, Low | None] = {}

    def low(self, poly: Poly) -> Low | None:
        """Return the best lower bound that is easy to show; None if there is none."""
        if poly in self._known:
            return self._known[poly]
        try:
            for atom in below(self.atoms, poly):
                alone = Poly({((atom, 1),): Fraction(1)})
                self._of(alone), self._of(-alone)
            return self._of(poly)
        except CertificateError:  # no bound that the rules accept
            self._known[poly] = None
            return None

    def high(self, poly: Poly) -> Fraction | None:
        """Return the upper bound."""
        found = self.low(-poly)
        return None if found is None else -found.value

    def forget(self) -> None:
        """Look again, after new facts."""
        self._known.clear()

    def _of(self, poly: Poly) -> Low | None:
        if poly not in self._known:
            self._known[poly] = None  # what leads back here has no bound
            known, made = self._recorded(poly), self._natural(poly)
            both = [found for found in (known, made) if found is not None]
            self._known[poly] = max(both, key=lambda found: found.value, default=None)
        return self._known[poly]

    def _recorded(self, poly: Poly) -> Low | None:
        """Return what the facts say already, of this very polynomial."""
        if poly.is_number:
            return Low(poly.constant, self.constant(Fraction(0)))
        bound = self.leaf.facts.lower(poly)
        if bound is None:
            return None
        place = self.leaf.place_of_bound(poly)
        return Low(bound.value, self.shifted(place, self._ratio(place, poly), Fraction(0)))

    def _ratio(self, place: int, poly: Poly) -> Fraction:
        """Return the factor from a fact to ``poly``, constants apart."""
        form, scale = shape(self.leaf.facts.facts[place].poly)
        own_form, own_scale = shape(poly)
        return own_scale / scale if form == own_form else -own_scale / scale

    def as_fact(self, poly: Poly) -> int:
        """Return the fact that ``poly`` is at least 0, or above, which is known already."""
        if poly.is_number:
            return self.constant(poly.constant)
        bound = self.leaf.facts.lower(poly)
        assert bound is not None
        place = self.leaf.place_of_bound(poly)
        parts: list[tuple[Fraction, list[int]]] = [(self._ratio(place, poly), [place])]
        return self.leaf.take("combine", plain([*parts, (bound.value, [])]))

    def constant(self, value: Fraction) -> int:
        """Return the fact that a number is at least 0."""
        return self.leaf.take("combine", [(value, [])])

    def shifted(self, place: int, factor: Fraction, slack: Fraction) -> int:
        """Return the fact ``place`` times a factor, plus a number that is not negative."""
        if factor == 1 and not slack:
            return place
        return self.leaf.take("combine", plain([(factor, [place]), (slack, [])]))

    def _natural(self, poly: Poly) -> Low | None:
        """Return a bound by the bounds of what is in ``poly``."""
        raise NotImplementedError
