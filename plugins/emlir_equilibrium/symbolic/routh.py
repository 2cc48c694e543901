"""Stability for all parameters of a box: the conditions of Routh and Hurwitz as claims.

All roots of s^n + a1 s^(n-1) + ... + an have negative real parts exactly if (Gantmacher, The Theory
of Matrices, vol. 2, chapter XV, sections 6 and 13)

    n = 1    a1 > 0
    n = 2    a1 > 0, a2 > 0
    n = 3    a1 > 0, a3 > 0, a1 a2 > a3
    n = 4    a1 > 0, a3 > 0, a4 > 0, a1 a2 a3 > a3^2 + a1^2 a4

These amounts depend continuously on the roots, so where all roots have real parts of at most 0 none
is negative: one that is negative shows a root with a positive real part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import and_
from typing import Any, Literal

from emlir import Expr, Refuted, eq, gt, lt, prove
from emlir.plugin_api import Assumptions
from emlir_equilibrium.pictures import Picture, bars
from emlir_equilibrium.report import Status
from emlir_equilibrium.symbolic.claims import CertifiedReport, defined_claims, settle
from emlir_equilibrium.symbolic.dynamics import Dynamics, Rates, Values, tidy
from emlir_equilibrium.symbolic.matrices import (
    ZERO,
    characteristic_polynomial,
    summed,
    symbolic_jacobian,
    times,
)

StabilityVerdict = Literal["stable", "unstable_somewhere", "not_stable_somewhere", "undecided"]
MOST_STATES = 4


@dataclass(frozen=True, kw_only=True)
class StabilityProof(CertifiedReport):
    """Whether all eigenvalues of the Jacobian have negative real parts all over a box.

    ``stable``: each condition is proved or enclosed, and the rates are defined. At ``point``, for
    ``unstable_somewhere`` a condition is negative, so that an eigenvalue has a positive real part;
    for ``not_stable_somewhere`` it is 0, or it or a rate is undefined. ``at_equilibrium`` says
    whether the place is known to be one: ``None`` if it was not shown.
    """

    verdict: StabilityVerdict
    conditions: tuple[Expr, ...]
    point: dict[str, Fraction] | None = None
    at_equilibrium: bool | None = None

    def picture(self) -> Picture:
        """How each claim came out, the rates' domains first: 1 it holds, 0 open, -1 it fails."""
        signs = {"proved": 1.0, "enclosed": 1.0, "refuted": -1.0}
        records = self.evidence.get("claims", ())
        heights: dict[str, float | None] = {
            f"claim {place}": signs.get(one.outcome, 0.0) for place, one in enumerate(records, 1)
        }
        panel = bars(heights, "holds (1), open (0), fails (-1)", across=(0.0,))
        return Picture(f"Routh-Hurwitz: {self.verdict}", (panel,))


def routh_hurwitz(system: Dynamics | Rates, at: Values | None = None, assume: Any = None) -> Expr:
    """Return the truth that all eigenvalues of the Jacobian have negative real parts.

    For at most 4 state variables. ``at`` holds values of the state variables at the equilibrium,
    where they are known: numbers, texts or expressions.

    >>> brusselator = {"x": "a + x^2*y - b*x - x", "y": "b*x - x^2*y"}
    >>> print(routh_hurwitz(brusselator, {"x": "a", "y": "b/a"}, assume="a > 0"))
    a^2 - b + 1 > 0 and a^2 > 0
    """
    matrix = symbolic_jacobian(system, at, assume)
    return hurwitz_claim(characteristic_polynomial(matrix, assume), assume)


def hurwitz_claim(coefficients: Sequence[Expr], assume: Any = None) -> Expr:
    """Return the truth that the roots of s^n + a1 s^(n-1) + ... have negative real parts."""
    return reduce(and_, _positive(hurwitz_amounts(coefficients, assume)))


def hurwitz_amounts(coefficients: Sequence[Expr], assume: Any = None) -> tuple[Expr, ...]:
    """Return the amounts that are all positive exactly if the roots have negative real parts."""
    if len(coefficients) > MOST_STATES:
        raise ValueError(
            f"the conditions are written out for at most {MOST_STATES} state variables, "
            f"not {len(coefficients)}"
        )
    a = tuple(coefficients)
    if len(a) <= 2:
        return a
    if len(a) == 3:
        return a[0], a[2], third_amount(a, assume)
    return a[0], a[2], a[3], fourth_amount(a, assume)


