"""Outcome: what a term is in one case, and arithmetic on outcomes under the three semantics."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from emlir.expr.signs import NEGATIVE, POSITIVE, ZERO
from emlir.testing.rules_cases import Case
from emlir.testing.rules_field import Field, Key, Ratio, poly_key

Kind = Literal["finite", "infinite", "truth", "undefined", "unclear"]
Needs = frozenset[Key]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value, defined where no polynomial of ``needs`` is 0 and its other needs hold.

    ``real`` is whether a finite value is real, ``None`` if that is not known; ``sign`` is that
    of an infinity, and the truth of a truth value; ``reason`` says why it is unclear.
    """

    kind: Kind
    ratio: Ratio | None = None
    real: bool | None = None
    sign: int = 0
    needs: Needs = frozenset()
    reason: str = ""

    @property
    def value(self) -> Ratio:
        assert self.ratio is not None
        return self.ratio


UNDEFINED = Outcome("undefined")


def unclear(reason: str) -> Outcome:
    """A value of which this method cannot say what it is."""
    return Outcome("unclear", reason=reason)


def infinite(sign: int) -> Outcome:
    return Outcome("infinite", real=True, sign=sign)


def finite(ratio: Ratio, real: bool | None) -> Outcome:
    return Outcome("finite", ratio, real)


def truth(value: bool) -> Outcome:
    return Outcome("truth", sign=int(value))


@dataclass(frozen=True, slots=True)
class Calculator:
    """Arithmetic on outcomes in one case."""

    field: Field
    case: Case

    def sign(self, x: Outcome) -> int:
        """Return the one sign of a real finite value; may ask for a split of the case."""
        return self.case.sign(self.field, x.value.top * x.value.bottom)

    def add(self, x: Outcome, y: Outcome) -> Outcome:
        if x.kind == y.kind == "infinite":
            return x if x.sign == y.sign else UNDEFINED
        if "infinite" in (x.kind, y.kind):
            return x if x.kind == "infinite" else y  # it absorbs
        return finite(x.value + y.value, _sum_is_real(x.real, y.real))

    def negative(self, x: Outcome) -> Outcome:
        if x.kind == "infinite":
            return infinite(-x.sign)
        return finite(-x.value, x.real)

    def multiply(self, x: Outcome, y: Outcome) -> Outcome:
        if x.kind == y.kind == "infinite":
            return infinite(x.sign * y.sign)
        if "infinite" in (x.kind, y.kind):
            infinity, other = (x, y) if x.kind == "infinite" else (y, x)
            return self._scaled(infinity, other)
        return finite(x.value * y.value, self._product_is_real(x, y))

    def _scaled(self, infinity: Outcome, by: Outcome) -> Outcome:
        """An infinity times, or divided by, a finite value."""
        if by.real is None:
            return unclear("an infinity meets a factor that may be real or not")
        if not by.real:
            return UNDEFINED
        sign = self.sign(by)
        if sign == ZERO:
            return UNDEFINED
        return infinite(infinity.sign if sign == POSITIVE else -infinity.sign)

    def _product_is_real(self, x: Outcome, y: Outcome) -> bool | None:
        if x.real and y.real:
            return True
        if x.real is False and y.real:
            x, y = y, x
        nonzero = x.real and all(map(self.field.is_nonzero, self.field.factors(x.value.top)))
        return False if nonzero and y.real is False else None

    def divide(self, x: Outcome, y: Outcome) -> Outcome:
        if y.kind == "infinite":
            return self._over_infinity(x)
        if y.value.is_zero:
            return UNDEFINED
        if x.kind == "infinite":
            return self._scaled(x, y)
        inverse = finite(y.value.inverse(), y.real)
        real = self._product_is_real(x, inverse)
        return self.needing(y, finite(x.value * inverse.value, real))

    def _over_infinity(self, x: Outcome) -> Outcome:
        if x.kind == "infinite" or x.real is False:
            return UNDEFINED
        if x.real is None:
            return unclear("a dividend that may be real or not is over an infinity")
        return finite(self.field.constant(0), True)

    def needing(self, divisor: Outcome, result: Outcome) -> Outcome:
        """Add the needs of dividing by a finite value; undefined where it is 0 in this case."""
        if self.case.is_zero(self.field, divisor.value.top):
            return UNDEFINED
        factors = self.field.factors(divisor.value.top)
        needs = {("nonzero", poly_key(f)): f for f in factors if not self._is_nonzero(f)}
        return replace(result, needs=result.needs | frozenset(needs))

    def _is_nonzero(self, factor: Any) -> bool:
        if self.field.is_nonzero(factor):
            return True
        wanted = poly_key(factor)
        assumed = (f for poly in self.case.nonzero() for f in self.field.factors(poly))
        return any(poly_key(f) == wanted for f in assumed)

    def power(self, x: Outcome, exponent: int) -> Outcome:
        """A power with an integer as exponent."""
        if x.kind == "infinite":
            if exponent <= 0:
                return UNDEFINED if exponent == 0 else finite(self.field.constant(0), True)
            return infinite(x.sign if exponent % 2 else 1)
        if exponent < 0 and x.value.is_zero:
            return UNDEFINED
        real = True if x.real or exponent == 0 else x.real if exponent in (1, -1) else None
        result = finite(x.value.power(exponent), real)
        return self.needing(x, result) if exponent < 0 else result

    def compare(self, x: Outcome, y: Outcome) -> int:
        """Return the sign of x - y for real values or infinities, as one bit."""
        if x.kind == y.kind == "infinite" and x.sign == y.sign:
            return ZERO
        if "infinite" in (x.kind, y.kind):
            above = x.sign > 0 if x.kind == "infinite" else y.sign < 0
            return POSITIVE if above else NEGATIVE
        return self.sign(self.add(x, self.negative(y)))


def _sum_is_real(x: bool | None, y: bool | None) -> bool | None:
    if x and y:
        return True
    return False if (x and y is False) or (y and x is False) else None
