"""Powers of ten that bring data of extreme size into a range where squares do not overflow.

A target that hardly varies, such as times in seconds since 1970, is searched as what it differs
by from a round number: else its variation is below what formulas and fits resolve.
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
"""Columns whose largest value is within 10^±ORDINARY are left alone."""
FLAT = 1e-6
"""A target whose range is less than this part of it is moved."""
NEAR = 10.0
"""The round number is within so many times that range."""


@dataclass(frozen=True, slots=True)
class Units:
    """The powers of ten by which the variables, and the target less ``offset``, were divided."""

    columns: Mapping[str, int]
    target: int
    offset: float = 0.0

    @classmethod
    def of(cls, columns: Mapping[str, Array], y: Array) -> "Units":
        """Choose units for data."""
        offset = _offset(y)
        powers = {name: _exponent(values) for name, values in columns.items()}
        return cls(powers, _exponent(y - offset), offset)

    @property
    def are_plain(self) -> bool:
        """Whether nothing is scaled."""
        return not self.target and not any(self.columns.values())

    def scaled(self, y: Array) -> Array:
        """Return values of the target in these units."""
        return scale(y - self.offset, self.target)

    def restore(self, expr: Expr) -> Expr:
        """Turn a formula for the scaled data into one for the data."""
        if self.are_plain and not self.offset:
            return expr
        scaled = tidy(number(Fraction(10) ** self.target) * expr + number(exact(self.offset)))
        # the factor stays beside its variable: 10^305*x is a float, its square's factor is not
        places: dict[str | Expr, Expr] = {
            name: number(Fraction(10) ** -power) * symbol(name)
            for name, power in self.columns.items()
            if power
        }
        return scaled.subs(places)


def _offset(y: Array) -> float:
    """Return the roundest number near y if y hardly varies, else 0."""
    middle, width = float(np.median(y)), float(np.ptp(y))
    if not 0 < width < FLAT * abs(middle):
        return 0.0
    places = -floor(log10(abs(middle)))
    tried = (round(middle, places + k) for k in range(17))
    return next((value for value in tried if abs(value - middle) <= NEAR * width), middle)


def _exponent(values: Array) -> int:
    largest = float(np.max(np.abs(values)))
    if not largest:
        return 0
    power = floor(log10(largest))
    return 0 if abs(power) <= ORDINARY else power


def scale(values: Array, power: int) -> Array:
    """Divide by 10^power, in two steps because 10^-310 is not an accurate float."""
    half = power // 2
    return values if not power else values / 10.0**half / 10.0 ** (power - half)
