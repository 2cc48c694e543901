"""The table of atoms, and arithmetic in normal form.

Three facts are built into the normal form: exp(u) exp(v) = exp(u + v), exp(ln p) = p, hence
ln(exp t) = t. So are the definitions: sqrt(p)^2 = p, |p|^2 = p^2, 1/p the inverse of p; and
cos(t)^2 = 1 - sin(t)^2, sin and cos being odd and even, and quarter turns, see ``turns``. Whoever
uses an atom owes that it is defined: ln p where p > 0, sqrt p where p >= 0, 1/p where p is not 0.
See ``facts``.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from .polynomials import ONE, UNIT, ZERO, Monomial, Poly, TooLargeError, number
from .turns import HALF, SQUARES, turned

MOST_POWER = 64
"""Powers of sums above this are not expanded."""
MOST_BITS = 1_000_000
"""Powers of numbers with more binary digits than this are not taken."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A variable with its name, or a function with its argument."""

    kind: str
    argument: Poly = ZERO
    name: str = ""


class Atoms:
    """All atoms of one certificate; equal atoms have the same number."""

    def __init__(self) -> None:
        self.atoms: list[Atom] = []
        self._numbers: dict[Atom, int] = {}
        self._products: dict[tuple[Monomial, Monomial], Poly] = {}

    def _atom(self, atom: Atom) -> Poly:
        if atom not in self._numbers:
            self._numbers[atom] = len(self.atoms)
            self.atoms.append(atom)
        return Poly({((self._numbers[atom], 1),): Fraction(1)})

    def var(self, name: str) -> Poly:
        """Return a variable."""
        return self._atom(Atom("var", name=name))

    def pi(self) -> Poly:
        """Return the circle number."""
        return self._atom(Atom("pi"))

    def exp(self, t: Poly) -> Poly:
        """Return exp(t); terms n ln(p) with a whole n leave it as factors p^n."""
        rest, result = dict(t.terms), UNIT
        for monomial, c in t.terms.items():
            if self._is_logarithm(monomial) and c.denominator == 1 and abs(c) <= MOST_POWER:
                del rest[monomial]
                result = self.times(result, self._power_of_logarithm(monomial, int(c)))
        left = Poly(rest)
        return self.times(result, self._atom(Atom("exp", left))) if rest else result

    def _is_logarithm(self, monomial: Monomial) -> bool:
        return (
            len(monomial) == 1 and monomial[0][1] == 1 and self.atoms[monomial[0][0]].kind == "ln"
        )

    def _power_of_logarithm(self, monomial: Monomial, power: int) -> Poly:
        base = self.atoms[monomial[0][0]].argument
        return self.power(base if power > 0 else self.recip(base), abs(power))

    def ln(self, p: Poly) -> Poly:
        """Return ln(p); ln(c exp(t)) is t + ln(c)."""
        if p == UNIT:
            return ZERO
        if len(p.terms) == 1:
            (monomial, c), *_ = p.terms.items()
            if c > 0 and len(monomial) == 1 and self.atoms[monomial[0][0]].kind == "exp":
                return self.atoms[monomial[0][0]].argument + self.ln(number(c))
        return self._atom(Atom("ln", p))

    def sqrt(self, p: Poly) -> Poly:
        """Return sqrt(p); of a square of a rational number that number."""
        if p.is_number and p.constant >= 0:
            top, bottom = isqrt(p.constant.numerator), isqrt(p.constant.denominator)
            if Fraction(top * top, bottom * bottom) == p.constant:
                return number(Fraction(top, bottom))
        return self._atom(Atom("sqrt", p))

    def recip(self, p: Poly) -> Poly:
        """Return 1/p; of a single term by negative powers. ``ZeroDivisionError`` for 0."""
        if not p.terms:
            raise ZeroDivisionError("1/0")
        if len(p.terms) > 1:
            c = p.leading
            return self._atom(Atom("recip", p.scaled(1 / c))).scaled(1 / c)
        ((monomial, c),) = p.terms.items()
        return self._reduced(tuple((atom, -power) for atom, power in monomial)).scaled(1 / c)

    def sin(self, t: Poly) -> Poly:
        """Return sin(t), odd in t, with quarter turns taken out."""
        return self._wave(t, 0)

    def cos(self, t: Poly) -> Poly:
        """Return cos(t), even in t, with quarter turns taken out."""
        return self._wave(t, 1)

    def _wave(self, t: Poly, quarters: int) -> Poly:
        """Return sin(t + n pi/2) for a whole n."""
        place = self._numbers.get(Atom("pi"))
        pi = None if place is None else ((place, 1),)
        s, n = turned(t, quarters, pi)
        name, sign = ("sin", "cos")[n % 2], Fraction(1 if n < 2 else -1)
        if not s.terms:
            return number(sign if name == "cos" else 0)
        known = SQUARES.get((name, s.terms[pi])) if pi is not None and [*s.terms] == [pi] else None
        size = self._atom(Atom(name, s)) if known is None else self.sqrt(number(known)).scaled(HALF)
        return size.scaled(sign)

    def atan(self, p: Poly) -> Poly:
        """Return atan(p), odd in p."""
        return self._odd("atan", p)

    def asin(self, p: Poly) -> Poly:
        """Return asin(p), odd in p."""
        return self._odd("asin", p)

    def _odd(self, kind: str, t: Poly) -> Poly:
        if not t.terms:
            return ZERO
        return self._atom(Atom(kind, t)) if t.leading > 0 else -self._atom(Atom(kind, -t))

    def abs(self, p: Poly) -> Poly:
        """Return |p|, even in p."""
        if p.is_number:
            return number(abs(p.constant))
        c = abs(p.leading)
        return self._atom(Atom("abs", p.scaled(1 / p.leading))).scaled(c)

    def floor(self, p: Poly) -> Poly:
        """Return floor(p); whole numbers leave it."""
        whole = number(p.constant // 1)
        rest = p - whole
        return whole if rest.is_number else whole + self._atom(Atom("floor", rest))

    def times(self, p: Poly, q: Poly) -> Poly:
        """Return the product in normal form."""
        if p.is_number or q.is_number:
            return q.scaled(p.constant) if p.is_number else p.scaled(q.constant)
        sums: dict[Monomial, Fraction] = {}
        for a, c in p.terms.items():
            for b, d in q.terms.items():
                if (a, b) not in self._products:
                    self._products[a, b] = self._joined(a, b)
                for monomial, e in self._products[a, b].terms.items():
                    sums[monomial] = sums.get(monomial, Fraction(0)) + c * d * e
        return Poly(sums)

    def power(self, p: Poly, exponent: int) -> Poly:
        """Return p^exponent for a whole exponent that is not negative."""
        if exponent > MOST_POWER and len(p.terms) > 1:
            raise TooLargeError(f"a sum to the power {exponent:,}")
        if len(p.terms) == 1:
            ((monomial, c),) = p.terms.items()
            if (
                exponent * (abs(c.numerator) * c.denominator).bit_length() > MOST_BITS
                and abs(c) != 1
            ):
                raise TooLargeError(f"a number to the power {exponent:,}")
            raised = tuple((atom, power * exponent) for atom, power in monomial)
            return self._reduced(raised if exponent else ONE).scaled(c**exponent)
        result = UNIT
        for _ in range(exponent):
            result = self.times(result, p)
        return result

    def is_normal(self, monomial: Monomial) -> bool:
        """Whether a product has each atom once, in order, and nothing is left to reduce."""
        in_order = all(a < b for (a, _), (b, _) in pairwise(monomial))
        return in_order and self._reduced(monomial) == Poly({monomial: Fraction(1)})

    def _joined(self, a: Monomial, b: Monomial) -> Poly:
        powers = dict(a)
        for atom, power in b:
            powers[atom] = powers.get(atom, 0) + power
        return self._reduced(tuple(sorted((k, n) for k, n in powers.items() if n)))

    def _reduced(self, monomial: Monomial) -> Poly:
        """Return a product of powers of atoms in normal form."""
        exponent, kept, factors = ZERO, [], []
        for atom, power in monomial:
            kind, argument = self.atoms[atom].kind, self.atoms[atom].argument
            if kind == "exp":
                exponent = exponent + argument.scaled(Fraction(power))
            elif kind == "recip" and power < 0:
                factors.append(self.power(argument, -power))
            elif kind == "sqrt" and power != 1:
                factors.append(self._whole_power(argument, power // 2))
                kept += [(atom, 1)] * (power % 2)
            elif kind == "abs" and power > 1:
                factors.append(self.power(argument, power - power % 2))
                kept += [(atom, 1)] * (power % 2)
            elif kind == "cos" and power > 1:
                sine = self.sin(argument)
                factors.append(self.power(UNIT - self.times(sine, sine), power // 2))
                kept += [(atom, 1)] * (power % 2)
            else:
                kept.append((atom, power))
        if exponent.terms:
            found = self.exp(exponent)
            if len(found.terms) == 1 and not factors and found.key[0][1] == 1:
                ((alone, _),) = found.key
                if len(alone) == 1 and self.atoms[alone[0][0]].kind == "exp":
                    return Poly({tuple(sorted([*kept, *alone])): Fraction(1)})
            factors.append(found)
        result = Poly({tuple(kept): Fraction(1)})
        for factor in factors:
            result = self.times(result, factor)
        return result

    def _whole_power(self, p: Poly, power: int) -> Poly:
        return self.power(p, power) if power >= 0 else self.power(self.recip(p), -power)
