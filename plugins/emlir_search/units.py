"""Powers of ten and an offset that bring data of extreme size or place into an ordinary range.

Squares of very large numbers overflow; beside a large offset what varies drowns in rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import exact, number, symbol
from emlir_search.tidy import tidy

Array = NDArray[np.float64]

ORDINARY = 100
"""Columns whose values are within 10^±ORDINARY are left alone."""
ROOM = 150
"""A column that spans more powers of ten is left alone: the smallest would be lost."""
LONGEST = 300
"""Powers of ten beyond it are written as two factors: each must be a float."""
NEAR = 10
"""The number that y is counted from is so many times its range away, at most."""
FLAT = 1e-6
"""Values of y that vary by less than this part of their size are counted from one of them."""


@dataclass(frozen=True, slots=True)
class Units:
    """What was taken off the target, and the powers of ten by which data were then divided."""

    columns: Mapping[str, int]
    target: int
    offset: Fraction = Fraction(0)

    @classmethod
    def of(cls, columns: Mapping[str, Array], y: Array, may_shift: bool) -> "Units":
        """Choose units for data."""
        offset = _offset(y) if may_shift else Fraction(0)
        powers = {name: _exponent(values) for name, values in columns.items()}
        return cls(powers, _exponent(_without(offset, y)), offset)

    @property
    def are_plain(self) -> bool:
        """Whether nothing is changed."""
        return self.are_sizes_kept and not self.offset

    @property
    def are_sizes_kept(self) -> bool:
        """Whether nothing is scaled: at most an offset was taken off the target."""
        return not (self.target or any(self.columns.values()))

    def of_target(self, y: Array) -> Array:
        """Return y in these units."""
        return scale(_without(self.offset, y), self.target)

    def rounding(self, y: Array) -> float:
        """Return, in these units, the step to which floats beside the offset are rounded."""
        return float(np.spacing(np.max(np.abs(y)))) / 10.0**self.target if self.offset else 0.0

    def restore(self, expr: Expr) -> Expr:
        """Turn a formula for the data in these units into one for the data."""
        if self.are_plain:
            return expr
        scaled = number(self.offset) + _times_power(self.target, expr)
        # the factor stays beside its variable: 10^305*x is a float, its square's factor is not
        places: dict[str | Expr, Expr] = {
            name: _times_power(-power, symbol(name))
            for name, power in self.columns.items()
            if power
        }
        return tidy(scaled).subs(places)


def _times_power(power: int, expr: Expr) -> Expr:
    if abs(power) <= LONGEST:
        return number(Fraction(10) ** power) * expr
    half = power // 2
    return number(Fraction(10) ** half) * (number(Fraction(10) ** (power - half)) * expr)


def _offset(y: Array) -> Fraction:
    """Return the roundest number near y to count from: 0 unless y hardly varies beside its size."""
    largest = float(np.max(np.abs(y)))
    part = float(np.ptp(y / largest)) if largest else 0.0
    if not 0 < part <= FLAT:
        return Fraction(0)
    middle, room = exact(float(np.median(y))), NEAR * exact(part) * exact(largest)
    places = -floor(log10(abs(middle)))
    tried = (Fraction(round(middle, places + k)) for k in range(LONGEST))
    return next(value for value in tried if abs(value - middle) <= room)


def _without(offset: Fraction, y: Array) -> Array:
    """Take the offset off, and then what of it no float beside it can say."""
    nearest = float(offset)
    return y - nearest - float(offset - Fraction(nearest)) if offset else y


def _exponent(values: Array) -> int:
    """Return the power of the largest of extreme values; 0 where that would lose others."""
    sizes = np.log10(np.abs(values[values != 0]))
    if not sizes.size or np.max(np.abs(sizes)) <= ORDINARY:
        return 0
    power = floor(float(sizes.max()))
    return power if power - float(sizes.min()) <= ROOM else 0


def scale(values: Array, power: int) -> Array:
    """Divide by 10^power, in two steps because 10^-310 is not an accurate float."""
    half = power // 2
    return values if not power else values / 10.0**half / 10.0 ** (power - half)
