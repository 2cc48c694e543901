"""Follow an equilibrium as a parameter moves, and locate where it loses stability."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from torch import Tensor

from emlir_equilibrium.pictures import Panel, Picture, Series
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report
from emlir_equilibrium.solvers.newton import CorrectionReport, correct
from emlir_equilibrium.solvers.point import equilibrium
from emlir_equilibrium.spectrum.discs import Side, past_circle
from emlir_equilibrium.spectrum.report import Eigenvalue
from emlir_equilibrium.spectrum.routes import Route
from emlir_equilibrium.stability import Kind, StabilityReport, hopf_margin
from emlir_equilibrium.structure import StructureError

Family = Callable[[float], EquilibriumProblem]
System = Literal["flow", "map"]
SHARP = 1e-14
"""The relative width to which an event's parameter is narrowed down."""
NEAR = 1e-5
"""The part of a step over which the speed of an eigenvalue is taken."""
JUMP = 1e-3
"""A margin that is left at an event, relative to those around it, of a branch that is broken."""


@dataclass(frozen=True)
class Place:
    """An equilibrium of the family: the parameter, the margins and the verdicts there."""

    parameter: float
    re_mu: float
    omega: float
    rho: float
    flow: Side
    map: Side
    moved: float


@dataclass(frozen=True)
class Event:
    """A parameter at which the leading eigenvalue passes a boundary.

    ``kind`` of a real eigenvalue is called a fold; it may be a transcritical or pitchfork point.
    ``uncertainty`` is the eigenvalue's radius over its speed in the parameter. ``angle`` is that
    of the multiplier 1 + epsilon mu. ``loses`` says whether stability ends here as the parameter
    grows; ``z`` is the state.
    """

    parameter: float
    uncertainty: float
    system: System
    kind: Kind
    omega: float
    angle: float
    leading: Eigenvalue
    loses: bool
    z: Tensor = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ContinuationReport(Report):
    """The places that were visited, in order, and the events between them."""

    places: tuple[Place, ...]
    events: tuple[Event, ...]

    def first(self, system: System) -> Event | None:
        """The first event of the flow or of the map."""
        return next((one for one in self.events if one.system == system), None)

    def picture(self) -> Picture:
        """Re mu and |1 + epsilon mu| along the parameter, with the events."""
        return Picture(
            f"continuation: {self.status}, {len(self.events)} events",
            (self._along("re_mu", "Re mu", 0.0), self._along("rho", "rho", 1.0)),
        )

    def _along(self, figure: str, label: str, limit: float) -> Panel:
        curve = Series(
            tuple(one.parameter for one in self.places),
            tuple(float(getattr(one, figure)) for one in self.places),
        )
        events = tuple(one.parameter for one in self.events)
        return Panel("parameter", label, (curve,), across=(limit,), upright=events)


class _LostError(Exception):
    """Newton's method found no equilibrium for a parameter."""


def continue_parameter(
    family: Family,
    lo: float,
    hi: float,
    steps: int = 20,
    z: Tensor | None = None,
    route: Route = "auto",
    tol: float = 1e-10,
    seed: int = 0,
) -> ContinuationReport:
    """Follow the equilibrium of ``family(parameter)`` from ``lo`` to ``hi``.

    At each of ``steps + 1`` parameters Newton's method corrects the last state, extrapolated
    (natural continuation: it stops at a fold, and says so). Where the largest real part or the
    largest |1 + epsilon mu| - 1 changes its sign between two, Brent's method locates the event;
    two events within one step cancel and are not seen. Where a margin jumps over 0 (the force
    has a kink, or another branch took over) no eigenvalue passes: that is a note, not an event.
    """
    follow = _Follower(family, (lo, hi), route, tol, seed)
    notes: list[str] = []
    places: list[Place] = []
    events: list[Event] = []
    try:
        follow.begin(lo, z)
        places.append(follow.place(lo))
        for parameter in np.linspace(lo, hi, steps + 1)[1:].tolist():
            follow.advance(parameter)
            places.append(follow.place(parameter))
            events += follow.events()
        notes += follow.notes
    except _LostError as lost:
        notes.append(str(lost))
    except StructureError as error:
        return ContinuationReport(
            status="refused", method="natural", notes=(str(error),), places=(), events=()
        )
    notes += _doubts(places, events)
    return ContinuationReport(
        status="inconclusive" if notes else "ok",
        method="natural continuation, Newton-Krylov, Brent",
        cost=follow.cost,
        evidence={"uncertainty": max((one.uncertainty for one in events), default=0.0)},
        notes=tuple(notes),
        places=tuple(places),
        events=tuple(sorted(events, key=lambda one: abs(one.parameter - lo))),
    )


def _doubts(places: Sequence[Place], events: Sequence[Event]) -> list[str]:
    """Places without a verdict, other than the events themselves."""
    doubtful = [
        one.parameter
        for one in places
        if "inconclusive" in (one.flow, one.map)
        and not any(abs(one.parameter - e.parameter) <= e.uncertainty for e in events)
    ]
    if not doubtful:
        return []
    return [f"no verdict at {len(doubtful)} places, the first at {doubtful[0]:.9g}"]


