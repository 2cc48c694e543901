"""Boxes that hold exactly one zero: found by Newton's method, grown as far as can be proved."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from emlir_equilibrium.symbolic.exact_intervals import Exact, Sides, near, outward, point
from emlir_equilibrium.symbolic.operator import Operator, Preconditioner

NEWTON_STEPS = 12
INFLATIONS = 12
GROWTHS = 24
GROWTH = Fraction(4)
START = Fraction(1, 10**9)
"""The first width of a box around an approximate zero, relative to its size."""
WIDER = Fraction(6, 5)


@dataclass(frozen=True)
class Root:
    """A box with exactly one zero, the matrix that shows it, and a small box around the zero."""

    sides: Sides
    matrix: Preconditioner
    core: Sides


def find_root(operator: Operator, sides: Sides, whole: Sides, known: Sequence[Root]) -> Root | None:
    """Look for a zero near the middle of a box, and prove that a box around it holds one.

    The box lies in ``whole``, apart from those of ``known`` roots, and is as large as growing
    finds. ``None`` if there is none.
    """
    centre = _newton(operator, sides, whole)
    if centre is None or any(not are_apart(centre, root.sides, operator.states) for root in known):
        return None
    matrix = operator.preconditioner({**sides, **centre})
    if matrix is None:
        return None
    first = _inflated(operator, {**sides, **centre}, whole, matrix)
    if first is None:
        return None
    found = _grown(operator, first, whole, matrix)
    if any(not are_apart(found, root.sides, operator.states) for root in known):
        return None
    return Root(found, matrix, operator.narrowed(first))


def are_apart(first: Sides, second: Sides, states: tuple[str, ...]) -> bool:
    """Whether two boxes have no state in common."""
    return any(first[name].meet(second[name]) is None for name in states)


def _newton(operator: Operator, sides: Sides, whole: Sides) -> dict[str, Exact] | None:
    """Return an approximate zero in the whole box, at the middle of the parameters."""
    at = {name: near(sides[name].middle) for name in operator.states}
    if not all(map(math.isfinite, at.values())):
        return None
    for _ in range(NEWTON_STEPS):
        moved = operator.newton_step(at, sides)
        if moved is None or not all(
            whole[name].contains(Fraction(moved[name])) for name in operator.states
        ):
            return None
        settled = all(
            abs(moved[name] - at[name]) <= START * (1 + abs(at[name])) for name in operator.states
        )
        at = moved
        if settled:
            return {name: point(Fraction(one)) for name, one in at.items()}
    return None


def _tiny(side: Exact) -> Fraction:
    return START * (1 + side.magnitude)


def _inflated(
    operator: Operator, at: Sides, whole: Sides, matrix: Preconditioner
) -> dict[str, Exact] | None:
    """Widen a point until the operator maps the box into its interior (Rump's inflation)."""
    sides = dict(at)
    for name in operator.states:
        tiny = _tiny(at[name])
        sides[name] = Exact(at[name].lo - tiny, at[name].hi + tiny)
    for _ in range(INFLATIONS):
        if not _is_within(sides, whole, operator):
            return None
        image = operator.image(sides, matrix)
        if image is None:
            return None
        if all(image[name].is_inside(sides[name]) for name in operator.states):
            return sides
        for name in operator.states:
            both = Exact(min(sides[name].lo, image[name].lo), max(sides[name].hi, image[name].hi))
            sides[name] = outward(both.around(WIDER))
    return None


def _grown(
    operator: Operator, sides: Sides, whole: Sides, matrix: Preconditioner
) -> dict[str, Exact]:
    """Let a box grow as long as it is proved to hold one zero; it stays in ``whole``."""
    best = dict(sides)
    for _ in range(GROWTHS):
        larger = dict(best)
        for name in operator.states:
            common = best[name].around(GROWTH).meet(whole[name])
            larger[name] = best[name] if common is None else common
        if larger == best or operator.try_box(larger, matrix).outcome != "unique":
            break
        best = larger
    return best


def _is_within(sides: Sides, whole: Sides, operator: Operator) -> bool:
    return all(whole[name].covers(sides[name]) for name in operator.states)