def third_amount(a: Sequence[Expr], assume: Any = None) -> Expr:
    """Return a1 a2 - a3."""
    return tidy(summed([times(a[0], a[1]), -a[2]]), assume)


def fourth_amount(a: Sequence[Expr], assume: Any = None) -> Expr:
    """Return a1 a2 a3 - a3^2 - a1^2 a4."""
    terms = times(a[0], a[1], a[2]), -times(a[2], a[2]), -times(a[0], a[0], a[3])
    return tidy(summed(terms), assume)


def _positive(amounts: Sequence[Expr]) -> list[Expr]:
    return [gt(amount, ZERO) for amount in amounts]


def prove_stability(
    system: Dynamics | Rates,
    box: Any,
    at: Values | None = None,
    *,
    time_limit: float = 10.0,
) -> StabilityProof:
    """Decide by proof whether the Jacobian is stable at all points of a box.

    Args:
        system: rates by state variable, at most 4.
        box: intervals of the parameters, and of the state variables that ``at`` leaves.
        at: the equilibrium: values of state variables.
        time_limit: seconds for each condition.

    Raises ``ValueError`` for a symbol without an interval and for more than 4 variables.

    >>> brusselator = {"x": "a + x^2*y - b*x - x", "y": "b*x - x^2*y"}
    >>> found = prove_stability(brusselator, "a in [1, 2], b in [1, 3/2]", {"x": "a", "y": "b/a"})
    >>> found.verdict, len(found.certificates), found.at_equilibrium
    ('stable', 2, True)
    """
    dynamics = Dynamics.of(system)
    region = Assumptions.of(box)
    matrix = symbolic_jacobian(dynamics, at, region)
    amounts = hurwitz_amounts(characteristic_polynomial(matrix, region), region)
    defined = defined_claims(dynamics.at(at).values(), region)
    settled = settle([*defined, *_positive(amounts)], region, time_limit)
    known = vanishes(dynamics, at, region, time_limit)
    verdict = _verdict(settled.hold, settled.refuted)
    status: Status = "inconclusive" if verdict == "undecided" else "ok"
    return StabilityProof(
        status=status,
        method=f"Routh-Hurwitz conditions of {len(matrix)} state variables, proved one by one",
        evidence={"claims": settled.records},
        notes=_notes(known),
        verdict=verdict,
        conditions=tuple(_positive(amounts)),
        point=None if settled.refuted is None else dict(settled.refuted.point),
        at_equilibrium=known,
        certificates=settled.certificates,
    )


def _verdict(hold: bool, refuted: Refuted | None) -> StabilityVerdict:
    if refuted is None:
        return "stable" if hold else "undecided"
    if refuted.reason == "undefined":
        return "not_stable_somewhere"
    amount = refuted.claim.expr.args[0]
    point = {name: (value, value) for name, value in refuted.point.items()}
    negative = prove(lt(amount, ZERO), point).verdict in ("proved", "enclosed")
    return "unstable_somewhere" if negative else "not_stable_somewhere"


def vanishes(
    dynamics: Dynamics, at: Values | None, region: Assumptions, time_limit: float
) -> bool | None:
    """Return whether the rates are 0 all over the region; ``None`` if that is not shown."""
    outcomes = []
    for rate in dynamics.at(at).values():
        left = tidy(rate, region)
        if left is not ZERO:
            sides = {name: region.boxes[name] for name in left.symbols if name in region.boxes}
            if len(sides) < len(left.symbols):
                return None
            outcomes.append(prove(eq(left, ZERO), sides, time_limit=time_limit).verdict)
    if "refuted" in outcomes:
        return False
    return True if all(one in ("proved", "enclosed") for one in outcomes) else None


def _notes(known: bool | None) -> tuple[str, ...]:
    if known is None:
        return ("it is not shown that the rates vanish there",)
    if known:
        return ()
    return ("the rates do not vanish all over the box: this is about the Jacobian at its points",)
