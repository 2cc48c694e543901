"""The largest value of an expression over a box, by search with 50 digits: a grid, then a compass.

The expressions are smooth but for a few corners, and the boxes small. Nothing here is a proof;
the tests sample what comes out at other points.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from tests.benchmarks.claim_suite.draw import Shape
from tests.benchmarks.claim_suite.truth import value

SIDE = {1: 240, 2: 32, 3: 12}
"""Cells of the grid along each side, by the number of variables."""
STARTS = 4
SMALLEST_STEP = Fraction(1, 2**40)

Place = tuple[Fraction, ...]
"""Coordinates from 0 to 1 along the sides of the box."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best point that was found, and the value there."""

    point: dict[str, Fraction]
    value: Any


def largest(shape: Shape) -> Optimum:
    """Return where an expression is largest; ``UndefinedError`` if it is undefined on the way."""
    cells = SIDE[len(shape.box)]
    grid = list(product([Fraction(k, cells) for k in range(cells + 1)], repeat=len(shape.box)))
    values = {place: value(shape.text, _point(shape, place)) for place in grid}
    starts = sorted(grid, key=lambda place: values[place], reverse=True)[:STARTS]
    best = max((_climb(shape, place, Fraction(1, cells)) for place in starts), key=_height)
    return Optimum(_point(shape, best[0]), best[1])


def _height(found: tuple[Place, Any]) -> Any:
    return found[1]


def _climb(shape: Shape, place: Place, step: Fraction) -> tuple[Place, Any]:
    """Move to the best neighbour, or halve the step, until it is tiny."""
    here = place, value(shape.text, _point(shape, place))
    directions = [d for d in product((-1, 0, 1), repeat=len(place)) if any(d)]
    while step > SMALLEST_STEP:
        around = {_moved(here[0], direction, step) for direction in directions} - {here[0]}
        tried = [(each, value(shape.text, _point(shape, each))) for each in sorted(around)]
        best = max(tried, key=_height)
        if best[1] > here[1]:
            here = best
        else:
            step /= 2
    return here


def _moved(place: Place, direction: tuple[int, ...], step: Fraction) -> Place:
    return tuple(
        min(Fraction(1), max(Fraction(0), each + way * step))
        for each, way in zip(place, direction, strict=True)
    )


def _point(shape: Shape, place: Place) -> dict[str, Fraction]:
    ends = [(Fraction(low), Fraction(high)) for low, high in shape.box.values()]
    coordinates = [low + part * (high - low) for part, (low, high) in zip(place, ends, strict=True)]
    return dict(zip(shape.box, coordinates, strict=True))