@dataclass(frozen=True)
class _Known:
    parameter: float
    z: Tensor
    report: StabilityReport


class _Follower:
    """The last two equilibria, and the search between them."""

    def __init__(
        self, family: Family, ends: tuple[float, float], route: Route, tol: float, seed: int
    ) -> None:
        self.low, self.high = sorted(ends)
        self.family, self.route, self.tol, self.seed = family, route, tol, seed
        self.cost = Cost()
        self.known: list[_Known] = []
        self.notes: list[str] = []

    def begin(self, parameter: float, z: Tensor | None) -> None:
        point = equilibrium(self.family(parameter), z, self.tol)
        self.known = [self._at(parameter, point)]

    def advance(self, parameter: float) -> None:
        """Correct the extrapolated state, or where this fails the last one."""
        self.known = [*self.known[-1:], self._near(parameter, self._guesses(parameter))]

    def place(self, parameter: float) -> Place:
        report = self.known[-1].report
        return Place(
            parameter,
            report.re_mu,
            report.omega,
            report.rho,
            report.flow,
            report.map,
            report.moved,
        )

    def events(self) -> list[Event]:
        """The events between the last two equilibria."""
        systems: tuple[System, ...] = ("flow", "map")
        found = [self._locate(one) for one in systems if self._changes(one)]
        return [one for one in found if one is not None]

    def _guesses(self, parameter: float) -> list[Tensor]:
        last = self.known[-1]
        if len(self.known) == 1:
            return [last.z]
        before = self.known[-2]
        slope = (last.z - before.z) / (last.parameter - before.parameter)
        return [last.z + (parameter - last.parameter) * slope, last.z]

    def _near(self, parameter: float, guesses: Sequence[Tensor]) -> _Known:
        problem = self.family(parameter)
        for guess in guesses:
            point = correct(problem, guess, self.tol)
            if point.status == "ok":
                return self._at(parameter, point)
        raise _LostError(
            f"no equilibrium found near {parameter:.9g}: the branch may fold before it"
        )

    def _at(self, parameter: float, point: CorrectionReport) -> _Known:
        report = hopf_margin(self.family(parameter), point.z, 2, self.route, self.tol, self.seed)
        if report.status == "refused":
            raise StructureError(report.notes[0])
        self.cost = self.cost + point.cost + report.cost
        if point.status != "ok":
            raise _LostError(f"no equilibrium found at {parameter:.9g}")
        return _Known(parameter, point.z, report)

    def _changes(self, system: System) -> bool:
        """Whether the margin passes 0; exactly 0 belongs to the step that ends there."""
        a, b = (beyond(one.report, system) for one in self.known)
        return a * b < 0 or (a != 0 and b == 0)

    def _locate(self, system: System) -> Event | None:
        first, last = self.known
        found: dict[float, _Known] = {first.parameter: first, last.parameter: last}

        def margin(parameter: float) -> float:
            if parameter not in found:
                near = min(found.values(), key=lambda one: abs(one.parameter - parameter))
                found[parameter] = self._near(parameter, [near.z])
            return beyond(found[parameter].report, system)

        root = float(brentq(margin, first.parameter, last.parameter, xtol=1e-15, rtol=SHARP))
        around = abs(margin(first.parameter)) + abs(margin(last.parameter))
        if not abs(margin(root)) <= JUMP * around:
            self.notes.append(f"the margin of the {system} jumps over 0 at {root:.9g}: no event")
            return None
        small = NEAR * (last.parameter - first.parameter)
        left, right = (min(max(root + move, self.low), self.high) for move in (-small, small))
        before, after = margin(left), margin(right)
        if before * after > 0:
            self.notes.append(f"the margin of the {system} touches 0 at {root:.9g}: no event")
            return None
        return _event(found[root], system, (after - before) / (right - left))


def beyond(report: StabilityReport, system: System) -> float:
    """How far the leading eigenvalue lies past the boundary."""
    if system == "flow" or report.leading_map is None:
        return report.re_mu
    return float(past_circle(np.array([report.leading_map.mu]), report.epsilon)[0][0])


def _event(known: _Known, system: System, speed: float) -> Event:
    report = known.report
    leading = report.leading_flow if system == "flow" else report.leading_map
    if leading is None:
        raise _LostError(f"no eigenvalue converged at {known.parameter:.9g}")
    radius = leading.radius * (1.0 if system == "flow" else report.epsilon)
    width = float(radius / abs(speed)) if speed else float("inf")
    return Event(
        known.parameter,
        max(width, 4 * float(np.finfo(float).eps) * abs(known.parameter)),
        system,
        report.kind_flow if system == "flow" else report.kind_map,
        abs(leading.mu.imag),
        abs(float(np.angle(leading.multiplier))),
        leading,
        speed > 0,
        known.z,
    )
