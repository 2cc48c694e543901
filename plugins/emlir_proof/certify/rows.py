"""Rows: inequalities that hold on a leaf, known before the steps that show them are taken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from emlir_proof.certify.bounds import Low
from emlir_proof.certify.knots import short
from emlir_proof.certify.ranges import Ranges
from emlir_proof.certify.small import BITS
from emlir_proof.checker.polynomials import Poly


@dataclass(frozen=True, slots=True)
class Row:
    """A polynomial that is at least 0, and how to get facts whose product it is.

    ``sign`` -1 is for an equation that is used the other way round.
    """

    poly: Poly
    facts: Callable[[], list[int]]
    is_strict: bool = False
    sign: int = 1


class Rows:
    """Makes rows of what is known on a leaf."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self.leaf = ranges.leaf
        self.atoms = ranges.atoms

    def _known(self, fact: int) -> Row:
        known = self.leaf.facts.facts[fact]
        return Row(known.poly, lambda: [fact], known.is_strict)

    def _step(self, name: str, *values: object) -> Row:
        fact = self.leaf.preview(name, *values)
        return Row(fact.poly, lambda: [self.leaf.take(name, *values)], fact.is_strict)

    def _product(self, *ends: Low | None) -> Iterator[Row]:
        known = [end.fact for end in ends if end is not None]
        if len(known) == len(ends):
            facts = [self.leaf.facts.facts[k] for k in known]
            poly = self.atoms.times(facts[0].poly, facts[1].poly)
            yield Row(poly, lambda: known, all(fact.is_strict for fact in facts))

    def _times(self, row: Row, end: Low) -> Row:
        fact = self.leaf.facts.facts[end.fact]
        poly = self.atoms.times(row.poly, fact.poly)
        is_strict = row.is_strict and fact.is_strict
        return Row(poly, lambda: [*row.facts(), end.fact], is_strict, row.sign)

    def _points(self, t: Poly) -> list[Fraction]:
        """Return points in the range of ``t``: the ends, the middle, and a simple one."""
        low, high = self.ranges.low(t), self.ranges.high(t)
        if low is None or high is None:
            ends = [value for value in (low and low.value, high) if value is not None]
            return [Fraction(0), *(short(end, BITS, up=False) for end in ends)]
        a, b = low.value, high
        found = [short(k, BITS, up=False) for k in (a, (a + b) / 2, b)]
        found += [Fraction(0)] if a <= 0 <= b else []
        return list(dict.fromkeys(found))

    def _equation(self, name: str, *values: object) -> Iterator[Row]:
        row = self._step(name, *values)
        yield row
        yield Row(-row.poly, row.facts, sign=-1)

    def _square(self, base: Poly) -> int:
        return self.leaf.take("square", base)

    def _over(self, quotient: Poly, divisor: Poly, product: Callable[[], int]) -> Row:
        def facts() -> list[int]:
            positive = self.ranges.as_fact(divisor)
            return [self.leaf.take("over", quotient, product(), positive)]

        return Row(quotient, facts)
