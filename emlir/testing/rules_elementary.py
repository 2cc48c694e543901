"""exp, ln, roots, powers, sine and cosine of finite values, in normal form.

exp(2 a - b) becomes x^8 / y^4 with x = exp(a/4), y = exp(b/4); ln of a real is split into the
logarithms of the factors of its numerator and divisor, whose signs the case must tell; so is a
square root; the sine and cosine of a sum are those of its terms by the addition theorems,
with the relation sin^2 + cos^2 = 1.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpz

from emlir.expr.signs import ANY, NEGATIVE, POSITIVE, ZERO
from emlir.testing.rules_field import Ratio
from emlir.testing.rules_outcome import (
    UNDEFINED,
    Calculator,
    Outcome,
    finite,
    infinite,
    unclear,
)

UNIT = Fraction(1, 4)
LARGEST_MULTIPLE = 64
LARGEST_ANGLE = 8
Factors = list[tuple[Any, int]]
Angle = tuple[Ratio, Ratio]


@dataclass(frozen=True, slots=True)
class Elementary:
    """The elementary functions of outcomes in one case."""

    calculator: Calculator
    semantics: str

    def exp(self, x: Outcome) -> Outcome:
        if x.kind == "infinite":
            return x if x.sign > 0 else finite(self._constant(0), True)
        return finite(self._exponential(x.value), x.real or None)

    def _constant(self, value: Fraction | int) -> Ratio:
        return self.calculator.field.constant(value)

    def _exponential(self, x: Ratio) -> Ratio:
        if not x.bottom.is_constant():
            negative = x.top.leading_coefficient() < 0
            value = self._exp_generator(-x if negative else x)
            return value.inverse() if negative else value
        result = self._constant(1)
        for exponents, value in x.top.to_dict().items():
            result = result * self._exp_of_term(exponents, Fraction(int(value.p), int(value.q)))
        return result

    def _exp_of_term(self, exponents: tuple[int, ...], factor: Fraction) -> Ratio:
        used = [(k, power) for k, power in enumerate(exponents) if power]
        if len(used) == 1 and used[0][1] == 1 and used[0][0] in self.calculator.field.logs:
            power = self._power_of(self.calculator.field.logs[used[0][0]], factor)
            if power is not None:
                return power
        whole = factor / UNIT
        unit = UNIT if whole.denominator == 1 and abs(whole) <= LARGEST_MULTIPLE else abs(factor)
        monomial = self.calculator.field.monomial(exponents)
        return self._exp_generator(monomial * self._constant(unit)).power(int(factor / unit))

    def _exp_generator(self, x: Ratio) -> Ratio:
        field = self.calculator.field
        real = field.is_real(x.top) and field.is_real(x.bottom)
        generator = field.generator(("exp", x.key), real or None, POSITIVE)
        k = field.index[("exp", x.key)]
        field.nonzero.add(k)
        field.exponents[k] = x
        return generator

    def _power_of(self, base: Ratio, factor: Fraction) -> Ratio | None:
        """exp(factor ln base) for whole and half factors."""
        if factor.denominator == 1 and abs(factor) <= LARGEST_MULTIPLE:
            return base.power(int(factor))
        if factor.denominator == 2 and self._is_positive(base):
            root = self._root_generator(base, POSITIVE, True)
            return root.power(int(2 * factor))
        return None

    def _is_positive(self, x: Ratio) -> bool:
        field, poly = self.calculator.field, x.top * x.bottom
        return field.is_real(poly) and self.calculator.case.sign(field, poly) == POSITIVE

    def ln(self, x: Outcome) -> Outcome:
        """ln, in ``extended`` and ``complex`` with -inf at 0."""
        if x.kind == "infinite":
            return x if x.sign > 0 else UNDEFINED
        if x.real is None:
            return unclear("a logarithm of a value that may be real or not")
        if not x.real:
            return finite(self._ln_generator(x.value, False), False)
        sign, factors, content = self._factored(x.value)
        if sign == ZERO:
            return UNDEFINED if self.semantics == "real" else infinite(-1)
        if sign == NEGATIVE:
            negative = finite(self._ln_generator(x.value, False), False)
            return negative if self.semantics == "complex" else UNDEFINED
        result = self._ln_of_number(content)
        for factor, power in factors:
            result = result + self._ln_of_factor(factor) * self._constant(power)
        return finite(result, True)

    def _factored(self, x: Ratio) -> tuple[int, Factors, Fraction]:
        """The sign of a real value, its factors made positive with powers, and a number."""
        calculator, sign = self.calculator, POSITIVE
        if calculator.case.is_zero(calculator.field, x.top):
            return ZERO, [], Fraction(0)
        content = Fraction(1)
        factors: Factors = []
        for poly, direction in ((x.top, 1), (x.bottom, -1)):
            number, parts = poly.factor()
            content *= Fraction(int(number.p), int(number.q)) ** direction
            for factor, power in parts:
                one = calculator.case.sign(calculator.field, factor)
                if one == ZERO:
                    return ZERO, [], Fraction(0)
                factors.append((-factor if one == NEGATIVE else factor, direction * int(power)))
                sign = ANY ^ ZERO ^ sign if one == NEGATIVE and power % 2 else sign
        sign = ANY ^ ZERO ^ sign if content < 0 else sign
        return sign, factors, abs(content)

    def _ln_of_number(self, value: Fraction) -> Ratio:
        result = self._constant(0)
        for whole, direction in ((value.numerator, 1), (value.denominator, -1)):
            for prime, power in fmpz(whole).factor():
                generator = self._ln_generator(self._constant(int(prime)), True, POSITIVE)
                result = result + generator * self._constant(direction * int(power))
        return result

    def _ln_of_factor(self, factor: Any) -> Ratio:
        field = self.calculator.field
        k = next(iter(field.used(factor)))
        ratio = Ratio(factor, self._constant(1).top)
        if factor == field.generators()[k] and k in field.exponents:
            return field.exponents[k]
        if factor == field.generators()[k] and k in field.squares:
            whole = self.ln(finite(field.squares[k], True))
            return whole.value * self._constant(Fraction(1, 2))
        return self._ln_generator(ratio, True)

    def _ln_generator(self, x: Ratio, real: bool, sign: int = ANY) -> Ratio:
        field = self.calculator.field
        generator = field.generator(("ln", x.key), real, sign)
        field.logs[field.index[("ln", x.key)]] = x
        return generator

    def sqrt(self, x: Outcome) -> Outcome:
        if x.kind == "infinite":
            return x if x.sign > 0 else UNDEFINED
        if not x.real:
            return finite(self._root_generator(x.value, ANY, None), None)
        sign, factors, content = self._factored(x.value)
        if sign == ZERO:
            return finite(self._constant(0), True)
        if sign == NEGATIVE:
            nonreal = finite(self._root_generator(x.value, ANY, False), False)
            return nonreal if self.semantics == "complex" else UNDEFINED
        result = self._root_of_number(content)
        for factor, power in factors:
            result = result * self._root_of_factor(factor, power)
        return finite(result, True)

    def _root_of_number(self, value: Fraction) -> Ratio:
        result = self._constant(1)
        for whole, direction in ((value.numerator, 1), (value.denominator, -1)):
            for prime, power in fmpz(whole).factor():
                base = self._constant(int(prime))
                result = result * self._root_of_power(base, direction * int(power))
        return result

    def _root_of_factor(self, factor: Any, power: int) -> Ratio:
        field = self.calculator.field
        k = next(iter(field.used(factor)))
        base = Ratio(factor, self._constant(1).top)
        if factor == field.generators()[k] and k in field.exponents:
            return self._exponential(field.exponents[k] * self._constant(Fraction(power, 2)))
        return self._root_of_power(base, power)

    def _root_of_power(self, base: Ratio, power: int) -> Ratio:
        half, odd = divmod(power, 2)
        whole = base.power(half)
        return whole * self._root_generator(base, POSITIVE, True) if odd else whole

    def _root_generator(self, x: Ratio, sign: int, real: bool | None) -> Ratio:
        field, key = self.calculator.field, ("sqrt", x.key)
        is_new = key not in field.index
        generator = field.generator(key, real, sign)
        if is_new:
            field.relate(generator * generator + -x)
            if sign == POSITIVE:
                field.squares[field.index[key]] = x
        return generator

    def power(self, base: Outcome, exponent: Outcome) -> Outcome | None:
        """base^exponent by exp(exponent ln base); ``None``: not known."""
        if "infinite" in (base.kind, exponent.kind):
            return self._power_at_infinity(base, exponent)
        if base.real is None:
            return None
        if base.real:
            sign = self._factored(base.value)[0]
            if sign == ZERO:
                return self._power_of_zero(exponent)
            whole = exponent.value.bottom.is_constant() and exponent.value.top.is_constant()
            if sign == NEGATIVE and self.semantics != "complex":
                return UNDEFINED if whole and not _is_integer(exponent.value) else None
        logarithm = self.ln(base)
        product = self.calculator.multiply(exponent, logarithm)
        return finite(self._exponential(product.value), product.real or None)

    def _power_at_infinity(self, base: Outcome, exponent: Outcome) -> Outcome | None:
        """For a base above 0, or +inf, infinities obey the same formula."""
        if base.kind == "infinite":
            positive = base.sign > 0
        else:
            positive = base.real is True and self._factored(base.value)[0] == POSITIVE
        if not positive:
            return None
        product = self.calculator.multiply(exponent, self.ln(base))
        return self.exp(product) if product.kind in ("finite", "infinite") else product

    def _power_of_zero(self, exponent: Outcome) -> Outcome | None:
        if not exponent.real:
            return None
        sign = self.calculator.sign(exponent)
        if sign == NEGATIVE:
            return UNDEFINED
        return finite(self._constant(int(sign == ZERO)), True)

    def angle(self, x: Outcome, which: int) -> Outcome:
        """sin (0) or cos (1)."""
        if x.kind == "infinite":
            return UNDEFINED
        return finite(self._angle(x.value)[which], x.real or None)

    def _angle(self, x: Ratio) -> Angle:
        if not x.bottom.is_constant():
            negative = x.top.leading_coefficient() < 0
            sine, cosine = self._basic_angle(-x if negative else x)
            return (-sine if negative else sine), cosine
        result = self._constant(0), self._constant(1)
        for exponents, value in x.top.to_dict().items():
            factor = Fraction(int(value.p), int(value.q))
            result = _sum_of_angles(result, self._angle_of_term(exponents, factor))
        return result

    def _angle_of_term(self, exponents: tuple[int, ...], factor: Fraction) -> Angle:
        monomial = self.calculator.field.monomial(exponents)
        pi = self.calculator.field.generator(("pi",), True, POSITIVE)
        if monomial.key == pi.key and (2 * factor).denominator == 1:
            quarter = int(2 * factor) % 4
            sines = (0, 1, 0, -1)
            return self._constant(sines[quarter]), self._constant(sines[(quarter + 1) % 4])
        whole = 2 * factor
        small = whole.denominator == 1 and abs(whole) <= LARGEST_ANGLE
        unit = Fraction(1, 2) if small else abs(factor)
        basic = self._basic_angle(monomial * self._constant(unit))
        return _multiple(basic, int(factor / unit), self._constant(0), self._constant(1))

    def _basic_angle(self, x: Ratio) -> Angle:
        field = self.calculator.field
        real = (field.is_real(x.top) and field.is_real(x.bottom)) or None
        is_new = ("cos", x.key) not in field.index
        cosine, sine = (field.generator((name, x.key), real) for name in ("cos", "sin"))
        if is_new:
            field.relate(sine * sine + cosine * cosine + self._constant(-1))
        return sine, cosine


def _sum_of_angles(a: Angle, b: Angle) -> Angle:
    return a[0] * b[1] + a[1] * b[0], a[1] * b[1] + -(a[0] * b[0])


def _multiple(angle: Angle, count: int, zero: Ratio, one: Ratio) -> Angle:
    result = zero, one
    for _ in range(abs(count)):
        result = _sum_of_angles(result, angle)
    return (-result[0], result[1]) if count < 0 else result


def _is_integer(x: Ratio) -> bool:
    if x.top == 0:
        return True
    return bool(x.top.leading_coefficient().q == 1)
