"""Gaussian rationals: the coefficients of sums."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Gauss:
    """re + im i, exact."""

    re: Fraction
    im: Fraction = Fraction(0)

    def __add__(self, other: "Gauss") -> "Gauss":
        return Gauss(self.re + other.re, self.im + other.im)

    def __neg__(self) -> "Gauss":
        return Gauss(-self.re, -self.im)

    def __mul__(self, other: "Gauss") -> "Gauss":
        return Gauss(
            self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re
        )

    def __bool__(self) -> bool:
        return bool(self.re or self.im)

    def inverse(self) -> "Gauss":
        """1 over it; ``ZeroDivisionError`` for 0."""
        size = self.re * self.re + self.im * self.im
        return Gauss(self.re / size, -self.im / size)

    def power(self, exponent: int) -> "Gauss":
        """An integer power."""
        base = self if exponent >= 0 else self.inverse()
        result = ONE
        for bit in bin(abs(exponent))[2:]:
            result = result * result
            if bit == "1":
                result = result * base
        return result

    @property
    def polar(self) -> tuple[Fraction, int] | None:
        """The size and the quarter turns (-1, 0, 1 or 2) of a number on an axis."""
        if not self.im:
            return abs(self.re), 0 if self.re > 0 else 2
        return None if self.re else (abs(self.im), 1 if self.im > 0 else -1)


ONE = Gauss(Fraction(1))
MINUS = Gauss(Fraction(-1))
I = Gauss(Fraction(0), Fraction(1))
TURNS = (ONE, I, MINUS, -I)


def real(value: Fraction | int) -> Gauss:
    """A rational as a coefficient."""
    return Gauss(Fraction(value))
