"""Seeded defects of sin and cos: between their zeros, below their tops, and by quarter turns."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from emlir_proof.certify import angles, leaf
from emlir_proof.checker import atoms as table
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.polynomials import UNIT, Poly
from emlir_proof.checker.rules import Rules
from emlir_proof.checker.turns import SQUARES, turned
from tests.plugins.certificate_defects import HALF, Patch, defect, lemma

# Between zeros.


@lemma("arch", "sin(pi*x) > 0", "x in [0, 1]")
def strict_at_the_zeros(rules: Rules, fact: Fact, low: int, high: int) -> Fact:
    return Fact(fact.poly, ">")


@lemma("arch", "sin(pi*x) >= 1/2", "x in [0, 1]")
def away_from_the_zeros(rules: Rules, fact: Fact, low: int, high: int) -> Fact:
    return Fact(fact.poly - UNIT.scaled(HALF), ">=")


def arches(shift: Fraction, width: int) -> Callable[[Patch], None]:
    """Seed arches that begin elsewhere, in halves of pi, and are wider."""

    def seed(patch: Patch) -> None:
        right = angles.Angles._turns

        class Defective(Rules):
            def arch(self, low: int, high: int) -> Fact:
                q = self.facts.facts[low].poly - self.atoms.pi().scaled(shift)
                return Fact(self.atoms.sin(q), ">=")

        def wrong(self: Any, t: Poly, quarters: int, halves: int) -> Any:
            moved = t + self.atoms.pi().scaled(shift)
            return right(self, moved, quarters, width * halves)

        patch.setattr(leaf, "Rules", Defective)
        patch.setattr(angles.Angles, "_turns", wrong)

    return seed


@defect("sin(pi*x) >= 0", "x in [0, 2]")
def as_far_as_two_pi(patch: Patch) -> None:
    arches(Fraction(0), 2)(patch)


@defect("sin(pi*x) >= 0", "x in [-1/2, 1/2]")
def a_half_of_pi_too_early(patch: Patch) -> None:
    arches(HALF, 1)(patch)


@defect("sin(pi*x) >= 0", "x in [1, 2]")
def between_the_next_zeros(patch: Patch) -> None:
    arches(Fraction(1), 1)(patch)


# Below the top.


@defect("cos(pi*x) > -1", "x in [0, 1]")
def top_that_is_reached(patch: Patch) -> None:
    class Defective(Rules):
        def crest(self, low: int, high: int) -> Fact:
            return Fact(UNIT - self.atoms.cos(self._fact(low).poly), ">")

    def wrong(self: Any, name: str, t: Poly, sign: int) -> None:
        facts = self._turns(t, angles._quarters(name, sign) + 1, 2)
        if facts is not None:
            self.leaf.take("crest", *facts)

    patch.setattr(leaf, "Rules", Defective)
    patch.setattr(angles.Angles, "crest", wrong)


@lemma("crest", "cos(pi*x) > 1", "x in (0, 2)")
def other_side(rules: Rules, fact: Fact, low: int, high: int) -> Fact:
    return Fact(-fact.poly, ">")


@lemma("root_positive", "sqrt(x) > 1", "x in (0, 9]")
def root_above_1(rules: Rules, fact: Fact, premise: int) -> Fact:
    return Fact(fact.poly - UNIT, ">")


# Quarter turns: the prover reduces arguments in another way than the checker.


def turned_by(change: Callable[..., tuple[Poly, int]]) -> Callable[[Patch], None]:
    """Seed another way to take quarter turns out, while the prover searches."""

    class Defective(Atoms):
        def _wave(self, t: Poly, quarters: int) -> Poly:
            before = table.turned
            table.turned = change
            try:
                return super()._wave(t, quarters)
            finally:
                table.turned = before

    return lambda patch: patch.setattr(leaf, "Atoms", Defective)


@defect("cos(pi) = 1", "")
def half_turns_are_whole(patch: Patch) -> None:
    def wrong(t: Poly, n: int, pi: Any) -> tuple[Poly, int]:
        s, m = turned(t, n, pi)
        return s, m if (m - n) % 2 else n

    turned_by(wrong)(patch)


@defect("sin(x + pi/2) = -cos(x)", "x in [0, 1]")
def quarter_turns_go_back(patch: Patch) -> None:
    def wrong(t: Poly, n: int, pi: Any) -> tuple[Poly, int]:
        s, m = turned(t, n, pi)
        return s, (2 * n - m) % 4

    turned_by(wrong)(patch)


@defect("sin(x + pi/4) = cos(x)", "x in [0, 1]")
def eighths_are_quarters(patch: Patch) -> None:
    def wrong(t: Poly, n: int, pi: Any) -> tuple[Poly, int]:
        share = t.terms.get(pi, Fraction(0)) if pi else Fraction(0)
        return turned(t + Poly({pi: share}) if share else t, n, pi)

    turned_by(wrong)(patch)


@defect("sin(x + y) = sin(y)", "x in [0, 1], y in [0, 1]")
def another_atom_is_pi(patch: Patch) -> None:
    def wrong(t: Poly, n: int, pi: Any) -> tuple[Poly, int]:
        return turned(t - Poly({((0, 1),): t.terms.get(((0, 1),), Fraction(0))}), n, pi)

    turned_by(wrong)(patch)


@defect("sin(pi*x) = 0", "x in [0, 1]")
def products_with_pi_are_pi(patch: Patch) -> None:
    def wrong(t: Poly, n: int, pi: Any) -> tuple[Poly, int]:
        alone = {m: c for m, c in t.terms.items() if not (pi and pi[0] in m)}
        return turned(Poly(alone), n, pi)

    turned_by(wrong)(patch)


@defect("cos(-pi*x) = -cos(pi*x)", "x in [0, 1]")
def cosine_is_odd(patch: Patch) -> None:
    def wrong(t: Poly, n: int, pi: Any) -> tuple[Poly, int]:
        s, m = turned(t, n, pi)
        return s, (m + 2) % 4 if t.terms and t.leading < 0 and n == 1 else m

    turned_by(wrong)(patch)


@defect("cos(pi/3) = sqrt(3)/2", "")
def sine_of_a_third_for_its_cosine(patch: Patch) -> None:
    other = {"sin": "cos", "cos": "sin"}
    wrong = {key: SQUARES[other[key[0]], key[1]] for key in SQUARES}

    class Defective(Atoms):
        def _wave(self, t: Poly, quarters: int) -> Poly:
            before = table.SQUARES
            table.SQUARES = wrong
            try:
                return super()._wave(t, quarters)
            finally:
                table.SQUARES = before

    patch.setattr(leaf, "Atoms", Defective)
