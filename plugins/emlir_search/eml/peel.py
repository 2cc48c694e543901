"""Peeling: if t = eml(s, ?) then ? = exp(exp(s) - t), and if t = eml(?, s) then ? = ln(t + ln s).

For each small tree s of the table the rest ? is a new target for the two-sum. A target carries
its radius: how far it may be off, after what the steps make of the error of the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir_enumerate.eml import EXP, LN, EmlTable, exponential, logarithm

Rows = NDArray[np.int64]

DATA_RADIUS = 2e-15
"""How far values of data may be off, relative: rounding, so that steps may amplify it."""
MARGIN, MATCH_RADIUS = 16, 1e-10
"""How far a target may be off when it is matched: times its radius; the data themselves also
relative to how much they vary."""
RELATIVE, SHARP, ROUNDING = 5e-15, 1e-13, 1e-15
BLURRED = 1e-5
"""A target with a larger relative radius says too little."""
LARGEST_EXP, LARGEST_LOG, SMALLEST_LN = 1e9, 1e9, 1e-9
BIG = 35.0
SMALLEST, LARGEST, INFORMATIVE, PRECISE = 1e-8, 4e9, 1e-5, 1e-11
"""Targets that are smaller or larger, or have a larger error, relative to how much they vary and
to themselves, are not matched."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is left to be matched: values at the probe points and their radii.

    ``log`` and ``log_radius`` are those of its logarithm where it came as one: the value may
    be too large for floats. ``peeled`` lists the steps from the outside: whether s is the
    first argument, and its row.
    """

    value: Any
    radius: NDArray[np.float64]
    log: Any = None
    log_radius: Any = None
    peeled: tuple[tuple[bool, int], ...] = ()

    @property
    def room(self) -> NDArray[np.float64]:
        """How far a match may be off."""
        if self.peeled:
            return self._error
        return np.asarray(self._error + MATCH_RADIUS * self._variation)

    @property
    def can_match(self) -> bool:
        """Whether the values say something, and a difference of two columns can be as large."""
        with np.errstate(all="ignore"):
            enough = np.maximum(INFORMATIVE * self._variation, PRECISE * np.abs(self.value))
            sharp = np.median(self._error - enough) < 0
            large = not self.peeled or np.median(np.abs(self.value)) > SMALLEST
            return bool(sharp and large and np.abs(self.value[0]) < LARGEST)

    @property
    def _error(self) -> NDArray[np.float64]:
        return np.asarray(MARGIN * self.radius + SHARP * np.abs(self.value))

    @property
    def _variation(self) -> NDArray[np.float64]:
        """How far a value is from the others, or from 0 if that is less."""
        away = np.abs(self.value - self.value.mean()).max()
        return np.asarray(np.minimum(away, np.abs(self.value)))

    def wrap(self, inner: Expr, table: EmlTable) -> Expr:
        """Put a tree for the rest back into what was peeled off."""
        for first, row in reversed(self.peeled):
            peel = table.expression(row)
            inner = emlir.eml(peel, inner) if first else emlir.eml(inner, peel)
        return inner


def data_target(y: NDArray[np.float64], table: EmlTable) -> Target:
    """The values of the data themselves."""
    return Target(y.astype(table.rows.dtype), DATA_RADIUS * np.abs(y))


def peelings(target: Target, table: EmlTable, leaves: int) -> Iterator[Target]:
    """Yield all targets that are left when exactly ``leaves`` leaves are peeled off."""
    stack = [(target, leaves)]
    with np.errstate(all="ignore"):
        while stack:
            current, rest = stack.pop()
            if not rest:
                yield current
                continue
            for size in range(1, rest + 1):
                for made in _peeled(current, table, size):
                    stack.append((made, rest - size))


def query_count(table: EmlTable, leaves: int) -> int:
    """At most how many targets there are."""
    counts = [1]
    for total in range(1, leaves + 1):
        sizes = [table.starts[k + 1] - table.starts[k] for k in range(1, total + 1)]
        counts.append(2 * sum(n * counts[total - k - 1] for k, n in enumerate(sizes)))
    return counts[leaves]


def _peeled(target: Target, table: EmlTable, size: int) -> Iterator[Target]:
    rows = np.arange(table.starts[size], table.starts[size + 1])
    flags = table.rows.flags[rows]
    yield from _first(target, table, rows[(flags & EXP).astype(bool)])
    yield from _second(target, table, rows[(flags & LN).astype(bool)])


def _first(target: Target, table: EmlTable, rows: Rows) -> Iterator[Target]:
    """t = eml(s, ?): ? = exp(exp(s) - t)."""
    exp = table.rows.exp[rows]
    log = exp - target.value
    good = (np.abs(log) < LARGEST_LOG) & (np.abs(exp) < LARGEST_EXP)
    good &= np.abs(log.imag) <= np.pi + 1e-9
    rows, exp, log = _where(good, rows, exp, log)
    radius = target.radius + RELATIVE * np.abs(exp) + ROUNDING * np.abs(log)
    value = exponential(log)
    for k in np.flatnonzero((radius <= BLURRED).all(axis=1)).tolist():
        steps = (*target.peeled, (True, int(rows[k])))
        yield Target(value[k], np.abs(value[k]) * radius[k], log[k], radius[k], steps)


def _second(target: Target, table: EmlTable, rows: Rows) -> Iterator[Target]:
    """t = eml(?, s): ? = ln(t + ln s)."""
    ln = table.rows.ln[rows]
    exp = target.value + ln
    value = logarithm(exp)
    radius = (target.radius + RELATIVE * np.abs(ln)) / np.abs(exp) + ROUNDING
    good = ((np.abs(exp) if table.plane else exp) > SMALLEST_LN) & np.isfinite(ln.real)
    if target.log is not None:  # exp(?) is known by its logarithm
        far = (rows == 0)[:, None] | (target.log.real > BIG)
        more = np.log1p(ln * exponential(-target.log))
        value = np.where(far, target.log + np.where(ln == 0, 0, more), value)
        radius = np.where(far, target.log_radius, radius)
        good |= far & np.isfinite(ln.real)
    good &= (radius <= BLURRED * (np.abs(value) + 1e-3)) & np.isfinite(value)
    for k in np.flatnonzero(good.all(axis=1)).tolist():
        yield Target(value[k], radius[k], peeled=(*target.peeled, (False, int(rows[k]))))


def _where(good: NDArray[np.bool_], *columns: Any) -> tuple[Any, ...]:
    rows = good.all(axis=1)
    return tuple(column[rows] for column in columns)
