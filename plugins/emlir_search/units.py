"""Powers of ten that bring data of extreme size into a range where squares do not overflow."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.tidy import tidy

Array = NDArray[np.float64]

ORDINARY = 100
"""Columns whose largest value is within 10^±ORDINARY are left alone."""


@dataclass(frozen=True, slots=True)
class Units:
    """The powers of ten by which the variables, and the target, were divided."""

    columns: Mapping[str, int]
    target: int

    @classmethod
    def of(cls, columns: Mapping[str, Array], y: Array) -> "Units":
        """Choose units for data."""
        return cls({name: _exponent(values) for name, values in columns.items()}, _exponent(y))

    @property
    def are_plain(self) -> bool:
        """Whether nothing is scaled."""
        return not self.target and not any(self.columns.values())

    def restore(self, expr: Expr) -> Expr:
        """Turn a formula for the scaled data into one for the data."""
        if self.are_plain:
            return expr
        scaled = tidy(number(Fraction(10) ** self.target) * expr)
        # the factor stays beside its variable: 10^305*x is a float, its square's factor is not
        places: dict[str | Expr, Expr] = {
            name: number(Fraction(10) ** -power) * symbol(name)
            for name, power in self.columns.items()
            if power
        }
        return scaled.subs(places)


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
