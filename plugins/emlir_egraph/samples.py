"""Measuring the float64 error of formulas against correctly rounded values."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import emlir
from emlir.plugin_api import Context, DomainError, Expr, Interval, ball_backend
from emlir_egraph.points import in_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COUNT = 64
DIGITS = 20
WORST = 53.0
"""Wrong bits where a formula gives no number and there is one."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Columns of points, and the right values there."""

    columns: "dict[str, NDArray[np.float64]]"
    truth: "NDArray[Any]"
    semantics: str

    @classmethod
    def of(cls, expr: Expr, context: Context, seed: int = 0) -> "Samples":
        """Take points from the boxes of the context at which ``expr`` is a real number."""
        import numpy as np

        random = Random(seed)
        rows, truth = [], []
        for _ in range(COUNT):
            point = {name: _double(name, context, random) for name in expr.symbols}
            value = _value(expr, point, context)
            if value is not None:
                rows.append(list(point.values()))
                truth.append(value)
        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(expr.symbols))
        columns = dict(zip(expr.symbols, table.T, strict=True))
        return cls(columns, np.array(truth, dtype=np.float64), context.semantics)

    def wrong_bits(self, expr: Expr) -> float:
        """Return the mean over the points of log2(1 + error in ulps), at most 53 each."""
        import numpy as np

        if not self.truth.size:
            return 0.0
        with np.errstate(all="ignore"):
            raw = emlir.evaluate(expr, self.columns, semantics=self.semantics)
            values = np.broadcast_to(raw, self.truth.shape)
            ulps = np.abs(values - self.truth) / np.spacing(np.abs(self.truth))
            bits = np.log2(1 + ulps)
        return float(np.where(np.isfinite(bits), np.minimum(bits, WORST), WORST).mean())


def _double(name: str, context: Context, random: Random) -> float:
    box = context.assumptions.boxes.get(name, Interval(None, None))
    return float(in_interval(box, random))


def _value(expr: Expr, point: dict[str, float], context: Context) -> float | None:
    exact = {name: Fraction(value) for name, value in point.items()}
    try:
        text = ball_backend().digits(expr, exact, DIGITS, context.semantics)
        return float(text)
    except (DomainError, ArithmeticError, ValueError):
        return None  # undefined, undecided, or not real
