"""Products, powers, exponentials and logarithms of sums.

For complex values: exp(q Log z + f) = z^q exp(f), z^p z^q = z^(p+q), and
Log(exp f) = f up to a multiple of 2 pi i, which an exponential takes away again
(``ln_up_to_turns``); exactly it is f where the imaginary part of f is within (-pi, pi]
(``ln``). At 0 and the infinities these agree with exp(-oo) = 0 and ln 0 = -oo.
"""

from collections.abc import Iterable
from fractions import Fraction

from emlir.passes.lifting import gauss
from emlir.passes.lifting.gauss import ONE, Gauss, real
from emlir.passes.lifting.reality import Reality
from emlir.passes.lifting.recognise import canonical, named_logarithm
from emlir.passes.lifting.store import Store
from emlir.passes.lifting.sums import (
    UNIT,
    ZERO,
    Base,
    Product,
    Sum,
    UnknownValueError,
    add,
    collect,
    number,
    of_base,
    of_terms,
    pi,
    scale,
    subtract,
)

LARGEST_POWER = 64
BITS = 4_096


class Algebra:
    """The operations; ``reality`` knows what is real."""

    def __init__(self, store: Store, reality: Reality) -> None:
        self.store = store
        self.reality = reality

    def minus(self, x: Sum, y: Sum) -> Sum:
        """x - y, in canonical form."""
        return canonical(self.store, subtract(x, y))

    def times(self, x: Sum, y: Sum) -> Sum:
        """x * y for finite values."""
        for one, other in ((x, y), (y, x)):
            if one.constant is not None:
                return scale(other, one.constant)
        for one, other in ((x, y), (y, x)):
            term = one.only
            if term is not None and not term[0].factors and not one.infinite:
                return self._distributed(term, other)
        factors: list[tuple[Base, Fraction]] = []
        factor, exponent = ONE, ZERO
        for side in (x, y):
            product, own = self._as_product(side)
            factors.extend(product.factors)
            factor = factor * own
            exponent = add(exponent, self.store[product.exponent])
        return self._product(factor, factors, exponent)

    def _distributed(self, term: tuple[Product, Gauss], x: Sum) -> Sum:
        """c exp(f) times a sum: exponents add up in every term."""
        if x.infinite:
            raise UnknownValueError
        outer, factor = term
        total = ZERO
        for product, own in x.terms:
            exponent = add(self.store[outer.exponent], self.store[product.exponent])
            total = add(total, self._product(factor * own, product.factors, exponent))
        return canonical(self.store, total)

    def _as_product(self, x: Sum) -> tuple[Product, Gauss]:
        if x.infinite:
            raise UnknownValueError
        return x.only or (Product(frozenset({(("sum", self.store.key(x)), Fraction(1))})), ONE)

    def _product(
        self, factor: Gauss, factors: Iterable[tuple[Base, Fraction]], exponent: Sum
    ) -> Sum:
        """A constant times factors times exp(exponent), with what is seen in them."""
        collected = collect(factors)
        constant, rest = self.split_exponent(exponent)
        product = Product(collected, self.store.key(rest))
        return self._opened(of_terms({product: factor * constant}))

    def _opened(self, x: Sum) -> Sum:
        """A constant times one sum, or times exp(f) and one sum, is a sum again."""
        if x.only is None:
            return x
        product, factor = x.only
        sums = [item for item in product.factors if item[0][0] == "sum"]
        if len(product.factors) == 1 and len(sums) == 1 and sums[0][1] == 1:
            inside = self.store[sums[0][0][1]]
            outer = Product(frozenset(), product.exponent)
            return (
                scale(inside, factor)
                if outer == UNIT
                else self._distributed((outer, factor), inside)
            )
        return x

    def power(self, x: Sum, exponent: Fraction) -> Sum:
        """The principal power with a rational exponent, of a finite value."""
        if exponent == 0:
            return number(ONE)
        if x.infinite or not x.terms:
            raise UnknownValueError
        whole = exponent.denominator == 1
        term = x.only
        if term is not None and whole and abs(exponent) <= LARGEST_POWER:
            product, factor = term
            factors = [(base, power * exponent) for base, power in product.factors]
            inside = scale(self.store[product.exponent], real(exponent))
            return self._product(_bounded(factor.power(exponent.numerator)), factors, inside)
        if x.constant is not None and x.constant.im == 0 and x.constant.re > 0:
            return self._root(x.constant.re, exponent)
        if term is not None and term[1] == ONE and not term[0].exponent:
            inner = self._power_of_power(term[0], exponent)
            if inner is not None:
                return inner
        return self._product(ONE, [(("sum", self.store.key(x)), exponent)], ZERO)

    def _root(self, value: Fraction, exponent: Fraction) -> Sum:
        """A power of a positive rational, with a positive exponent unless the base is whole."""
        if exponent < 0:
            value, exponent = 1 / value, -exponent
        root = _exact_root(value, exponent.denominator)
        if root is not None and exponent.numerator <= LARGEST_POWER:
            return number(_bounded(real(root).power(exponent.numerator)))
        return of_terms(
            {Product(frozenset({(("sum", self.store.key(number(real(value)))), exponent)})): ONE}
        )

    def _power_of_power(self, product: Product, exponent: Fraction) -> Sum | None:
        """(z^p)^q = z^(p q) for -1 < p <= 1, and for p = -1 off the negative axis."""
        if len(product.factors) != 1:
            return None
        ((base, power),) = product.factors
        inner = self._product(ONE, [(base, Fraction(1))], ZERO)
        if -1 < power <= 1 or (power == -1 and self.reality.off_cut(inner)):
            return self._product(ONE, [(base, power * exponent)], ZERO)
        return None

    def exp(self, x: Sum) -> Sum:
        """exp(x) of a value that is known up to 2 pi i."""
        if x.infinite:
            return x if x.infinite > 0 else ZERO
        rest, powers = self._split_powers(x)
        constant, exponent = self.split_exponent(rest)
        result = of_terms({Product(frozenset(), self.store.key(exponent)): constant})
        for power in powers:
            result = self.times(result, power)
        return canonical(self.store, result)

    def _split_powers(self, x: Sum) -> tuple[Sum, list[Sum]]:
        """Take q Log z out of an exponent, as z^q; what stays must be finite beside that."""
        found: dict[Product, Sum] = {}
        for product, factor in x.terms:
            base = product.single
            if base is None or base[0] != "ln" or factor.im:
                continue
            inside = self.store[base[1]]
            if factor.re > 0 or self.reality.not_zero(self.store.key(inside)):
                found[product] = self.power(inside, factor.re)
        rest = of_terms({product: by for product, by in x.terms if product not in found})
        if found and not self.reality.has_finite_logarithms(rest):
            return x, []
        return rest, list(found.values())

    def split_exponent(self, x: Sum) -> tuple[Gauss, Sum]:
        """Take multiples of pi i / 2 out of an exponent."""
        ((product, _),) = pi().terms
        factor = dict(x.terms).get(product)
        if factor is None or factor.re or (2 * factor.im).denominator != 1:
            return ONE, x
        turns = gauss.TURNS[(2 * factor.im).numerator % 4]
        return turns, add(x, of_terms({product: -factor}))

    def ln(self, x: Sum) -> Sum:
        """The principal logarithm: of c exp(f) P it is ln c + f + ln P for real f."""
        if x.infinite or not x.terms:
            return self._ln_of_limit(x)
        if x.only is None:
            return self._plain_ln(x)
        product, factor = x.only
        inside = self.store[product.exponent]
        if not product.factors and factor == ONE and self.reality.in_strip(inside):
            return inside
        if not self.reality.is_real(inside):
            return self._plain_ln(x)
        if not product.factors:
            constant = self._ln_of_constant(factor)
            return self._plain_ln(x) if constant is None else self._total(constant, inside)
        scaled = of_terms({Product(product.factors): factor})
        return self._total(self._ln_of_powers(scaled), inside)

    def _ln_of_powers(self, x: Sum) -> Sum:
        """Log(z^q) = q Log z for -1 < q < 1, and for q = -1 off the negative axis."""
        assert x.only is not None
        product, factor = x.only
        powers = [power for _, power in product.factors]
        if len(powers) == 1 and factor == ONE and -1 < powers[0] < 1:
            inner = self._product(ONE, [(base, Fraction(1)) for base, _ in product.factors], ZERO)
            return scale(self._plain_ln(inner), real(powers[0]))
        if all(power < 0 for power in powers) and not factor.im and factor.re > 0:
            inverted = [(base, -power) for base, power in product.factors]
            inner = self._product(factor.inverse(), inverted, ZERO)
            if self.reality.off_cut(inner):
                return scale(self._plain_ln(inner), real(-1))
        return self._plain_ln(x)

    def _total(self, x: Sum, y: Sum) -> Sum:
        return canonical(self.store, add(x, y))

    def ln_up_to_turns(self, x: Sum) -> Sum:
        """A logarithm, up to a multiple of 2 pi i: that of a product falls apart."""
        if x.infinite or not x.terms:
            return self._ln_of_limit(x)
        if x.only is None:
            return self._plain_ln(x)
        product, factor = x.only
        constant = self._ln_of_constant(factor)
        total = self._plain_ln(number(factor)) if constant is None else constant
        for base, power in product.factors:
            inside = self.store[base[1]] if base[0] == "sum" else of_base(base)
            total = add(total, scale(self._plain_ln(inside), real(power)))
        return canonical(self.store, add(total, self.store[product.exponent]))

    def _ln_of_limit(self, x: Sum) -> Sum:
        if x.infinite < 0:
            raise UnknownValueError
        return x if x.infinite else Sum(infinite=-1)

    def _ln_of_constant(self, value: Gauss) -> Sum | None:
        """Log of a number on an axis: that of its size, and quarter turns."""
        polar = value.polar
        if polar is None:
            return None
        size, quarters = polar
        angle = scale(pi(), Gauss(Fraction(0), Fraction(quarters, 2)))
        return angle if size == 1 else add(self._plain_ln(number(real(size))), angle)

    def _plain_ln(self, x: Sum) -> Sum:
        value = x.constant
        if value == ONE:
            return ZERO
        if value is not None and not value.im and 0 < value.re < 1:
            return scale(self._plain_ln(number(value.inverse())), real(-1))
        named = named_logarithm(self.store, x)
        return named if named is not None else of_base(("ln", self.store.key(x)))


def _bounded(value: Gauss) -> Gauss:
    parts = (value.re.numerator, value.re.denominator, value.im.numerator, value.im.denominator)
    if max(abs(part).bit_length() for part in parts) > BITS:
        raise UnknownValueError
    return value


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    parts = [_integer_root(part, degree) for part in (value.numerator, value.denominator)]
    return None if None in parts else Fraction(parts[0] or 0, parts[1] or 1)


def _integer_root(value: int, degree: int) -> int | None:
    if value.bit_length() > BITS or degree > BITS:
        return None
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    return low if low**degree == value else None
