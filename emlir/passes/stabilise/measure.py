"""Measured accuracy: float64 values against truth from balls, in bits.

A value that is u units in the last place from the truth has 53 - log2 u correct bits,
between 0 and 53; a value that is no number has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.assumptions import Assumptions
from emlir.evaluate import ball_backend
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.numpy_backend import kernel_function
from emlir.passes.stabilise.sampling import Columns, sample
from emlir.semantics import Semantics

FULL = 53.0
TRIES = 5
"""How often more points are drawn where the expression is undefined at most of them."""
PILOT = 12
"""So many points are tried first: an expression without any value there is left alone."""

Bits = NDArray[np.float64]


@dataclass(slots=True)
class Measure:
    """Points with the true values of one expression, and the float values of many others."""

    columns: Columns
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    spread: NDArray[np.bool_]
    """Which points are uniform over the box."""
    semantics: Semantics
    _values: dict[Expr, Any] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.high)

    def values(self, expr: Expr) -> NDArray[np.float64]:
        """Return what the numpy backend gives at the points."""
        with np.errstate(all="ignore"):
            for node in postorder((expr,)):
                if node not in self._values:
                    self._values[node] = self._value(node)
        return np.broadcast_to(np.real(self._values[expr]), self.high.shape)

    def _value(self, node: Expr) -> Any:
        if node.is_symbol:
            column = self.columns[node.name]
            return column + 0j if self.semantics == "complex" else column
        if node.is_number:
            value = _nearest(node)
            return np.complex128(value) if self.semantics == "complex" else np.float64(value)
        if node.op.kernel is None and node.op.definition is not None:
            return self.values(node.op.definition(*node.args))
        function = kernel_function(node.op, self.semantics)
        assert function is not None
        return function(*[self._values[arg] for arg in node.args])

    def bits(self, expr: Expr) -> Bits:
        """Return the correct bits of ``expr`` at the points."""
        return agreement(self.values(expr), self.high, self.low)

    def mean(self, bits: Bits) -> float:
        """Return the mean over the box, of uniform points and of uniform magnitudes alike."""
        return float(bits @ self.weights()) if self.size else FULL

    def weights(self) -> Bits:
        """Return the weight of each point in the mean."""
        spread = int(self.spread.sum())
        kinds = (spread > 0) + (spread < self.size)
        counts = np.where(self.spread, spread, self.size - spread)
        return 1.0 / (counts * max(kinds, 1))

    def forget(self) -> None:
        """Drop the float values that are remembered."""
        self._values.clear()


def agreement(values: Any, high: NDArray[np.float64], low: NDArray[np.float64]) -> Bits:
    """Return the bits of float ``values`` that agree with the truth ``high + low``."""
    with np.errstate(all="ignore"):
        unit = np.spacing(np.abs(high))
        error = np.abs((values - high) - low) / unit
        bits = FULL - np.log2(np.maximum(error, 1.0))
    return np.where(np.isfinite(values), np.clip(bits, 0.0, FULL), 0.0)


def measure(
    expr: Expr, assumptions: Assumptions, count: int, seed: int, semantics: Semantics = "real"
) -> Measure:
    """Draw points at which ``expr`` has a true value among the floats.

    Fewer than ``count`` come back where that holds at few of the points tried.
    """
    parts: list[Measure] = []
    for attempt in range(TRIES):
        size = min(PILOT, count) if attempt == 0 else count
        columns = sample(expr.symbols, assumptions, size, seed + 7_919 * attempt)
        parts.append(_keep_known(expr, columns, assumptions, semantics))
        found = sum(part.size for part in parts)
        hopeless = attempt == 1 and not found
        if hopeless or found >= count // 2 or not columns:
            break
    return _joined(parts, semantics)


def _keep_known(
    expr: Expr, columns: Columns, assumptions: Assumptions, semantics: Semantics
) -> Measure:
    high, low = (row[0] for row in ball_backend().nearest([expr], columns, semantics))
    keep = np.isfinite(high) & np.isfinite(low)
    half = len(high) // 2
    found = Measure(columns, high, low, np.arange(len(high)) < half, semantics)
    for fact in assumptions.beyond_boxes():
        if set(fact.symbols) <= set(columns):
            keep &= found.values(fact) == 1
    chosen = {name: column[keep] for name, column in columns.items()}
    return Measure(chosen, high[keep], low[keep], found.spread[keep], semantics)


def _joined(parts: Sequence[Measure], semantics: Semantics) -> Measure:
    columns = {
        name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns
    }
    return Measure(
        columns,
        np.concatenate([part.high for part in parts]),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.spread for part in parts]),
        semantics,
    )


def _nearest(node: Expr) -> float:
    value = node.number
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
