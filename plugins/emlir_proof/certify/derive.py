"""Showing that a polynomial is at least 0 on a leaf: by bounds, relaxations, or its slopes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf, lcm

from emlir_proof.certify.farkas import Combination, combine
from emlir_proof.certify.leaf import Leaf
from emlir_proof.certify.ranges import Ranges
from emlir_proof.certify.relax import Relaxation, is_logarithm
from emlir_proof.certify.samples import Samples
from emlir_proof.checker.calculus import below, derivative, substitute
from emlir_proof.checker.facts import CertificateError, Relation
from emlir_proof.checker.polynomials import Monomial, Poly, number
from emlir_proof.checker.rules import cleared

MOST_WORK = 6_000
"""Rows after which a part is given up, to be cut."""
MOST_FACTORS = 3
"""Exponentials that are tried as divisors."""
MOST_POWER = 6
"""Powers that removing logarithms may make."""
ORDERS = {1: 4, 2: 2}
"""How many derivatives are tried, by the number of variables."""


@dataclass(eq=False)
class Deriver:
    """Adds steps to a leaf until what was asked is shown, or gives up."""

    leaf: Leaf
    samples: Samples
    deadline: float = inf
    is_quick: bool = False
    work: int = 0
    """Rows of linear programs so far: a measure of effort that does not depend on the machine."""

    def __post_init__(self) -> None:
        self.atoms = self.leaf.space.atoms
        self.ranges = Ranges(self.leaf)
        self._tightened: set[Poly] = set()
        self._failed: set[tuple[Poly, Relation, int]] = set()
        self.orders = ORDERS.get(self.samples.variables, 1)

    def show(self, poly: Poly, relation: Relation, order: int | None = None) -> bool:
        """Whether ``poly`` compares so with 0; if so there is a fact that says it."""
        left = self.orders if order is None else order
        if self.leaf.facts.shows(poly, relation):
            return True
        key = poly, relation, left
        if poly.is_number or key in self._failed or not self.samples.may_be_positive(poly):
            return False
        if self.work > MOST_WORK or time.monotonic() > self.deadline:
            return False
        self._failed.add(key)  # while it is open, it is no way to itself
        try:
            shown = self._by_bounds(poly, relation) or any(
                way(self, poly, relation, left) for way in WAYS
            )
        except (CertificateError, ZeroDivisionError):
            shown = False
        if shown:
            self._failed.discard(key)
        return shown

    def _by_bounds(self, poly: Poly, relation: Relation) -> bool:
        self.ranges.low(poly)
        return self.leaf.facts.shows(poly, relation)

    def _by_crests(self, poly: Poly, relation: Relation, order: int) -> bool:
        """Sines and cosines that stay below 1, or above -1."""
        del order
        if relation == ">=":
            return False
        before = len(self.leaf.steps)
        for entry in [self.atoms.atoms[atom] for atom in below(self.atoms, poly)]:
            if entry.kind in ("sin", "cos"):
                self.ranges.crest(entry.kind, entry.argument, 1)
                self.ranges.crest(entry.kind, entry.argument, -1)
        if len(self.leaf.steps) == before:
            return False
        self.ranges.forget()
        return self._by_bounds(poly, relation)

    def _by_clearing(self, poly: Poly, relation: Relation, order: int) -> bool:
        """Multiply by what it is divided by."""
        for divisor in self._divisors(poly):
            near = self.ranges.low(divisor)
            if near is None or not self.leaf.facts.shows(divisor, ">"):
                continue
            made = cleared(self.atoms, poly, divisor)
            if made is None:
                made = self.atoms.times(poly, divisor)
            if not self.show(made, relation, order):
                return False
            product = self.ranges.as_fact(made)
            self.leaf.take("over", poly, product, self.ranges.as_fact(divisor))
            return self._done(poly, relation)
        return False

    def _by_exponentials(self, poly: Poly, relation: Relation, order: int) -> bool:
        """t >= 0 where exp(t) >= 1: removes logarithms that stand alone."""
        logs = [c for monomial, c in poly.terms.items() if is_logarithm(self.atoms, monomial)]
        if len(logs) != sum(self._has_logarithm(monomial) for monomial in poly.terms):
            return False
        scale = lcm(*(c.denominator for c in logs))
        if not logs or max(abs(c) * scale for c in logs) > MOST_POWER:
            return False
        t = poly.scaled(Fraction(scale))
        made = self.atoms.exp(t) - number(1)
        if not self.show(made, relation, order):
            return False
        self.leaf.take("log_above", t, Fraction(0), self.ranges.as_fact(made))
        return self._done(poly, relation)

    def _has_logarithm(self, monomial: Monomial) -> bool:
        return any(self.atoms.atoms[atom].kind == "ln" for atom, _ in monomial)

    def _by_roots(self, poly: Poly, relation: Relation, order: int) -> bool:
        """c (sqrt(p) - b) >= 0, by comparing p with b^2."""
        if relation == ">":
            return False
        for monomial, c in poly.terms.items():
            if len(monomial) != 1 or self.atoms.atoms[monomial[0][0]].kind != "sqrt":
                continue
            root = Poly({monomial: Fraction(1)})
            bound = root - poly.scaled(1 / c)
            if monomial[0][0] in below(self.atoms, bound):
                continue
            p = self.atoms.atoms[monomial[0][0]].argument
            gap = p - self.atoms.times(bound, bound)
            if c > 0 and self.show(gap, ">=", order):
                self.leaf.take("root_above", bound, self.ranges.as_fact(gap))
                return self._done(poly, relation)
            if c < 0 and self.show(bound, ">=", order) and self.show(-gap, ">=", order):
                facts = self.ranges.as_fact(bound), self.ranges.as_fact(-gap)
                self.leaf.take("root_below", *facts)
                return self._done(poly, relation)
        return False

    def _divisors(self, poly: Poly) -> Iterator[Poly]:
        for monomial in poly.terms:
            for atom, power in monomial:
                entry = self.atoms.atoms[atom]
                found = entry.argument if entry.kind == "recip" else None
                if power < 0:
                    found = Poly({((atom, 1),): Fraction(1)})
                if found is not None:
                    positive = self.ranges.is_positive(found)
                    yield found if positive else -found

    def _by_relaxation(self, poly: Poly, relation: Relation, order: int) -> bool:
        """A sum of inequalities that bound the monomials."""
        del order
        relaxation = Relaxation(self.ranges, self.deadline)
        relaxation.collect(poly)
        return self._combined(poly, relation, relaxation)

    def _by_products(self, poly: Poly, relation: Relation, order: int) -> bool:
        """As before, with products of inequalities and comparisons among functions."""
        del order
        relaxation = Relaxation(self.ranges, self.deadline)
        relaxation.collect(poly)
        relaxation.strengthen(poly)
        return self._combined(poly, relation, relaxation)

    def _combined(self, poly: Poly, relation: Relation, relaxation: Relaxation) -> bool:
        self.work += len(relaxation.rows)
        if time.monotonic() > self.deadline:
            return False
        found = combine(poly, relaxation.rows)
        if found is None or (relation == ">" and not found.is_strict):
            return False
        self._take(found, found.rest)
        return self._done(poly, relation)

    def _take(self, found: Combination, rest: Fraction) -> None:
        parts = [(factor * row.sign, row.facts()) for factor, row in found.parts]
        self.leaf.take("combine", [*parts, (rest, [])] if rest else parts)

    def _by_arguments(self, poly: Poly, relation: Relation, order: int) -> bool:
        """Bound what functions are of more closely, then try again."""
        improved = False
        for atom in below(self.atoms, poly):
            argument = self.atoms.atoms[atom].argument
            if len(argument.terms) > 1 and argument not in self._tightened:
                self._tightened.add(argument)
                for side in (argument, -argument):
                    improved |= self._tighten(side)
        return improved and self._by_relaxation(poly, relation, order)

    def _tighten(self, poly: Poly) -> bool:
        """Find a better lower bound of ``poly``; whether there is one."""
        relaxation = Relaxation(self.ranges, self.deadline)
        relaxation.collect(poly)
        relaxation.strengthen(poly)
        self.work += len(relaxation.rows)
        found = combine(poly, relaxation.rows, None)
        known = self.ranges.low(poly)
        if found is None or (known is not None and found.rest <= known.value):
            return False
        self._take(found, Fraction(0))
        self.ranges.forget()
        return True

    def _by_factor(self, poly: Poly, relation: Relation, order: int) -> bool:
        """Divide by an exponential."""
        for atom in sorted(poly.atoms())[-MOST_FACTORS:]:
            entry = self.atoms.atoms[atom]
            if entry.kind != "exp" or entry.argument.is_number:
                continue
            made = self.atoms.times(poly, self.atoms.exp(-entry.argument))
            if self.show(made, relation, order):
                facts = self.ranges.as_fact(made), self.leaf.take("positive", entry.argument)
                self.leaf.take("combine", [(Fraction(1), list(facts))])
                return self._done(poly, relation)
        return False

    def _by_floors(self, poly: Poly, relation: Relation, order: int) -> bool:
        """c (floor(p) - n) >= 0 with whole n, by comparing p with n."""
        if relation == ">":
            return False
        for monomial, c in poly.terms.items():
            if len(monomial) != 1 or self.atoms.atoms[monomial[0][0]].kind != "floor":
                continue
            p = self.atoms.atoms[monomial[0][0]].argument
            rest = poly.scaled(1 / abs(c)) - Poly({monomial: Fraction(1 if c > 0 else -1)})
            gap = p + rest if c > 0 else rest + number(1) - p
            if self.show(gap, ">=" if c > 0 else ">", order):
                rule = "whole_above" if c > 0 else "whole_below"
                self.leaf.take(rule, p, self.ranges.as_fact(gap))
                return self._done(poly, relation)
        return False

    def _by_slopes(self, poly: Poly, relation: Relation, order: int) -> bool:
        """The mean value theorem, in each variable and direction."""
        if order <= 0:
            return False
        for var in below(self.atoms, poly):
            if self.atoms.atoms[var].kind != "var":
                continue
            slope = derivative(self.atoms, poly, var)
            if slope is None or not slope.terms:
                continue
            for bound, direction in self._bounds_of(var):
                change = slope.scaled(Fraction(direction))
                if self._monotone(poly, relation, (var, bound, direction), change, order):
                    return True
        return False

    def _bounds_of(self, var: int) -> Iterator[tuple[int, int]]:
        """Yield the facts of the part that bound a variable, with 1 for lower bounds."""
        for place, fact in enumerate(self.leaf.facts.facts[: self.leaf.facts.given]):
            c = fact.poly.terms.get(((var, 1),), Fraction(0))
            if c:
                yield self.ranges.shifted(place, 1 / abs(c), Fraction(0)), 1 if c > 0 else -1

    def _monotone(
        self,
        poly: Poly,
        relation: Relation,
        along: tuple[int, int, int],
        slope: Poly,
        order: int,
    ) -> bool:
        """Show ``poly`` by its slope, and its value at a bound of a variable."""
        var, bound, direction = along
        if not self.samples.may_be_positive(slope):
            return False
        try:
            place, _ = self.leaf.rules.place(var, bound, direction)
            end = substitute(self.atoms, poly, var, place)
        except (CertificateError, ZeroDivisionError):
            return False
        is_above = self.leaf.facts.facts[bound].is_strict
        rises_at_once = is_above and end.is_number and not end.terms
        strict_end = relation == ">" and not rises_at_once
        if not self.show(end, ">" if strict_end else ">=", order - 1):
            return False
        if not self.show(slope, ">" if relation == ">" and not strict_end else ">=", order - 1):
            return False
        facts = self.ranges.as_fact(slope), self.ranges.as_fact(end)
        self.leaf.take("monotone", poly, var, bound, *facts, direction)
        return self._done(poly, relation)

    def _done(self, poly: Poly, relation: Relation) -> bool:
        self.ranges.forget()
        return self.leaf.facts.shows(poly, relation)


WAYS = (
    Deriver._by_crests,
    Deriver._by_clearing,
    Deriver._by_relaxation,
    Deriver._by_exponentials,
    Deriver._by_roots,
    Deriver._by_floors,
    Deriver._by_arguments,
    Deriver._by_products,
    Deriver._by_factor,
    Deriver._by_slopes,
)
"""The ways in which something is shown, in the order in which they are tried."""
QUICK_WAYS = (Deriver._by_relaxation,)
