"""Whether a result may be kept: better over the whole box, and worse in no part of it."""

import numpy as np

from emlir.expr.core import Expr
from emlir.passes.stabilise.measure import Bits, Measure

GAIN = 0.4
"""So many bits must be won over the box."""
LOSS = 0.7
"""So many bits may be lost in a part of the box."""
PARTS = 8
"""Each variable is cut into so many parts."""
RARE = 0.02
"""At so many of the points more than ``LOST`` bits may be lost."""
LOST = 2.0


def is_better(new: Expr, old: Expr, points: Measure) -> bool:
    """Whether ``new`` is more accurate than ``old``, and in no part of the box less."""
    if not points.size:
        return False
    won, had = points.bits(new), points.bits(old)
    if points.mean(won) < points.mean(had) + GAIN:
        return False
    if np.mean(had - won > LOST) > RARE:
        return False
    return all(_keeps(won, had, column) for column in points.columns.values())


def _keeps(won: Bits, had: Bits, column: Bits) -> bool:
    for part in np.array_split(np.argsort(column, kind="stable"), PARTS):
        if part.size and float(np.mean(had[part] - won[part])) > LOSS:
            return False
    return True
