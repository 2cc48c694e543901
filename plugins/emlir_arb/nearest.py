"""Values at many points, each as two floats: the nearest one, and what remains."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from emlir.plugin_api import Expr, Semantics
from emlir_arb.evaluator import Evaluator, prepare, working_precision
from emlir_arb.status import point_values
from emlir_arb.value import Value

PRECISION = 200
MAX_PRECISION = 3_200
ACCURACY = 75
"""Bits to which a value must be known, relative to its size."""

Pair = tuple[float, float]


def nearest(
    exprs: Sequence[Expr], columns: Mapping[str, NDArray[Any]], semantics: Semantics
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return arrays ``(high, low)`` with a row for each expression, a column for each point.

    The value is high + low to 75 bits at least; high is the float next to it, an infinity
    where it is beyond the floats. NaN stands where there is no real value, or where it cannot
    be told from 0 or from undefined at the highest precision.
    """
    size = len(next(iter(columns.values()))) if columns else 1
    found = np.full((2, len(exprs), size), np.nan)
    prepared = [prepare(expr, semantics) for expr in exprs]
    for k in range(size):
        point = {name: column[k] for name, column in columns.items()}
        found[:, :, k] = np.transpose(_at(prepared, point, semantics))
    return found[0], found[1]


def _at(prepared: Sequence[Expr], point: Mapping[str, Any], semantics: Semantics) -> list[Pair]:
    pairs: list[Pair | None] = [None] * len(prepared)
    precision = PRECISION
    while precision <= MAX_PRECISION and None in pairs:
        with working_precision(precision):
            evaluator = Evaluator(point_values(point, semantics, 0), semantics)
            for row, expr in enumerate(prepared):
                if pairs[row] is None:
                    pairs[row] = _pair(evaluator(expr))
        precision *= 2
    return [(np.nan, np.nan) if pair is None else pair for pair in pairs]


def _pair(value: Value) -> Pair | None:
    """Return the two floats; ``None`` if more precision may help."""
    if value.kind == "undecided" or (value.kind == "truth" and value.lo is None):
        return None
    if value.kind == "truth":
        return float(value.lo), 0.0
    if value.kind != "real":
        return np.nan, np.nan
    if value.is_point and not value.is_finite:
        return float(value.lo), 0.0
    if not value.is_finite:
        return None
    middle = (value.lo + value.hi) / 2
    if not value.is_zero and not value.hi - value.lo <= abs(middle) * arb(2) ** -ACCURACY:
        return None
    high = float(middle)
    return (high, 0.0) if np.isinf(high) else (high, float(middle - arb(high)))
