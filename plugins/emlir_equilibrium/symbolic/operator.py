"""Krawczyk's operator on one box, with rational ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from emlir import jacobian
from emlir_equilibrium.symbolic.claims import partial_rates
from emlir_equilibrium.symbolic.dynamics import Dynamics, check_smooth
from emlir_equilibrium.symbolic.exact_intervals import (
    Enclosures,
    Exact,
    Sides,
    dot,
    outward,
    point,
)
from emlir_equilibrium.symbolic.matrices import symbolic_jacobian

Preconditioner = tuple[tuple[Fraction, ...], ...]
Outcome = Literal["unique", "empty", "open"]
REFINEMENTS = 60
FINE = Fraction(1, 10**13)
"""Sides of a root that are narrower, relative to its size, are not narrowed any more."""


@dataclass(frozen=True)
class Tried:
    """What one application of the operator shows of a box.

    ``sides``: where the zeros of the box must be.
    """

    outcome: Outcome
    sides: Sides


class Operator:
    """The operator of some dynamics."""

    def __init__(self, dynamics: Dynamics) -> None:
        check_smooth(dynamics)
        self.dynamics = dynamics
        self.states = dynamics.states
        self._rates = Enclosures(dynamics.rates.values())
        self._partial = Enclosures(partial_rates(dynamics.rates.values()))
        self._slopes = Enclosures(one for row in symbolic_jacobian(dynamics) for one in row)
        self._shifts = Enclosures(
            jacobian(dynamics.rates.values(), dynamics.parameters).to_exprs()
            if dynamics.parameters
            else ()
        )

    def preconditioner(self, sides: Sides) -> Preconditioner | None:
        """Return an approximate inverse of the Jacobian at the middle, as exact numbers."""
        entries = self._jacobian_over({name: point(side.middle) for name, side in sides.items()})
        if entries is None:
            return None
        middle = np.array([[float(entry.middle) for entry in row] for row in entries])
        try:
            inverse = np.linalg.inv(middle)
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(inverse).all():
            return None
        return tuple(tuple(Fraction(float(entry)) for entry in row) for row in inverse)

    def newton_step(self, at: Mapping[str, float], sides: Sides) -> dict[str, float] | None:
        """Return the next point of Newton's method in floats, at the middle of parameters."""
        here = {name: point(side.middle) for name, side in sides.items()}
        here |= {name: point(Fraction(at[name])) for name in self.states}
        rates, slopes = self._rates.over(here), self._jacobian_over(here)
        known = [float(one.middle) for one in rates if one is not None]
        if slopes is None or len(known) < len(rates):
            return None
        matrix = np.array([[float(entry.middle) for entry in row] for row in slopes])
        try:
            change = np.linalg.solve(matrix, np.array(known))
        except np.linalg.LinAlgError:
            return None
        moved = {name: at[name] - float(one) for name, one in zip(self.states, change, strict=True)}
        return moved if np.isfinite(list(moved.values())).all() else None

    def is_nowhere_zero(self, sides: Sides) -> bool:
        """Whether a rate is shown to have no zero in the box."""
        found = self._rates.over(sides)
        return any(one is not None and not one.contains(Fraction(0)) for one in found)

    def try_box(self, sides: Sides, matrix: Preconditioner | None) -> Tried:
        """Apply the operator: is the box empty, does it hold one zero, or is that open?"""
        if self.is_nowhere_zero(sides):
            return Tried("empty", sides)
        image = None if matrix is None else self.image(sides, matrix)
        if image is None:
            return Tried("open", sides)
        narrow = dict(sides)
        for name in self.states:
            common = image[name].meet(sides[name])
            if common is None:
                return Tried("empty", sides)
            narrow[name] = common
        inside = all(image[name].is_inside(sides[name]) for name in self.states)
        return Tried("unique" if inside else "open", narrow)

    def image(self, sides: Sides, matrix: Preconditioner) -> dict[str, Exact] | None:
        """Return K(X) for the states, rounded outward; parameters keep their sides.

        ``None`` where a rate or a derivative is not shown to be defined all over the box.
        """
        if None in self._partial.over(sides):
            return None
        middle = {name: point(side.middle) for name, side in sides.items()}
        rates = self._rates.over(middle)
        slopes = self._jacobian_over(sides)
        shifts = self._shifts_over({**sides, **{name: middle[name] for name in self.states}})
        known = [one for one in rates if one is not None]
        if slopes is None or shifts is None or len(known) < len(rates):
            return None
        image = dict(sides)
        for i, name in enumerate(self.states):
            row = [point(entry) for entry in matrix[i]]
            moved = middle[name] - dot(row, known)
            for parameter, shift in shifts.items():
                moved = moved - dot(row, shift) * (sides[parameter] - middle[parameter])
            for j, (other, column) in enumerate(zip(self.states, _columns(slopes), strict=True)):
                spread = point(Fraction(int(i == j))) - dot(row, column)
                moved = moved + spread * (sides[other] - middle[other])
            image[name] = outward(moved)
        return image

    def narrowed(self, sides: Sides) -> Sides:
        """Return a narrower box around the zero of a box that holds one."""
        for _ in range(REFINEMENTS):
            tried = self.try_box(sides, self.preconditioner(sides))
            old, sides = sides, tried.sides
            if not any(self._is_coarse(sides[name], old[name]) for name in self.states):
                break
        return {name: sides[name] for name in self.states}

    def _is_coarse(self, new: Exact, old: Exact) -> bool:
        return 10 * new.width < 9 * old.width and new.width > FINE * (1 + new.magnitude)

    def _jacobian_over(self, sides: Sides) -> Sequence[Sequence[Exact]] | None:
        found = self._slopes.over(sides)
        known = [one for one in found if one is not None]
        if len(known) < len(found):
            return None
        size = len(self.states)
        return [known[k : k + size] for k in range(0, size * size, size)]

    def _shifts_over(self, sides: Sides) -> dict[str, list[Exact]] | None:
        """Return the derivatives of the rates by each parameter that is an interval."""
        found = self._shifts.over(sides)
        names = self.dynamics.parameters
        columns = {}
        for k, name in enumerate(names):
            if not sides[name].width:
                continue
            known = [one for one in found[k :: len(names)] if one is not None]
            if len(known) < len(self.states):
                return None
            columns[name] = known
        return columns


def _columns(rows: Sequence[Sequence[Exact]]) -> list[tuple[Exact, ...]]:
    return list(zip(*rows, strict=True))
