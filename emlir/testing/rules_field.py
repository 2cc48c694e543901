"""Rational functions over the symbols of a rule and its non-rational terms, exactly.

Generators are named by keys: symbols, and terms such as asin(f) by the rational function f.
Later generators come first in the order of terms, so that a relation such as s^2 = f, for a
square root of f, replaces s^2.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from emlir.expr.signs import ANY, NEGATIVE, POSITIVE, ZERO, product_sign, sum_sign

GENERATORS = 40
Key = tuple[Any, ...]


class NotDecidedError(ArithmeticError):
    """What keeps an identity from being decided."""


@lru_cache(maxsize=1)
def _ring() -> Any:
    return fmpq_mpoly_ctx.get([f"g{k}" for k in range(GENERATORS)], Ordering.lex)


def poly_key(poly: Any) -> Key:
    """Return something hashable that is the same for equal polynomials."""
    return tuple(sorted((exponents, str(value)) for exponents, value in poly.to_dict().items()))


@dataclass(frozen=True, slots=True)
class Ratio:
    """A quotient of coprime polynomials; the divisor has leading coefficient 1."""

    top: Any
    bottom: Any

    @classmethod
    def of(cls, top: Any, bottom: Any) -> "Ratio":
        """Reduce a quotient."""
        common = top.gcd(bottom)
        if not common.is_constant():
            top, bottom = top / common, bottom / common
        lead = bottom.leading_coefficient()
        return cls(top / lead, bottom / lead)

    @property
    def key(self) -> Key:
        return poly_key(self.top), poly_key(self.bottom)

    @property
    def is_zero(self) -> bool:
        return bool(self.top == 0)

    @property
    def is_constant(self) -> bool:
        return bool(self.top.is_constant()) and bool(self.bottom.is_constant())

    def __add__(self, other: "Ratio") -> "Ratio":
        top = self.top * other.bottom + other.top * self.bottom
        return Ratio.of(top, self.bottom * other.bottom)

    def __mul__(self, other: "Ratio") -> "Ratio":
        return Ratio.of(self.top * other.top, self.bottom * other.bottom)

    def __neg__(self) -> "Ratio":
        return Ratio(-self.top, self.bottom)

    def inverse(self) -> "Ratio":
        return Ratio.of(self.bottom, self.top)

    def power(self, exponent: int) -> "Ratio":
        base = self if exponent >= 0 else self.inverse()
        return Ratio(base.top ** abs(exponent), base.bottom ** abs(exponent))


@dataclass(slots=True)
class Field:
    """The generators of one case, what is known of each, and their number."""

    index: dict[Key, int] = field(default_factory=dict)
    signs: dict[int, int] = field(default_factory=dict)
    real: dict[int, bool | None] = field(default_factory=dict)
    nonzero: set[int] = field(default_factory=set)
    has_unit: bool = False
    relations: list[Any] = field(default_factory=list)
    """Polynomials that are 0."""
    logs: dict[int, Ratio] = field(default_factory=dict)
    """What the generators that are logarithms are logarithms of."""
    exponents: dict[int, Ratio] = field(default_factory=dict)
    """The x of generators that are exp(x)."""
    squares: dict[int, Ratio] = field(default_factory=dict)
    """The x of generators that are the root of a positive x."""

    def constant(self, value: Fraction | int) -> Ratio:
        value = Fraction(value)
        one = _ring().constant(1)
        return Ratio(one * fmpq(value.numerator, value.denominator), one)

    def generator(self, key: Key, real: bool | None, sign: int = ANY) -> Ratio:
        """Return the generator of a key; what is said of it at first holds for good."""
        if key not in self.index:
            if len(self.index) == GENERATORS:
                raise NotDecidedError("there are too many different terms")
            k = self.index[key] = GENERATORS - 1 - len(self.index)
            self.real[k] = real
            self.signs[k] = sign if real else ANY
            if real is False or (real and not sign & ZERO):
                self.nonzero.add(k)
        ring = _ring()
        return Ratio(ring.gens()[self.index[key]], ring.constant(1))

    def generators(self) -> Any:
        """Return all generators, used or not, as polynomials."""
        return _ring().gens()

    def monomial(self, exponents: tuple[int, ...]) -> Ratio:
        """Return a product of generators."""
        ring = _ring()
        return Ratio(ring.term(exp_vec=exponents), ring.constant(1))

    def reduced(self, x: Ratio) -> Ratio:
        """Return a rational function with the relations applied."""
        top, bottom = x.top, x.bottom
        for relation in reversed(self.relations):
            top, bottom = divmod(top, relation)[1], divmod(bottom, relation)[1]
        if bottom == 0:
            raise NotDecidedError("a divisor is 0 by the relations of its terms")
        return Ratio.of(top, bottom)

    def relate(self, x: Ratio) -> None:
        """Note that a rational function is 0."""
        self.relations.append(x.top)

    def is_real(self, poly: Any) -> bool:
        return all(self.real[k] for k in self.used(poly))

    def used(self, poly: Any) -> set[int]:
        """Return the generators in a polynomial."""
        return {k for exponents in poly.to_dict() for k, power in enumerate(exponents) if power}

    def sign(self, poly: Any) -> int:
        """Return the signs that a real polynomial can have, term by term."""
        if not self.is_real(poly):
            return ANY
        total = ZERO
        for exponents, value in poly.to_dict().items():
            total = sum_sign((), (total, self._term_sign(exponents, value)))
        return total

    def _term_sign(self, exponents: tuple[int, ...], value: Any) -> int:
        sign = POSITIVE if value > 0 else NEGATIVE
        for k, power in enumerate(exponents):
            if power:
                sign = product_sign((0, 1), (sign, self._power_sign(k, power)))
        return sign

    def _power_sign(self, k: int, power: int) -> int:
        sign = self.signs[k]
        if power % 2:
            return sign
        return (sign & ZERO) | (POSITIVE if sign & ~ZERO else 0)

    def factors(self, poly: Any) -> Iterator[Any]:
        """Yield the distinct irreducible factors, each with leading coefficient 1."""
        for factor, _ in poly.factor()[1]:
            yield factor / factor.leading_coefficient()

    def is_nonzero(self, factor: Any) -> bool:
        """Whether an irreducible polynomial is visibly not 0."""
        if factor.is_constant():
            return True
        used = self.used(factor)
        single = len(used) == 1 and len(factor.to_dict()) == 1
        if single and used <= self.nonzero:
            return True
        return self.is_real(factor) and not self.sign(factor) & ZERO
