"""Concentration of weights: one of them outweighs the others, whatever a bounded error does."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import emlir
from emlir.plugin_api import Claim, number
from emlir_proof.vectors import scalar, vector


def weight_concentration(
    weights: Iterable[Any],
    target: int,
    tau: Any,
    rho: Any,
    exclude: Iterable[int] = (),
    *,
    dyadic: bool = False,
) -> Claim:
    """Claim that one weight is above ``tau`` times the sum of the others, with errors.

    Each true weight is within a factor exp(-rho) to exp(rho) of the one that is given; the
    worst case is the smallest target and the largest others. Weights with a place in
    ``exclude`` are not in the sum. Numbers are exact as in :func:`emlir.const`, or with
    ``dyadic`` the very doubles. Raises ``ValueError`` for weights or ``rho`` below 0, ``tau``
    not between 0 and 1, NaN, infinities, and no weights; ``IndexError`` for places that no
    weight has.

    >>> import emlir
    >>> from emlir_proof import weight_concentration
    >>> claim = weight_concentration(["0.9", "0.06", "0.04"], 0, "0.5", "0.1")
    >>> print(claim)
    0.9*exp(-0.1) > 1/2*exp(0.1)*0.1
    >>> emlir.prove(claim).verdict
    'proved'
    """
    found = vector(weights, "weights", dyadic)
    for k, weight in enumerate(found):
        if weight < 0:
            raise ValueError(f"weights[{k}]: a weight is at least 0")
    part, error = scalar(tau, "tau", dyadic), scalar(rho, "rho", dyadic)
    if not 0 < part < 1:
        raise ValueError(f"tau is between 0 and 1, not {tau!r}")
    if error < 0:
        raise ValueError(f"rho is at least 0, not {rho!r}")
    left_out = {_place(k, len(found)) for k in (target, *exclude)}
    others = sum((w for k, w in enumerate(found) if k not in left_out), Fraction(0))
    least = number(found[target]) * emlir.exp(number(-error))
    most = number(part) * emlir.exp(number(error)) * number(others)
    return Claim(emlir.gt(least, most), {})


def _place(k: int, count: int) -> int:
    if not 0 <= k < count:
        raise IndexError(f"there is no weight {k}: places are 0 to {count - 1}")
    return k
