"""The rules by which one fact follows from others: all that a proof may consist of.

Each rule takes the facts so far, numbers of facts among them, polynomials and rational numbers,
and returns the fact that follows, or raises :class:`CertificateError`. ``knots`` are bounds on
exp, sin and cos at rational points that were checked before.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from .atoms import Atoms
from .calculus import below, derivative, is_linear, substitute
from .facts import CertificateError, Fact, Facts, Relation
from .knots import Range, sign_of_sine
from .polynomials import UNIT, Poly, number, total

Knots = dict[Fraction, Range]
Circles = dict[Fraction, tuple[Range, Range]]


class Rules:
    """The rules, on the facts of one part of the box."""

    def __init__(self, facts: Facts, knots: Knots, circles: Circles) -> None:
        self.facts = facts
        self.atoms: Atoms = facts.atoms
        self.knots = knots
        self.circles = circles

    def combine(self, parts: Sequence[tuple[Fraction, Sequence[int]]]) -> Fact:
        """A sum of products of facts, with factors that are not negative.

        A product with an equation among its facts is 0, and may have any factor.
        """
        polys, is_strict, is_equation = [], False, True
        for factor, numbers in parts:
            some = [self._fact(k) for k in numbers]
            poly = number(factor)
            for fact in some:
                poly = self.atoms.times(poly, fact.poly)
            equal = any(fact.relation == "=" for fact in some)
            if factor < 0 and not equal:
                raise CertificateError("a fact is multiplied by a negative number")
            is_strict |= factor > 0 and not equal and all(fact.is_strict for fact in some)
            is_equation &= equal
            polys.append(poly)
        relation: Relation = "=" if is_equation else ">" if is_strict else ">="
        return Fact(total(polys), relation)

    def square(self, poly: Poly) -> Fact:
        """A square is at least 0."""
        self.facts.use(poly)
        return Fact(self.atoms.times(poly, poly), ">=")

    def over(self, quotient: Poly, product: int, divisor: int) -> Fact:
        """If q d >= 0 and d > 0, then q >= 0; 1/d in q times d is 1."""
        whole, part = self._fact(product), self._fact(divisor)
        if not part.is_strict:
            raise CertificateError("the divisor is not shown to be above 0")
        made = self.atoms.times(quotient, part.poly)
        if whole.poly not in (made, cleared(self.atoms, quotient, part.poly)):
            raise CertificateError("the product is not the quotient times the divisor")
        return Fact(quotient, whole.relation)

    def clear(self, quotient: int, divisor: int) -> Fact:
        """If q >= 0 and d >= 0, then q d >= 0; 1/d in q times d is 1."""
        one, two = self._fact(quotient), self._fact(divisor)
        made = cleared(self.atoms, one.poly, two.poly)
        if made is None:
            raise CertificateError("nothing is divided by the second fact")
        self.facts.use(one.poly)
        return Fact(made, ">" if one.is_strict and two.is_strict else ">=")

    def positive(self, t: Poly) -> Fact:
        """exp(t) > 0."""
        self.facts.use(t)
        return Fact(self.atoms.exp(t), ">")

    def tangent(self, t: Poly, k: Fraction) -> Fact:
        """exp(t) = exp(k) exp(t - k) >= exp(k) (1 + t - k); lo(k) > 0 serves for exp(k)."""
        self.facts.use(t)
        line = (t + number(1 - k)).scaled(self._knot(k).lo)
        return Fact(self.atoms.exp(t) - line, ">=")

    def chord(self, t: Poly, left: int, right: int) -> Fact:
        """For a <= t <= b, exp(t) is at most the line through exp(a) and exp(b)."""
        a, b = self._end(left, t, 1), self._end(right, t, -1)
        if a >= b:
            raise CertificateError("a chord needs two points")
        below, above = self._knot(a).hi, self._knot(b).hi
        line = (number(b) - t).scaled(below) + (t - number(a)).scaled(above)
        return Fact(line.scaled(1 / (b - a)) - self.atoms.exp(t), ">=")

    def above(self, t: Poly, premise: int) -> Fact:
        """If t >= k then exp(t) >= lo(k)."""
        k = self._end(premise, t, 1)
        return self._same(premise, self.atoms.exp(t) - number(self._knot(k).lo))

    def below(self, t: Poly, premise: int) -> Fact:
        """If t <= k then exp(t) <= hi(k)."""
        k = self._end(premise, t, -1)
        return self._same(premise, number(self._knot(k).hi) - self.atoms.exp(t))

    def log_above(self, t: Poly, k: Fraction, premise: int) -> Fact:
        """If exp(t) >= hi(k) then t >= k."""
        self.facts.use(t)
        if self._fact(premise).poly != self.atoms.exp(t) - number(self._knot(k).hi):
            raise CertificateError("the premise is not exp(t) >= hi(k)")
        return self._same(premise, t - number(k))

    def log_below(self, t: Poly, k: Fraction, premise: int) -> Fact:
        """If exp(t) <= lo(k) then t <= k."""
        self.facts.use(t)
        if self._fact(premise).poly != number(self._knot(k).lo) - self.atoms.exp(t):
            raise CertificateError("the premise is not exp(t) <= lo(k)")
        return self._same(premise, number(k) - t)

    def root(self, p: Poly) -> Fact:
        """sqrt(p) >= 0."""
        return Fact(self.atoms.sqrt(p), ">=")

    def root_positive(self, premise: int) -> Fact:
        """If p > 0 then sqrt(p) > 0."""
        fact = self._fact(premise)
        if not fact.is_strict:
            raise CertificateError("what the root is of is not shown to be above 0")
        return Fact(self.atoms.sqrt(fact.poly), ">")

    def root_above(self, bound: Poly, premise: int) -> Fact:
        """If p >= b^2 then sqrt(p) >= b."""
        p = self._fact(premise).poly + self.atoms.times(bound, bound)
        self.facts.use(bound)
        return Fact(self.atoms.sqrt(p) - bound, ">=")

    def root_below(self, bound: int, premise: int) -> Fact:
        """If b >= 0 and b^2 >= p >= 0 then sqrt(p) <= b."""
        b = self._fact(bound).poly
        p = self.atoms.times(b, b) - self._fact(premise).poly
        return Fact(b - self.atoms.sqrt(p), ">=")

    def size(self, p: Poly, sign: int) -> Fact:
        """|p| >= p and |p| >= -p."""
        return Fact(self.atoms.abs(p) - p.scaled(_sign(sign)), ">=")

    def size_is(self, premise: int) -> Fact:
        """If p >= 0 then |p| = p."""
        p = self._fact(premise).poly
        return Fact(self.atoms.abs(p) - p, "=")

    def whole(self, p: Poly, side: int) -> Fact:
        """p - 1 < floor(p) <= p; ``side`` 1 for the upper bound, -1 for the lower."""
        if _sign(side) > 0:
            return Fact(p - self.atoms.floor(p), ">=")
        return Fact(self.atoms.floor(p) + UNIT - p, ">")

    def whole_above(self, p: Poly, premise: int) -> Fact:
        """If p >= n then floor(p) >= n, for whole n: sums of whole numbers and of floors."""
        n = p - self._fact(premise).poly
        self._check_whole(n)
        return Fact(self.atoms.floor(p) - n, ">=")

    def whole_below(self, p: Poly, premise: int) -> Fact:
        """If p < n then floor(p) <= n - 1, for whole n."""
        n = self._fact(premise).poly + p
        self._check_whole(n)
        if not self._fact(premise).is_strict:
            raise CertificateError("floor needs p < n")
        return Fact(n - UNIT - self.atoms.floor(p), ">=")

    def _check_whole(self, n: Poly) -> None:
        """Raise unless ``n`` is a sum of whole numbers times products of floors."""
        for monomial, c in n.terms.items():
            kinds = {self.atoms.atoms[atom].kind for atom, power in monomial if power > 0}
            if c.denominator != 1 or not kinds <= {"floor"} or any(k < 0 for _, k in monomial):
                raise CertificateError("floor is compared with whole numbers")

    def turn(self, name: str, t: Poly, sign: int) -> Fact:
        """-1 <= sin(t) <= 1, and so for cos."""
        return Fact(UNIT + _wave(self.atoms, name)(t).scaled(_sign(sign)), ">=")

    def arch(self, low: int, high: int) -> Fact:
        """If 0 <= q <= pi then sin(q) >= 0; above 0 strictly between."""
        q = self._fact(low).poly
        is_strict = self._is_before(q, high, 1) and self._fact(low).is_strict
        return Fact(self.atoms.sin(q), ">" if is_strict else ">=")

    def crest(self, low: int, high: int) -> Fact:
        """If 0 < q < 2 pi then cos(q) < 1, as cos(q) = 1 - 2 sin(q/2)^2."""
        q = self._fact(low).poly
        if not (self._is_before(q, high, 2) and self._fact(low).is_strict):
            raise CertificateError("the argument is not shown to be strictly between")
        return Fact(UNIT - self.atoms.cos(q), ">")

    def _is_before(self, q: Poly, premise: int, halves: int) -> bool:
        """Whether the premise, that ``q`` is at most so often pi, is strict."""
        fact = self._fact(premise)
        if fact.poly + q != self.atoms.pi().scaled(Fraction(halves)):
            raise CertificateError("the premise does not say that the argument is before pi")
        return fact.is_strict

    def bend(self, name: str, t: Poly, k: Fraction, sides: Sequence[int], sign: int) -> Fact:
        """sin and cos near k, by sin(k + h) = sin k cos h + cos k sin h, for -r <= h <= r.

        1 - h^2/2 <= cos h <= 1 and |sin h - h| <= |h|^3/6; ``sides`` show k - r <= t <= k + r,
        and ``sign`` is 1 for a lower bound on the function, -1 for an upper one.
        """
        low, high = (k - self._end(sides[0], t, 1)), (self._end(sides[1], t, -1) - k)
        r, s = max(low, high, Fraction(0)), _sign(sign)
        sin, cos = self._circle(k)
        value, slope = (sin, cos) if name == "sin" else (cos, Range(-sin.hi, -sin.lo))
        if s < 0:
            value, slope = Range(-value.hi, -value.lo), Range(-slope.hi, -slope.lo)
        middle = (slope.lo + slope.hi) / 2
        curve = max(value.hi, Fraction(0)) / 2 + max(-slope.lo, slope.hi) * r / 6
        h = t - number(k)
        least = number(value.lo - (slope.hi - slope.lo) / 2 * r) + h.scaled(middle)
        least = least - self.atoms.times(h, h).scaled(curve)
        return Fact(_wave(self.atoms, name)(t).scaled(s) - least, ">=")

    def circle_number(self, value: Fraction) -> Fact:
        """pi is where sin changes its sign between 3 and 4."""
        if not 3 <= value <= 4:
            raise CertificateError("pi is compared with numbers from 3 to 4")
        sign = sign_of_sine(value)
        if sign > 0:
            return Fact(self.atoms.pi() - number(value), ">")
        if sign < 0:
            return Fact(number(value) - self.atoms.pi(), ">")
        raise CertificateError("too close to pi")

    def addition(self, name: str, u: Poly, v: Poly) -> Fact:
        """sin(u + v) = sin u cos v + cos u sin v, and so for cos."""
        sin, cos, times = self.atoms.sin, self.atoms.cos, self.atoms.times
        if name == "sin":
            product = times(sin(u), cos(v)) + times(cos(u), sin(v))
        else:
            product = times(cos(u), cos(v)) - times(sin(u), sin(v))
        return Fact(_wave(self.atoms, name)(u + v) - product, "=")

    def inverse_above(self, name: str, p: Poly, angle: Fraction, premise: int) -> Fact:
        """If p >= tan(angle) then atan(p) >= angle, within -3/2 and 3/2; so for asin and sin."""
        least = self._end(premise, p, 1)
        if least < self._forward(name, angle).hi:
            raise CertificateError("the premise is too weak")
        return self._same(premise, _inverse(self.atoms, name)(p) - number(angle))

    def inverse_below(self, name: str, p: Poly, angle: Fraction, premise: int) -> Fact:
        """If p <= tan(angle) then atan(p) <= angle, within -3/2 and 3/2; so for asin and sin."""
        most = self._end(premise, p, -1)
        if most > self._forward(name, angle).lo:
            raise CertificateError("the premise is too weak")
        return self._same(premise, number(angle) - _inverse(self.atoms, name)(p))

    def inverse_range(self, name: str, p: Poly, sign: int) -> Fact:
        """-pi/2 < atan(p) < pi/2, and -pi/2 <= asin(p) <= pi/2."""
        half = self.atoms.pi().scaled(Fraction(1, 2))
        gap = half - _inverse(self.atoms, name)(p).scaled(_sign(sign))
        return Fact(gap, ">" if name == "atan" else ">=")

    def _forward(self, name: str, angle: Fraction) -> Range:
        """Return bounds on tan or sin of an angle."""
        if abs(angle) > Fraction(3, 2):
            raise CertificateError("an angle beyond 3/2")
        sin, cos = self._circle(angle)
        if name == "asin":
            return sin
        if cos.lo <= 0:
            raise CertificateError("the bounds on cos are too wide")
        ratios = [s / c for s in sin for c in cos]
        return Range(min(ratios), max(ratios))

    def monotone(self, p: Poly, var: int, bound: int, slope: int, end: int, direction: int) -> Fact:
        """The mean value theorem: p is at least its value where the variable is smallest.

        The fact ``bound`` says that the variable is at least something without it, ``slope``
        that the derivative of p is >= 0 on the part, and ``end`` that p is >= 0 where the
        variable is at that bound; with ``direction`` -1 the derivative is <= 0, and the bound
        an upper one.
        """
        s = _sign(direction)
        place, is_open = self.place(var, bound, direction)
        self._check_smooth(p, var, is_open)
        change = derivative(self.atoms, p, var)
        if change is None or self._fact(slope).poly != change.scaled(s):
            raise CertificateError("the derivative is another one")
        if self._fact(end).poly != substitute(self.atoms, p, var, place):
            raise CertificateError("the value at the end is another one")
        rises_at_once = self._fact(bound).is_strict and self._fact(slope).is_strict
        is_strict = self._fact(end).is_strict or rises_at_once
        return Fact(p, ">" if is_strict else ">=")

    def place(self, var: int, bound: int, direction: int) -> tuple[Poly, bool]:
        """Return the bound of a variable, and whether the part is open there.

        Along the variable the part is a segment, as all that bounds it is linear in it, as it
        is written; so it reaches from every point to the bound, if the bound is in the part.
        (What is only equal to something linear may be so at fewer places.)
        """
        alone, s = _atom(var), _sign(direction)
        place = alone - self._fact(bound).poly.scaled(s)
        given, is_open = self.facts.facts[: self.facts.given], False
        if var in below(self.atoms, place) or self.atoms.atoms[var].kind != "var":
            raise CertificateError("the premise does not bound the variable")
        for fact in given:
            if not is_linear(self.atoms, fact.poly, var):
                raise CertificateError("the part is not a segment along the variable")
            there = substitute(self.atoms, fact.poly, var, place)
            if not self.facts.shows(there, ">="):
                raise CertificateError("the bound of the variable is not in the part")
            is_open |= not self.facts.shows(there, fact.relation)
        return place, is_open

    def _check_smooth(self, p: Poly, var: int, is_open: bool) -> None:
        """Raise unless p has a derivative in the part, and is continuous up to an open end."""
        self.facts.use(p)
        for atom in below(self.atoms, p):
            kind, argument = self.atoms.atoms[atom].kind, self.atoms.atoms[atom].argument
            if kind == "sqrt" and not self.facts.shows(argument, ">"):
                raise CertificateError("a root is not shown to have a derivative")
            if kind == "asin" and not self._is_inside(argument):
                raise CertificateError("asin is not shown to have a derivative")
            guarded = [argument] if kind in ("ln", "sqrt", "recip") else []
            guarded += [UNIT - argument, UNIT + argument] if kind == "asin" else []
            for poly in (argument, p):
                guarded += [_atom(a) for m in poly.terms for a, power in m if power < 0]
            away = self.facts.is_away
            if is_open and not all(away(each) or away(-each) for each in guarded):
                raise CertificateError("not shown to be continuous up to the open end")

    def _is_inside(self, p: Poly) -> bool:
        return self.facts.shows(UNIT - p, ">") and self.facts.shows(UNIT + p, ">")

    def _fact(self, k: int) -> Fact:
        if not 0 <= k < len(self.facts.facts):
            raise CertificateError(f"there is no fact {k} yet")
        return self.facts.facts[k]

    def _same(self, premise: int, poly: Poly) -> Fact:
        """A bound by a strictly rising function is as strict as its premise."""
        return Fact(poly, ">" if self._fact(premise).is_strict else ">=")

    def _end(self, premise: int, t: Poly, sign: int) -> Fraction:
        """Return k of a premise t - k >= 0, or k - t >= 0."""
        rest = self._fact(premise).poly - t.scaled(Fraction(sign))
        if not rest.is_number:
            raise CertificateError("the premise does not bound the argument")
        return -rest.constant * sign

    def _knot(self, k: Fraction) -> Range:
        if k not in self.knots:
            raise CertificateError(f"no bounds on exp({k})")
        return self.knots[k]

    def _circle(self, k: Fraction) -> tuple[Range, Range]:
        if k not in self.circles:
            raise CertificateError(f"no bounds on sin and cos of {k}")
        return self.circles[k]


def cleared(atoms: Atoms, quotient: Poly, divisor: Poly) -> Poly | None:
    """Return ``quotient`` times ``divisor``, where 1/divisor times divisor is 1."""
    inverse = atoms.recip(divisor)
    if len(inverse.terms) != 1:
        return None
    ((monomial, c),) = inverse.terms.items()
    if len(monomial) != 1 or monomial[0][1] != 1:
        return None
    atom, parts = monomial[0][0], []
    for some, factor in quotient.terms.items():
        powers = dict(some)
        power = powers.pop(atom, 0)
        if power > 0:
            rest = [*powers.items(), *([(atom, power - 1)] if power > 1 else [])]
            parts.append(Poly({tuple(sorted(rest)): factor / c}))
        else:
            parts.append(atoms.times(Poly({some: factor}), divisor))
    return total(parts)


def _atom(number_of: int) -> Poly:
    return Poly({((number_of, 1),): Fraction(1)})


def _wave(atoms: Atoms, name: str) -> Callable[[Poly], Poly]:
    if name not in ("sin", "cos"):
        raise CertificateError(f"sin or cos, not {name!r}")
    return atoms.sin if name == "sin" else atoms.cos


def _inverse(atoms: Atoms, name: str) -> Callable[[Poly], Poly]:
    if name not in ("atan", "asin"):
        raise CertificateError(f"atan or asin, not {name!r}")
    return atoms.atan if name == "atan" else atoms.asin


def _sign(value: Any) -> Fraction:
    if value not in (1, -1):
        raise CertificateError(f"a sign is 1 or -1, not {value!r}")
    return Fraction(value)
