"""Linear bounds of functions: tangents, chords, and what else is known of each."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from emlir_proof.certify.knots import short
from emlir_proof.certify.ranges import FARTHEST
from emlir_proof.certify.rows import Row, Rows
from emlir_proof.certify.small import BITS
from emlir_proof.checker.polynomials import Poly, number
from emlir_proof.checker.rules import cleared


class FunctionRows(Rows):
    """Makes the rows of atoms."""

    def _of_atom(self, atom: int) -> Iterator[Row]:
        entry = self.atoms.atoms[atom]
        own = Poly({((atom, 1),): Fraction(1)})
        if entry.kind == "exp":
            yield from self._exponential(entry.argument)
        elif entry.kind == "ln":
            yield from self._exponential(own)
            if len(entry.argument.terms) == 1:
                yield from self._exponential(-own)
        elif entry.kind == "recip":
            yield from self._inverse(entry.argument)
        elif entry.kind == "sqrt":
            yield from self._root(own)
        elif entry.kind == "abs":
            yield from self._size(entry.argument, own)
        elif entry.kind == "floor":
            yield self._step("whole", entry.argument, 1)
            yield self._step("whole", entry.argument, -1)
        elif entry.kind in ("sin", "cos"):
            yield from self._wave(entry.kind, entry.argument)
        elif entry.kind in ("atan", "asin"):
            yield self._step("inverse_range", entry.kind, entry.argument, 1)
            yield self._step("inverse_range", entry.kind, entry.argument, -1)

    def _exponential(self, t: Poly) -> Iterator[Row]:
        """Tangents and the chord of exp(t)."""
        points = [k for k in self._points(t) if abs(k) <= FARTHEST]
        for k in points:
            yield self._step("tangent", t, k)
        low, high = self.ranges.low(t), self.ranges.low(-t)
        if low is None or high is None:
            return
        a = short(low.value, BITS, up=False)
        b = short(-high.value, BITS, up=True)
        if a < b and max(abs(a), abs(b)) <= FARTHEST:
            left = self.ranges.shifted(low.fact, Fraction(1), low.value - a)
            right = self.ranges.shifted(high.fact, Fraction(1), high.value + b)
            yield self._step("chord", t, left, right)

    def _entropy(self, log: Poly, p: Poly) -> Iterator[Row]:
        """Tangents of -p ln(p): 1/p >= exp(k) (1 - ln(p) - k), times p."""
        self.ranges.is_positive(p)
        end = self.ranges.high(log)
        points = self._points(-log)
        if self.ranges.low(log) is None:
            start = Fraction(0) if end is None else -end
            points = [short(start, BITS, up=False) + step for step in (0, 1, 2, 4)]
        for k in points:
            fact = self.leaf.preview("tangent", -log, k)
            poly = cleared(self.atoms, fact.poly, p) or self.atoms.times(fact.poly, p)
            yield Row(poly, partial(self._taken_entropy, log, p, k))

    def _taken_entropy(self, log: Poly, p: Poly, k: Fraction) -> list[int]:
        tangent = self.leaf.take("tangent", -log, k)
        positive = self.ranges.as_fact(p)
        if len(p.terms) == 1:
            return [tangent, positive]
        return [self.leaf.take("clear", tangent, positive)]

    def _inverse(self, d: Poly) -> Iterator[Row]:
        """Tangents and the chord of 1/d, for d of one sign."""
        s = Fraction(1) if self.ranges.is_positive(d) else Fraction(-1)
        size, inverse = d.scaled(s), self.atoms.recip(d).scaled(s)
        if s < 0 and not self.ranges.is_positive(size):
            return
        near, far = self.ranges.low(size), self.ranges.low(-size)
        assert near is not None
        for k in self._points(size):
            if k > 0:
                line = number(2 / k) - size.scaled(1 / k**2)
                base = number(1) - size.scaled(1 / k)
                yield self._over(inverse - line, size, partial(self._square, base))
        if far is not None and near.value > 0:
            a, b = near.value, -far.value
            line = (number(a + b) - size).scaled(1 / (a * b))
            parts = [(1 / (a * b), [near.fact, far.fact])]
            yield self._over(line - inverse, size, lambda: self.leaf.take("combine", parts))

    def _root(self, root: Poly) -> Iterator[Row]:
        """Tangents and the chord of a square root, by squares and products."""
        for k in self._points(root):
            yield self._step("square", root - number(k))
        yield from self._product(self.ranges.low(root), self.ranges.low(-root))

    def _size(self, p: Poly, size: Poly) -> Iterator[Row]:
        for sign in (1, -1):
            yield self._step("size", p, sign)
        low, high = self.ranges.low(p), self.ranges.low(-p)
        for known, s in ((low, 1), (high, -1)):
            if known is not None and known.value >= 0:
                yield from self._same_size(p.scaled(Fraction(s)))
                return
        if low is None or high is None:
            return
        a, b = low.value, -high.value
        upper = (p.scaled(a + b) - number(2 * a * b)).scaled(1 / (b - a))
        divisor = self.ranges.low(upper + size)
        if divisor is not None and self.leaf.facts.shows(upper + size, ">"):
            parts = [(-4 * a * b / (b - a) ** 2, [low.fact, high.fact])]
            sizes = upper + size
            yield self._over(upper - size, sizes, lambda: self.leaf.take("combine", parts))

    def _same_size(self, p: Poly) -> Iterator[Row]:
        """|p| = p, both ways."""
        equal = self.leaf.take("size_is", self.ranges.as_fact(p))
        poly = self.leaf.facts.facts[equal].poly
        yield Row(poly, lambda: [equal])
        yield Row(-poly, lambda: [equal], sign=-1)

    def _wave(self, name: str, t: Poly) -> Iterator[Row]:
        """Quadratic bounds of sin and cos about the middle, and about 0."""
        for sign in (1, -1):
            yield self._step("turn", name, t, sign)
        sides = self.ranges.middle(t)
        if sides is None or sides[1] > 2:
            return
        k, r, facts = sides
        for sign in (1, -1):
            yield self._step("bend", name, t, k, facts, sign)
        if abs(k) <= r and k:
            for sign in (1, -1):
                yield self._step("bend", name, t, Fraction(0), facts, sign)

    def _tangents(self, atom: int) -> Iterator[Row]:
        """More tangents of an exponential, or of a logarithm."""
        entry = self.atoms.atoms[atom]
        t = entry.argument if entry.kind == "exp" else Poly({((atom, 1),): Fraction(1)})
        low, high = self.ranges.low(t), self.ranges.high(t)
        if low is None or high is None:
            return
        a, b = low.value, high
        quarters = (short((3 * a + b) / 4, BITS, up=False), short((a + 3 * b) / 4, BITS, up=False))
        for k in (*quarters, Fraction(1), Fraction(-1)):
            if a <= k <= b and abs(k) <= FARTHEST:
                yield self._step("tangent", t, k)

    def _relative(self, s: Poly, t: Poly) -> Iterator[Row]:
        """exp(s) >= exp(t) (1 + s - t): the tangent at every point where s = t."""
        tangent = self._step("tangent", s - t, Fraction(0))
        size = self._step("positive", t)
        poly = cleared(self.atoms, tangent.poly, size.poly)
        if poly is None:
            poly = self.atoms.times(tangent.poly, size.poly)
            yield Row(poly, lambda: [*tangent.facts(), *size.facts()])
        else:
            yield Row(poly, lambda: [self.leaf.take("clear", *tangent.facts(), *size.facts())])
