"""Wide: columns of complex numbers with error radii and a range far beyond floats.

A table of small EML trees is full of towers such as e^(e^(e^e)), and ln brings them back.
To leave none out, a number is one of

    ZERO, NINF, PINF  exactly 0, -inf, inf
    FIN      m with an error below r
    LOG      exp(m), too large or too small for FIN; m with an error below r
    TOWER+   s * exp(...exp(m)...)^(+-1) with k >= 2 exponentials and m real: see ``tower``
    BAD      undefined
    LOST     defined or not, the value is not known well enough

``real`` says that the number is exactly real. Radii are bounds: every rounding is added.
The errors of NumPy's exp and log are taken to be below 8 units in the last place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

ZERO, FIN, LOG, NINF, PINF, BAD, LOST, TOWER = 0, 1, 2, 3, 4, 5, 6, 16

EPS = 8 * np.finfo(np.float64).eps
LARGE = 300.0
"""exp(m) is FIN for abs(Re m) up to this."""
SPECK = 1e-120
"""Above every number that is absorbed as too small."""

Index = Any
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Wide:
    """A column of numbers; see the module."""

    kind: NDArray[np.int8]
    m: NDArray[np.complex128]
    r: Floats
    real: Flags

    def __len__(self) -> int:
        return len(self.kind)

    def __getitem__(self, index: Index) -> "Wide":
        return Wide(self.kind[index], self.m[index], self.r[index], self.real[index])

    def put(self, index: Index, other: "Wide") -> None:
        """Overwrite some rows."""
        for field in fields(self):
            getattr(self, field.name)[index] = getattr(other, field.name)

    def fill(self, rows: Flags, function: "Callable[[Wide], Wide]", source: "Wide") -> None:
        """Overwrite rows by a function of the same rows of ``source``."""
        if rows.any():
            self.put(rows, function(source[rows]))

    @property
    def small(self) -> Flags:
        """Rows that a float represents: exactly 0 or FIN."""
        return self.kind <= FIN

    @property
    def towers(self) -> Flags:
        return self.kind >= TOWER

    @property
    def level(self) -> NDArray[np.int64]:
        """The number of exponentials of a tower."""
        return (self.kind.astype(np.int64) - TOWER) // 6 + 2

    @property
    def sign(self) -> NDArray[np.int64]:
        """The sign of a tower: 1, -1, or 0 where its direction is not known."""
        return (self.kind.astype(np.int64) - TOWER) % 6 // 2 - 1

    @property
    def inverse(self) -> Flags:
        """Whether a tower is one over exp(...exp(m)...)."""
        return np.asarray((self.kind.astype(np.int64) - TOWER) % 2 == 1)


def empty(count: int, kind: int = BAD) -> Wide:
    """Return rows of one kind, with m = 0."""
    return Wide(
        np.full(count, kind, np.int8),
        np.zeros(count, np.complex128),
        np.zeros(count),
        np.ones(count, bool),
    )


def finite(values: Any, radius: Any = 0.0, real: Any = True) -> Wide:
    """Return floats with their radii; exact zeros are ZERO."""
    m = np.atleast_1d(np.asarray(values, np.complex128))
    r = np.broadcast_to(np.asarray(radius, float), m.shape).copy()
    kind = np.where((m == 0) & (r == 0), ZERO, FIN).astype(np.int8)
    return Wide(kind, m, r, np.broadcast_to(np.asarray(real, bool), m.shape).copy())


def tower(level: Any, sign: Any, inverse: Any, m: Any, r: Any, real: Any) -> Wide:
    """Return sign * exp^level(m)^(-1 if inverse): too many levels are LOST."""
    code = TOWER + 6 * (np.asarray(level) - 2) + 2 * (np.asarray(sign) + 1) + np.asarray(inverse)
    size = np.broadcast_shapes(code.shape, np.shape(m))
    kind = np.where(np.broadcast_to(code, size) > 120, LOST, code).astype(np.int8)
    radius, flags = np.broadcast_to(r, size).copy(), np.broadcast_to(real, size).copy()
    return Wide(kind, np.broadcast_to(m, size).astype(np.complex128), radius, flags)


def join(parts: Sequence[Wide]) -> Wide:
    """Put columns one after the other."""
    columns = [[getattr(part, field.name) for part in parts] for field in fields(Wide)]
    return Wide(*(np.concatenate(column) for column in columns))


def wrapped(m: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Bring the imaginary part into [-pi, pi]."""
    return np.asarray(m.real + 1j * (m.imag - 2 * np.pi * np.round(m.imag / (2 * np.pi))))
