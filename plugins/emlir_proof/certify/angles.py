"""Bounds of pi, of sin and cos, and of their inverses."""

from fractions import Fraction
from math import floor, pi

from emlir_proof.certify.bounds import Bounds, Low
from emlir_proof.certify.knots import arc, circle_number, short
from emlir_proof.certify.small import BITS, coefficient, plain
from emlir_proof.checker.facts import CertificateError
from emlir_proof.checker.knots import MOST
from emlir_proof.checker.polynomials import Poly, number

WIDEST = 3
"""Ranges of sin and cos wider than twice this are from -1 to 1."""
LONGEST = 7
"""Ranges of sin and cos longer than this have a top and a bottom within."""
STEEPEST = Fraction(3, 2)
"""Angles up to which tan is used."""


class Angles(Bounds):
    """Finds the bounds of what has to do with angles."""

    def _pi(self, sign: int) -> Low:
        bounds = circle_number(self.leaf.space.bits)
        value = bounds.lo if sign > 0 else bounds.hi
        return Low(sign * value, self.leaf.take("circle_number", value))

    def _wave(self, name: str, t: Poly, sign: int) -> Low:
        """Return the best bound: near the middle, between zeros, or that which holds always."""
        found = self._bent(name, t, sign)
        if found is not None and found.value >= 0:
            return found
        facts = self._turns(t, _quarters(name, sign), 1)
        if facts is not None:
            return Low(Fraction(0), self.leaf.take("arch", *facts))
        return found or Low(Fraction(-1), self.leaf.take("turn", name, t, sign))

    def crest(self, name: str, t: Poly, sign: int) -> None:
        """Show that sin or cos does not reach -1, or 1 for ``sign`` -1, if it does not."""
        facts = self._turns(t, _quarters(name, sign) + 1, 2)
        if facts is not None and all(self.leaf.facts.facts[k].is_strict for k in facts):
            self.leaf.take("crest", *facts)

    def _bent(self, name: str, t: Poly, sign: int) -> Low | None:
        """Return the bound by the values at the middle, if it is above -1."""
        sides = self.middle(t)
        if sides is None or sides[1] > WIDEST:
            return None
        k, r, facts = sides
        bend = self.leaf.preview("bend", name, t, k, facts, sign)
        function = self.atoms.sin(t) if name == "sin" else self.atoms.cos(t)
        h = t - number(k)
        square = self.atoms.times(h, h)
        least = function.scaled(Fraction(sign)) - bend.poly
        curve = -coefficient(least, square)
        slope_part = least + square.scaled(curve)
        slope = coefficient(slope_part, h)
        value = (slope_part - h.scaled(slope)).constant - abs(slope) * r - curve * r * r
        if value <= -1 or curve < 0:
            return None
        near = facts[0] if slope > 0 else facts[1]
        parts = [
            (Fraction(1), [self.leaf.take("bend", name, t, k, facts, sign)]),
            (abs(slope), [near]),
            (curve, facts),
        ]
        return Low(value, self.leaf.take("combine", plain(parts)))

    def _turns(self, t: Poly, quarters: int, halves: int) -> tuple[int, int] | None:
        """Return the facts q >= 0 and n pi - q >= 0, with n ``halves``, if there are any.

        q is t and so many quarter turns, up to whole turns.
        """
        low, high = self._of(t), self._of(-t)
        if low is None or high is None or low.value + high.value < -LONGEST:
            return None
        middle = (low.value - high.value) / 2
        if abs(middle) > MOST:
            return None
        quarters -= 4 * floor((float(middle) + quarters * pi / 2) / (2 * pi))
        circle = self.atoms.pi()
        q = t + circle.scaled(Fraction(quarters, 2))
        ends = q, circle.scaled(Fraction(halves)) - q
        if not all(found and found.value >= 0 for found in map(self._of, ends)):
            return None
        return self.as_fact(ends[0]), self.as_fact(ends[1])

    def _angle(self, name: str, p: Poly, sign: int) -> Low | None:
        """Bound atan or asin by tan or sin at a rational angle."""
        end = self._of(p.scaled(Fraction(sign)))
        if end is None or (name == "asin" and abs(end.value) > 1):
            return None
        angle = arc(name, end.value * sign)
        angle = short(angle, BITS, up=sign < 0)
        rule = "inverse_above" if sign > 0 else "inverse_below"
        while abs(angle) <= STEEPEST:
            try:
                fact = self.leaf.take(rule, name, p, angle, end.fact)
            except CertificateError:
                angle -= sign * max(abs(angle), Fraction(1, 2**BITS)) / 2**BITS
                continue
            return Low(sign * angle, fact)
        return None

    def middle(self, t: Poly) -> tuple[Fraction, Fraction, list[int]] | None:
        """Return k and r with k - r <= t <= k + r, and the facts that say so."""
        low, high = self._of(t), self._of(-t)
        if low is None or high is None:
            return None
        k = short((low.value - high.value) / 2, BITS, up=False)
        r = short(max(k - low.value, -high.value - k), BITS, up=True)
        below_it = self.shifted(low.fact, Fraction(1), low.value - (k - r))
        above_it = self.shifted(high.fact, Fraction(1), high.value + k + r)
        return k, r, [below_it, above_it]


def _quarters(name: str, sign: int) -> int:
    """Return n with sin(t + n pi/2) for sin or cos of t, or its negative."""
    return (0 if name == "sin" else 1) + (0 if sign > 0 else 2)
