"""Claims about a layer that is there: one token outweighs the others, a feature stays off.

Numbers are exact: logarithms and weights of a network are the very doubles, exponentials are
bounded outward. The claims are those of ``emlir_proof``, and are given to ``emlir.prove``.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

import emlir
from emlir.plugin_api import Claim, exact, number
from emlir_proof import LinearWitness, linear_threshold, linear_witness, weight_concentration

Ball = Literal["l2", "linf"]


def concentration_claim(
    logs: Any,
    target: int,
    tau: Any,
    rho: Any = 0,
    exclude: Iterable[int] = (),
    *,
    share: Literal["all", "others"] = "all",
) -> Claim:
    """Claim that one source holds more than a share ``tau`` of the sizes of a row of weights.

    ``logs`` are logarithms of sizes, a row of ``SignedLog.log`` or of ``contributions``; -inf
    is a weight of 0. Each true logarithm is within ``rho`` of the given one. The share is of
    ``all`` sizes, or it compares with the sum of the ``others``. Sources in ``exclude`` count
    neither way. Raises ``ValueError`` for NaN, +inf, a ``rho`` below 0, a ``tau`` not between 0
    and 1, and no weights; ``IndexError`` for places that are not there.

    The sizes in the claim are rational bounds on the exponentials, against the target: what is
    proved holds, and what is refuted may hold by a margin of less than a part in 2^50.

    >>> import emlir
    >>> from emlir_attention import concentration_claim
    >>> emlir.prove(concentration_claim([-900.0, -902.0, -903.0], 0, "0.8", "0.01")).verdict
    'proved'
    """
    if share not in ("all", "others"):
        raise ValueError(f"the share is of all or of the others, not {share!r}")
    known = [_exact_log(value, k) for k, value in enumerate(_numbers(logs))]
    if not known:
        raise ValueError("weights: at least one is needed")
    top = max((log for log in known if log is not None), default=Fraction(0))
    part = exact(tau)
    if not 0 < part < 1:
        raise ValueError(f"tau is between 0 and 1, not {tau!r}")
    ratio, twice = part / (1 - part) if share == "all" else part, 0
    while ratio >= 1:
        ratio, twice = ratio / 2, twice + 1
    weights = [
        _size(log, top)[0] if k == target else _size(log, top)[1] * 2**twice
        for k, log in enumerate(known)
    ]
    return weight_concentration(weights, target, ratio, rho, exclude)


def _exact_log(value: Any, place: int) -> Fraction | None:
    """Return a logarithm as an exact number, or ``None`` for -inf."""
    try:
        return None if value == float("-inf") else exact(value, dyadic=True)
    except (TypeError, ValueError) as error:
        raise type(error)(f"weights[{place}]: a logarithm is a number or -inf: {error}") from None


def _size(log: Fraction | None, top: Fraction) -> tuple[Fraction, Fraction]:
    """Return rational bounds on exp(log - top)."""
    if log is None:
        return Fraction(0), Fraction(0)
    low, high = emlir.enclose(emlir.exp(number(log - top)), {})
    return exact(low, dyadic=True), exact(high, dyadic=True)


def feature_claim(
    direction: Any, threshold: Any, activation: Any, radius: Any, norm: Ball = "l2"
) -> Claim:
    """Claim that ``direction . x <= threshold`` for all x in a ball about an activation.

    Floats are the very doubles. Raises ``ValueError`` for a radius that is missing or below 0, for
    NaN, infinities and vectors that do not fit.
    """
    return linear_threshold(*_plane(direction, threshold, activation, radius, norm), dyadic=True)


def feature_witness(
    direction: Any, threshold: Any, activation: Any, radius: Any, norm: Ball = "l2"
) -> LinearWitness | None:
    """Return a point of the ball where the feature is on, or None if there is none."""
    return linear_witness(*_plane(direction, threshold, activation, radius, norm), dyadic=True)


def _plane(
    direction: Any, threshold: Any, activation: Any, radius: Any, norm: Ball
) -> tuple[list[Any], Any, list[Any], Any, Ball]:
    if radius is None or (isinstance(radius, list | tuple | str) and not radius):
        raise ValueError("a ball has a radius")
    if norm not in ("l2", "linf"):
        raise ValueError(f"the norm is l2 or linf, not {norm!r}")
    return _numbers(direction), threshold, _numbers(activation), radius, norm


def _numbers(values: Any) -> list[Any]:
    """Take a vector of numbers, of torch or NumPy too, as a list."""
    found = values.tolist() if hasattr(values, "tolist") else values
    if isinstance(found, str) or not isinstance(found, Iterable):
        raise TypeError(f"a row of numbers is needed, not {values!r}")
    return list(found)
