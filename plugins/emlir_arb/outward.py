"""Outward rounding: from exact ends of intervals to floats that enclose them.

No arithmetic of Arb is used here, not even negation: it would round to the working precision.
"""

import math
from fractions import Fraction
from typing import Any

from emlir_arb.digits import as_fraction

BEYOND = 1_100
"""Powers of two that are above, and below, all floats."""


def float_below(end: Any) -> float:
    """Return the largest float that is not above an exact end."""
    return _toward(end, -math.inf)


def float_above(end: Any) -> float:
    """Return the smallest float that is not below an exact end."""
    return _toward(end, math.inf)


def _toward(end: Any, direction: float) -> float:
    if not end.is_finite():
        return math.inf if end > 0 else -math.inf
    exact = _clamped(end)
    try:
        value = float(exact)
    except OverflowError:
        value = math.inf if exact > 0 else -math.inf
    wrong = value > exact if direction < 0 else value < exact
    return (math.nextafter(value, direction) if wrong else value) + 0.0  # no negative zero


def _clamped(end: Any) -> Fraction:
    """Return the end, or one that rounds the same if it is far beyond the range of floats."""
    mantissa, exponent = (int(part) for part in end.man_exp())
    magnitude = exponent + mantissa.bit_length()
    if not mantissa or abs(magnitude) < BEYOND:
        return as_fraction(end)
    size = Fraction(2) ** (BEYOND if magnitude > 0 else -BEYOND)
    return size if mantissa > 0 else -size
