"""Ranges: rational bounds of atoms, monomials and polynomials on a leaf, each shown by a fact."""

from fractions import Fraction

from emlir_proof.certify.angles import Angles
from emlir_proof.certify.bounds import Low
from emlir_proof.certify.knots import logarithm, short
from emlir_proof.certify.small import (
    BITS,
    floor_of_product,
    halves,
    plain,
    root_near,
    weights,
    without_pi,
)
from emlir_proof.checker.polynomials import Monomial, Poly, number

LONG = 96
"""Bounds with more digits than this are rounded."""


class Ranges(Angles):
    """The ranges on one leaf."""

    def _natural(self, poly: Poly) -> Low | None:
        """Return the sum of the bounds of the terms, or the product of those of pi and the rest."""
        if poly.is_number:
            return None
        rest = without_pi(self.atoms, poly)
        product = None if rest is None else self._of_product(self.atoms.pi(), rest)
        both = [found for found in (product, self._of_sum(poly)) if found is not None]
        return max(both, key=lambda found: found.value, default=None)

    def _of_sum(self, poly: Poly) -> Low | None:
        parts: list[tuple[Fraction, list[int]]] = []
        value = poly.constant
        for monomial, c in poly.key:
            if monomial:
                found = self._of_monomial(monomial, 1 if c > 0 else -1)
                if found is None:
                    return None
                value += abs(c) * found.value
                parts.append((abs(c), [found.fact]))
        if len(parts) == 1 and parts[0][0] == 1 and not poly.constant:
            return Low(value, parts[0][1][0])
        if value.denominator.bit_length() > LONG:
            rounded = short(value, LONG // 2, up=False)
            parts.append((value - rounded, []))
            value = rounded
        return Low(value, self.leaf.take("combine", plain(parts)))

    def _of_monomial(self, monomial: Monomial, sign: int) -> Low | None:
        """Return the lower bound of a monomial, or of its negative."""
        poly = Poly({monomial: Fraction(sign)})
        if len(monomial) == 1 and monomial[0][1] in (1, -1):
            if poly not in self._known or self._known[poly] is None:
                self._known[poly] = self._recorded(poly) or self._of_atom(monomial, sign)
            return self._known[poly]
        first, second = halves(monomial)
        u, v = Poly({first: Fraction(1)}), Poly({second: Fraction(1)})
        found = self._of_product(u.scaled(Fraction(sign)), v)
        if first == second and sign > 0 and (found is None or found.value < 0):
            self._prepare(u)
            return Low(Fraction(0), self.leaf.take("square", u))
        return found

    def _prepare(self, poly: Poly) -> None:
        """Make sure that facts may use ``poly``: look for the signs of what is divided by."""
        for monomial in poly.terms:
            for atom, power in monomial:
                if power < 0:
                    self._of(Poly({((atom, 1),): Fraction(1)}))

    def _of_product(self, u: Poly, v: Poly) -> Low | None:
        """Bound u v, by the products of the distances of u and v to their ends."""
        a, b, c, d = self._of(u), self._of(-u), self._of(v), self._of(-v)
        if a is None or c is None or b is None or d is None:
            if a is not None and c is not None and a.value >= 0 and c.value >= 0:
                parts = [
                    (Fraction(1), [a.fact, c.fact]),
                    (c.value, [a.fact]),
                    (a.value, [c.fact]),
                ]
                return Low(a.value * c.value, self.leaf.take("combine", plain(parts)))
            return None
        ends = a.value, -b.value, c.value, -d.value
        weight = max(weights(*ends), key=lambda w: floor_of_product(w, *ends)[0])
        value, p, q = floor_of_product(weight, *ends)
        parts = [
            (weight, [a.fact, c.fact]),
            (1 - weight, [b.fact, d.fact]),
            (abs(p), [a.fact if p > 0 else b.fact]),
            (abs(q), [c.fact if q > 0 else d.fact]),
        ]
        return Low(value, self.leaf.take("combine", plain(parts)))

    def _of_atom(self, monomial: Monomial, sign: int) -> Low | None:
        ((atom, power),) = monomial
        entry = self.atoms.atoms[atom]
        if power < 0:
            return self._inverse(Poly({((atom, 1),): Fraction(1)}), sign)
        if entry.kind == "recip":
            return self._inverse(entry.argument, sign)
        if entry.kind in ("sin", "cos"):
            return self._wave(entry.kind, entry.argument, sign)
        if entry.kind in ("atan", "asin"):
            return self._angle(entry.kind, entry.argument, sign)
        by_kind = {
            "exp": self._exp,
            "ln": self._ln,
            "sqrt": self._sqrt,
            "abs": self._abs,
            "floor": self._floor,
        }
        if entry.kind in by_kind:
            return by_kind[entry.kind](entry.argument, sign)
        if entry.kind == "pi":
            return self._pi(sign)
        return None

    def _exp(self, t: Poly, sign: int) -> Low | None:
        end = self._of(t.scaled(Fraction(sign)))
        if end is None:
            return Low(Fraction(0), self.leaf.take("positive", t)) if sign > 0 else None
        k = sign * short(end.value, BITS, up=False)
        if abs(k) > FARTHEST:
            return Low(Fraction(0), self.leaf.take("positive", t)) if sign > 0 else None
        knot = self.leaf.space.knots[k]
        premise = self.shifted(end.fact, Fraction(1), end.value - sign * k)
        rule, value = ("above", knot.lo) if sign > 0 else ("below", -knot.hi)
        return Low(value, self.leaf.take(rule, t, premise))

    def _ln(self, p: Poly, sign: int) -> Low | None:
        if not self.is_positive(p):
            return None
        log = self.atoms.ln(p)
        end = self._of(p.scaled(Fraction(sign)))
        if end is None or end.value * sign <= 0:
            return None
        k = self.log_end(end.value * sign, sign)
        knot = self.leaf.space.knots[k]
        bound = knot.hi if sign > 0 else -knot.lo
        premise = self.shifted(end.fact, Fraction(1), end.value - bound)
        rule = "log_above" if sign > 0 else "log_below"
        return Low(sign * k, self.leaf.take(rule, log, k, premise))

    def log_end(self, value: Fraction, sign: int) -> Fraction:
        """Return a short k with hi(k) <= value (sign 1), or lo(k) >= value (sign -1)."""
        k = Fraction(0) if value == 1 else short(logarithm(value), BITS, up=sign < 0)
        step = max(abs(k), Fraction(1, 2**BITS)) / 2**BITS
        while True:
            knot = self.leaf.space.knots[k]
            if (knot.hi <= value) if sign > 0 else (knot.lo >= value):
                return k
            k, step = short(k - sign * step, BITS + 8, up=sign < 0), 4 * step

    def is_positive(self, p: Poly) -> bool:
        """Whether p > 0 is shown, or can be by its bounds."""
        found = self._of(p)
        if found is not None and found.value >= 0 and self.leaf.facts.shows(p, ">"):
            self.leaf.roots.add(self.leaf.place_of_bound(p))
            return True
        return False

    def _inverse(self, d: Poly, sign: int) -> Low | None:
        """Bound 1/d, for d of one sign."""
        s = Fraction(1) if self.is_positive(d) else Fraction(-1)
        if s < 0 and not self.is_positive(-d):
            return None
        near, far = self._of(d.scaled(s)), self._of(d.scaled(-s))
        assert near is not None
        inverse = self.atoms.recip(d).scaled(s)
        if sign * s > 0:
            if far is None:
                product, quotient, value = self.constant(Fraction(1)), inverse, Fraction(0)
            else:
                value = -1 / far.value
                product = self.shifted(far.fact, value, Fraction(0))
                quotient = inverse - number(value)
        elif near.value > 0:
            value = -1 / near.value
            product = self.shifted(near.fact, -value, Fraction(0))
            quotient = -inverse - number(value)
        else:
            return None
        divisor = self.as_fact(d.scaled(s))
        return Low(value, self.leaf.take("over", quotient, product, divisor))

    def _sqrt(self, p: Poly, sign: int) -> Low | None:
        end = self._of(p.scaled(Fraction(sign)))
        if not self._is_at_least_0(p) or end is None:
            return None
        root, zero = self.atoms.sqrt(p), Low(Fraction(0), self.leaf.take("root", p))
        k = root_near(end.value * sign, up=sign < 0)
        if not k and sign > 0 and self.leaf.facts.shows(p, ">"):
            return Low(Fraction(0), self.leaf.take("root_positive", self.as_fact(p)))
        if not k:
            return zero if sign > 0 else None
        divisor = self.leaf.take("combine", [(Fraction(1), [zero.fact]), (k, [])])
        product = self.shifted(end.fact, Fraction(1), end.value - sign * k * k)
        quotient = (root - number(k)).scaled(Fraction(sign))
        return Low(sign * k, self.leaf.take("over", quotient, product, divisor))

    def _is_at_least_0(self, p: Poly) -> bool:
        found = self._of(p)
        if found is None or found.value < 0:
            return False
        self.leaf.roots.add(found.fact)
        return True

    def _abs(self, p: Poly, sign: int) -> Low | None:
        up, down = self._of(p), self._of(-p)
        for side, s in ((up, 1), (down, -1)):
            if side is not None and side.value >= 0:
                premise = self.shifted(side.fact, Fraction(1), side.value)
                equal = self.leaf.take("size_is", premise)
                end = self._of(p.scaled(Fraction(s * sign)))
                if end is None:
                    return None
                parts = [(Fraction(sign), [equal]), (Fraction(1), [end.fact])]
                return Low(end.value, self.leaf.take("combine", parts))
        sizes = [self.leaf.take("size", p, s) for s in (1, -1)]
        zero = self.leaf.take("combine", [(Fraction(1, 2), [k]) for k in sizes])
        if sign > 0:
            return Low(Fraction(0), zero)
        if up is None or down is None:
            return None
        most = max(-up.value, -down.value)
        divisor = self.shifted(zero, Fraction(1), most)
        ends = [self.shifted(end.fact, Fraction(1), end.value + most) for end in (up, down)]
        product = self.leaf.take("combine", [(Fraction(1), ends)])
        quotient = number(most) - self.atoms.abs(p)
        return Low(-most, self.leaf.take("over", quotient, product, divisor))

    def _floor(self, p: Poly, sign: int) -> Low | None:
        end = self._of(p.scaled(Fraction(sign)))
        if end is None:
            return None
        if sign > 0:
            n = Fraction(end.value.__floor__())
            premise = self.shifted(end.fact, Fraction(1), end.value - n)
            return Low(n, self.leaf.take("whole_above", p, premise))
        is_open = self.leaf.facts.facts[end.fact].is_strict
        top = -end.value
        n = top if is_open and top.denominator == 1 else Fraction(top.__floor__() + 1)
        premise = self.shifted(end.fact, Fraction(1), n - top)
        return Low(1 - n, self.leaf.take("whole_below", p, premise))


FARTHEST = 2000
"""Arguments of exp beyond this are not bounded by numbers."""
