"""How accurate the float64 value of an expression is, against balls."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir.assumptions import Assumptions
from emlir.columns import prepare_columns
from emlir.evaluate import ball_backend, evaluate
from emlir.expr.core import Expr
from emlir.passes.stabilise.measure import agreement
from emlir.passes.stabilise.sampling import sample
from emlir.semantics import check_semantics


def correct_bits(
    expr: Expr,
    where: Any,
    *,
    seed: int = 0,
    points: int = 256,
    truth: Expr | None = None,
    backend: str = "numpy",
    semantics: str = "real",
) -> NDArray[np.float64]:
    """Return the correct bits of ``expr`` at points, each between 0 and 53.

    A value that is u units in the last place from the truth, which balls of at least 200 bits
    give, has 53 - log2 u correct bits; an overflow, and NaN where there is a true value, has
    none. NaN stands at points without a true value among the floats.

    Args:
        where: columns (a mapping to arrays), or a box, that is, anything that
            :meth:`emlir.Assumptions.of` takes; half of the points of a box are uniform, half
            have uniform magnitudes.
        seed, points: for a box.
        truth: another expression that has the true value; ``expr`` itself if not given.

    >>> import emlir
    >>> bits = correct_bits(emlir.parse("exp(x) - 1"), {"x": [1e-15, 1.0]})
    >>> bits.round().tolist()
    [4.0, 53.0]
    """
    meaning = check_semantics(semantics)
    exact = expr if truth is None else truth
    names = tuple(sorted({*expr.symbols, *exact.symbols}))
    columns = where if _has_columns(where) else sample(names, Assumptions.of(where), points, seed)
    arrays, shape = prepare_columns(names, columns, meaning)
    flat = {name: array.ravel() for name, array in arrays.items()}
    values = np.real(evaluate(expr, flat, backend=backend, semantics=semantics))
    high, low = (row[0] for row in ball_backend().nearest([exact], flat, meaning))
    known = np.isfinite(high) & np.isfinite(low)
    return np.where(known, agreement(values, high, low), np.nan).reshape(shape)


def _has_columns(where: Any) -> bool:
    """Whether the values of a mapping are columns: a pair of ends is a tuple."""
    if not isinstance(where, Mapping):
        return False
    return any(isinstance(value, list | np.ndarray) for value in where.values())
