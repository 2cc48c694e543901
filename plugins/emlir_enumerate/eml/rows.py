"""The rows of a table of EML trees: numbers, back-pointers, and what the rows are good for."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir_enumerate.eml.numbers import BIG_LIMIT, EXP_LIMIT, VALUE_LIMIT, Numbers

EXP, BIG, LN, LOG_ONLY, ABSORBED = 1, 2, 4, 8, 16
"""A row's exp, only ln of its exp, or its ln can be used; its value is beyond use; rounding
swallows a term at all points somewhere in its tree. The numbers are those of table.h."""
LEAF = -1
MOST_POINTS = 16

Bits = NDArray[np.uint8]
Index = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Rows:
    """Rows (count, points) of values, exponentials and logarithms; arrays have room for more."""

    points: int
    plane: bool
    count: int = 0
    value: Numbers = field(init=False)
    exp: Numbers = field(init=False)
    ln: Numbers = field(init=False)
    left: NDArray[np.int32] = field(init=False)
    right: NDArray[np.int32] = field(init=False)
    flags: Bits = field(init=False)

    def __post_init__(self) -> None:
        for name in ("value", "exp", "ln"):
            setattr(self, name, np.empty((0, self.points), self.dtype))
        self.left, self.right = np.empty(0, np.int32), np.empty(0, np.int32)
        self.flags = np.empty(0, np.uint8)

    @property
    def dtype(self) -> Any:
        return np.complex128 if self.plane else np.float64

    def reserve(self, more: int) -> None:
        """Make room for ``more`` rows; pages that are not written cost nothing."""
        for name in ("value", "exp", "ln", "left", "right", "flags"):
            old = getattr(self, name)
            new = np.empty((self.count + more, *old.shape[1:]), old.dtype)
            new[: self.count] = old[: self.count]
            setattr(self, name, new)

    def add(self, **columns: Any) -> None:
        """Append rows; there must be room for them."""
        end = self.count + len(columns["flags"])
        for name, new in columns.items():
            getattr(self, name)[self.count : end] = new
        self.count = end


def uses(value: Numbers) -> Bits:
    """What rows of values are good for as the first argument of eml."""
    finite = np.isfinite(value.real).all(axis=1)
    largest = np.maximum(np.abs(value.real), np.abs(value.imag)).max(axis=1)
    inside = finite & (largest <= VALUE_LIMIT)
    small = (value.real <= EXP_LIMIT).all(axis=1)
    usable = (inside & small) | (value.real == -np.inf).all(axis=1)
    big = inside & ~small & (largest < BIG_LIMIT)
    return np.asarray(EXP * usable + BIG * big, np.uint8)


def has_logarithm(ln: Numbers) -> NDArray[np.bool_]:
    """Whether rows of logarithms are finite, or one infinity."""
    infinite = np.isinf(ln.real) & (ln.real == ln.real[:, :1])
    return np.asarray(np.isfinite(ln.real).all(axis=1) | infinite.all(axis=1))
