"""Contraction for all states of a box, shown by matrix measures of the Jacobian.

Where mu(J) <= -c < 0 on a convex set, two solutions that stay in it approach each other at least as
exp(-c t) (Lohmiller and Slotine 1998; Soderlind, The logarithmic norm, 2006). With D = diag(w):

    norm max w_i |x_i|      mu = max over i of J_ii + sum over j of (w_i / w_j) |J_ij|
    norm sum w_i |x_i|      mu = max over j of J_jj + sum over i of (w_i / w_j) |J_ij|
    norm |D x|_2            mu = the largest eigenvalue of the symmetric part of D J D^-1

A measure that is not negative shows nothing: the verdict is never that something is unstable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from emlir import Expr, lt
from emlir.plugin_api import Assumptions, exact, number
from emlir_equilibrium.pictures import Picture, bars
from emlir_equilibrium.symbolic.claims import CertifiedReport, defined_claims, settle
from emlir_equilibrium.symbolic.dynamics import Dynamics, Rates, check_smooth
from emlir_equilibrium.symbolic.matrices import (
    ZERO,
    Matrix,
    leading_minors,
    summed,
    symbolic_jacobian,
)
from emlir_equilibrium.symbolic.measures import NormName, bound_over, scaled_weights

By = Literal["enclosure", "certificate"]


@dataclass(frozen=True, kw_only=True)
class ContractionReport(CertifiedReport):
    """``certified``: contraction in the norm all over the box; else ``inconclusive``.

    ``measure`` bounds the matrix measure from above over the box, so that -``measure`` is a rate;
    ``None`` where no bound was made. ``point`` is where the measure is proved not to be
    negative, which is no statement about stability, or where a rate is undefined.
    """

    verdict: Literal["certified", "inconclusive"]
    norm: NormName
    weights: tuple[Fraction, ...]
    measure: float | None = None
    point: Mapping[str, Fraction] | None = None

    def picture(self) -> Picture:
        """The bound of the matrix measure, beside 0."""
        panel = bars({f"mu_{self.norm}": self.measure}, "upper bound", across=(0.0,))
        return Picture(f"contraction: {self.verdict}", (panel,))


def certified_contraction(
    system: Dynamics | Rates,
    box: Any,
    norm: NormName = "inf",
    weights: Sequence[Any] | Literal["auto"] | None = None,
    *,
    by: By = "enclosure",
    parts: int = 256,
    time_limit: float = 10.0,
) -> ContractionReport:
    """Show that all solutions in a box approach each other, or find nothing.

    Args:
        system: rates by state variable.
        box: intervals of states and parameters; for enclosures bounded ones.
        norm: ``inf``, ``1`` or ``2``.
        weights: w, one positive number a state; by default all 1; ``auto`` chooses them so that the
            measure is small.
        by: ``enclosure`` bounds the measure by balls over parts of the box; ``certificate``
            proves claims, one a row, that ``emlir.check`` can check.
        parts: how many parts of the box are looked at.
        time_limit: seconds for each claim.

    Raises ``ValueError`` for a symbol without an interval, weights that do not fit, and rates with
    kinks or jumps.

    >>> ring = {"x": "-x - tanh(g*z)", "y": "-y - tanh(g*x)", "z": "-z - tanh(g*y)"}
    >>> states = "x in [-9, 9], y in [-9, 9], z in [-9, 9]"
    >>> certified_contraction(ring, states + ", g in [0, 1)", by="certificate").verdict
    'certified'
    >>> certified_contraction(ring, states + ", g in [0, 3/2]", by="certificate").verdict
    'inconclusive'
    """
    if norm not in get_args(NormName):
        raise ValueError(f"the norm is one of {', '.join(get_args(NormName))}, not {norm!r}")
    dynamics = Dynamics.of(system)
    check_smooth(dynamics)
    region = Assumptions.of(box)
    matrix = symbolic_jacobian(dynamics, assume=region)
    chosen = _weights(matrix, region, norm, weights)
    defined = defined_claims(dynamics.rates.values(), region)
    if by == "certificate":
        claims = [*defined, *measure_claims(matrix, norm, chosen, region)]
        return _by_claims(claims, region, norm, chosen, time_limit)
    if not settle(defined, region, time_limit).hold:
        return _undefined(norm, chosen)
    return _by_enclosure(matrix, region, norm, chosen, parts)


def _weights(
    matrix: Matrix, region: Assumptions, norm: NormName, given: Any
) -> tuple[Fraction, ...]:
    size = len(matrix)
    if given is None:
        return (Fraction(1),) * size
    if isinstance(given, str):
        if given != "auto":
            raise ValueError(f"weights are numbers or 'auto', not {given!r}")
        return scaled_weights(matrix, region, norm)
    found = tuple(exact(one) for one in given)
    if len(found) != size or min(found) <= 0:
        raise ValueError(f"weights are {size} positive numbers")
    return found


def _by_enclosure(
    matrix: Matrix,
    region: Assumptions,
    norm: NormName,
    weights: tuple[Fraction, ...],
    parts: int,
) -> ContractionReport:
    bound, looked_at = bound_over(matrix, region, norm, weights, parts)
    certified = bound is not None and bound < 0
    note = "a measure that is not negative says nothing about stability"
    return ContractionReport(
        status="ok" if certified else "inconclusive",
        method=f"matrix measure of the norm {norm}, bounded by balls over parts of the box",
        evidence={"parts": looked_at},
        notes=() if certified else (note,),
        verdict="certified" if certified else "inconclusive",
        norm=norm,
        weights=weights,
        measure=bound,
    )


def _undefined(norm: NormName, weights: tuple[Fraction, ...]) -> ContractionReport:
    return ContractionReport(
        status="inconclusive",
        method="none",
        notes=("it is not shown that the rates are defined all over the box",),
        verdict="inconclusive",
        norm=norm,
        weights=weights,
    )


def _by_claims(
    claims: Sequence[Expr],
    region: Assumptions,
    norm: NormName,
    weights: tuple[Fraction, ...],
    time_limit: float,
) -> ContractionReport:
    settled = settle(claims, region, time_limit)
    certified = settled.hold
    note = "a measure that is not negative says nothing about stability"
    return ContractionReport(
        status="ok" if certified else "inconclusive",
        method=f"matrix measure of the norm {norm}, claims proved one by one",
        evidence={"claims": settled.records},
        notes=() if certified else (note,),
        verdict="certified" if certified else "inconclusive",
        norm=norm,
        weights=weights,
        point=None if settled.refuted is None else dict(settled.refuted.point),
        certificates=settled.certificates,
    )


def measure_claims(
    matrix: Matrix, norm: NormName, weights: Sequence[Fraction], assume: Any = None
) -> list[Expr]:
    """Return the truths that together say that the measure is negative.

    For the norm 2 they are Sylvester's: minus the symmetric part of D J D^-1 has positive leading
    minors.
    """
    if norm == "2":
        return [lt(ZERO, minor) for minor in leading_minors(_negated(matrix, weights), assume)]
    size = range(len(matrix))
    claims = []
    for i in size:
        others = [
            number(_ratio(weights, i, j, norm)) * abs(_entry(matrix, i, j, norm))
            for j in size
            if j != i and _entry(matrix, i, j, norm) is not ZERO
        ]
        claims.append(lt(summed([matrix[i][i], *others]), ZERO))
    return claims


def _entry(matrix: Matrix, i: int, j: int, norm: NormName) -> Expr:
    """The entry of row i, or for the norm 1 of column i."""
    return matrix[i][j] if norm == "inf" else matrix[j][i]


def _ratio(weights: Sequence[Fraction], i: int, j: int, norm: NormName) -> Fraction:
    return weights[i] / weights[j] if norm == "inf" else weights[j] / weights[i]


def _negated(matrix: Matrix, weights: Sequence[Fraction]) -> Matrix:
    size = range(len(matrix))

    def part(i: int, j: int) -> Expr:
        if i == j:
            return -matrix[i][i]
        here, there = weights[i] / weights[j] / 2, weights[j] / weights[i] / 2
        return -(number(here) * matrix[i][j] + number(there) * matrix[j][i])

    return tuple(tuple(part(i, j) for j in size) for i in size)
