"""Two verdicts about a Lipschitz bound: certified, or inconclusive.

A bound that is too large shows nothing about the map, so there is no third one.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

import emlir
from emlir.plugin_api import Claim, Interval, exact, number
from emlir_attention.lipschitz import RADIUS, LocalBound


@dataclass(frozen=True, slots=True)
class Certified:
    """The map has the Lipschitz constant ``limit`` on the ball; the certificate says why.

    What is proved is that the expression stays at or below the limit. The numbers in it
    are norms, computed in floats with bounds on all roundings, and taken as exact.
    """

    limit: Fraction
    proof: emlir.Proved
    verdict: ClassVar[Literal["certified"]] = "certified"

    @property
    def is_contraction(self) -> bool:
        """Whether the map shortens all distances in the ball."""
        return self.limit < 1


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """Nothing is shown: the bound is above the limit, or no certificate was found."""

    limit: Fraction
    bound: float
    reason: str
    verdict: ClassVar[Literal["inconclusive"]] = "inconclusive"


def lipschitz_claim(bound: LocalBound, limit: Any) -> Claim:
    """Claim that the bound stays at or below ``limit`` for all radii up to its own."""
    most = number(exact(limit, dyadic=True))
    box = {RADIUS: Interval(Fraction(0), bound.radius)}
    used = box if RADIUS in bound.expression.symbols else {}
    return Claim(emlir.le(bound.expression, most), used)


def certify(bound: LocalBound, limit: Any, *, time_limit: float = 10.0) -> Certified | Inconclusive:
    """Prove that ``limit`` is a Lipschitz constant on the ball, or say why that failed.

    >>> from fractions import Fraction
    >>> from emlir_attention import certify, linear_bound
    >>> certify(linear_bound([[0.5, 0.0], [0.0, 0.25]]), 0.75).is_contraction
    True
    >>> certify(linear_bound([[2.0]]), 1).verdict
    'inconclusive'
    """
    most = exact(limit, dyadic=True)
    if bound.value > most:
        return Inconclusive(most, bound.value, "the bound is above the limit")
    found = emlir.prove(lipschitz_claim(bound, most), time_limit=time_limit)
    if isinstance(found, emlir.Proved):
        return Certified(most, found)
    return Inconclusive(most, bound.value, f"no certificate: {found.verdict}")
