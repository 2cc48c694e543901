"""Sums: linear combinations of products, the form in which values are recognised.

A value is a sum of coefficient * product, or an infinity. A product is a set of factors
(a base with a rational exponent) times the exponential of another sum. A base is an
expression (``leaf``), a sum itself (``sum``), or a function of a sum by the name of its
operator (``ln``, ``sin``, ...). Sums are numbered, and refer to each
other by number, so nothing here is nested and nothing recurses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from emlir.expr.core import Expr, build
from emlir.passes.lifting.gauss import ONE, Gauss, real

Base = tuple[str, Expr | int]
Factors = frozenset[tuple[Base, Fraction]]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors times the exponential of the sum with the number ``exponent`` (0 is the sum 0)."""

    factors: Factors = frozenset()
    exponent: int = 0

    @property
    def single(self) -> Base | None:
        """The base, if the product is one base to the power 1."""
        if self.exponent or len(self.factors) != 1:
            return None
        ((base, power),) = self.factors
        return base if power == 1 else None


UNIT = Product()
Terms = frozenset[tuple[Product, Gauss]]


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms, or an infinity if ``infinite`` is 1 or -1."""

    terms: Terms = frozenset()
    infinite: int = 0

    @property
    def constant(self) -> Gauss | None:
        """The value, if it is a number."""
        if not self.terms and not self.infinite:
            return Gauss(Fraction(0))
        term = self.only
        return term[1] if term is not None and term[0] == UNIT else None

    @property
    def only(self) -> tuple[Product, Gauss] | None:
        """The one term, if there is one."""
        return next(iter(self.terms)) if len(self.terms) == 1 else None


ZERO = Sum()
LARGEST = 24
"""Sums of more terms are not taken apart further: they become one leaf."""


class UnknownValueError(ArithmeticError):
    """The value is undefined, or too large to be followed."""


def of_terms(terms: Mapping[Product, Gauss]) -> Sum:
    """Make a sum; terms with the coefficient 0 are left out."""
    return Sum(frozenset((product, factor) for product, factor in terms.items() if factor))


def number(value: Gauss) -> Sum:
    """A constant."""
    return of_terms({UNIT: value})


def of_base(base: Base) -> Sum:
    """A base by itself."""
    return Sum(frozenset({(Product(frozenset({(base, Fraction(1))})), ONE)}))


def leaf(expr: Expr) -> Sum:
    """An expression that is not taken apart."""
    return of_base(("leaf", expr))


def pi() -> Sum:
    """The number pi."""
    return leaf(build("pi"))


def add(x: Sum, y: Sum) -> Sum:
    """x + y; :class:`UnknownValueError` for infinities of opposite signs."""
    if x.infinite or y.infinite:
        if x.infinite * y.infinite < 0:
            raise UnknownValueError
        return Sum(infinite=x.infinite or y.infinite)
    terms = dict(x.terms)
    for product, factor in y.terms:
        terms[product] = terms[product] + factor if product in terms else factor
    if len(terms) > LARGEST:
        raise UnknownValueError
    return of_terms(terms)


def scale(x: Sum, by: Gauss) -> Sum:
    """A constant times x."""
    if x.infinite:
        if not by or by.im:
            raise UnknownValueError
        return Sum(infinite=x.infinite if by.re > 0 else -x.infinite)
    return of_terms({product: factor * by for product, factor in x.terms})


def subtract(x: Sum, y: Sum) -> Sum:
    """x - y."""
    return add(x, scale(y, real(-1)))


def collect(factors: Iterable[tuple[Base, Fraction]]) -> Factors:
    """Multiply powers: exponents of the same base add up."""
    powers: dict[Base, Fraction] = {}
    for base, power in factors:
        powers[base] = powers.get(base, Fraction(0)) + power
    return frozenset((base, power) for base, power in powers.items() if power)
