"""Survey: under which semantics a row's tree is right, decided by balls at points of a grid.

A semantics is listed if every point of the real domain where ``requires`` holds is decided and
right under it. That is a measurement; why a tree is right everywhere is said by its recipe.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

import emlir
from emlir import Expr, parse
from emlir.plugin_api import Semantics, ball_backend
from emlir_minimal.compose.finiteness import LINE, crosses_zero, has_finite_steps
from emlir_minimal.compose.rows import Row
from emlir_minimal.database import formulas

SEMANTICS: tuple[Semantics, ...] = ("real", "extended", "complex")
AXIS = tuple(map(Fraction, "-5 -7/4 -1 -9/16 -1/8 0 1/8 9/16 1 9/8 2 5".split()))
"""Values of x and y: 0, the ends +-1 of domains, and points between and beyond."""
TOLERANCE = 1e-25

Point = dict[str, Fraction]


def target(row: Row) -> Expr:
    """Return the formula that the tree of a row stands for."""
    return formulas(row.operator)[0]


def points(row: Row, axis: Sequence[Fraction] = AXIS) -> list[Point]:
    """Return the points of the grid in the real domain of a row where ``requires`` holds."""
    formula = target(row)
    names = formula.symbols
    grid = [dict(zip(names, at, strict=True)) for at in product(axis, repeat=len(names))]
    if not names:
        return grid
    inside = _inside(row, columns(grid))
    return [point for point, fits in zip(grid, inside, strict=True) if fits]


def columns(grid: Sequence[Point]) -> dict[str, Any]:
    """Return points as columns of floats."""
    return {name: np.array([float(point[name]) for point in grid]) for name in grid[0]}


def is_right(row: Row, tree: Expr, semantics: Semantics, at: Sequence[Point]) -> bool:
    """Whether a tree is decided and right at all points, to 1e-25 by balls."""
    reference = target(row)
    found = ball_backend().distances(tree, reference, list(at), 40, semantics)
    return bool(np.all(np.abs(np.array([complex(far) for far in found])) <= TOLERANCE))


def semantics_of(row: Row, tree: Expr) -> list[Semantics]:
    """Return the semantics under which a tree is right; each includes those before it."""
    at = points(row)
    return [name for name in SEMANTICS if is_right(row, tree, name, at)]


def is_finite(row: Row, tree: Expr) -> bool:
    """Whether no step is an infinity; see :mod:`emlir_minimal.compose.finiteness`."""
    return all(has_finite_steps(tree, point) for point in points(row)) and not any(
        crosses_zero(tree, data, _inside(row, data)) for data in _lines(row)
    )


def _inside(row: Row, data: dict[str, Any]) -> Any:
    """Return which columns are in the real domain of a row, where ``requires`` holds."""
    inside = np.isfinite(emlir.evaluate(target(row), data))
    if row.requires:
        inside &= emlir.evaluate(parse(row.requires), data) == 1
    return inside


def _lines(row: Row) -> Iterator[dict[str, Any]]:
    """Yield fine grids: one symbol follows ``LINE``, others stay at values of the axis."""
    names = target(row).symbols
    for moving in names:
        others = [name for name in names if name != moving]
        for at in product(AXIS, repeat=len(others)):
            fixed = dict(zip(others, at, strict=True))
            yield {name: LINE if name == moving else _constant(fixed[name]) for name in names}


def _constant(value: Fraction) -> Any:
    return np.full(len(LINE), float(value))


def is_total(row: Row) -> bool:
    """Whether the tree is right for all real arguments, those of the grid at least."""
    names = target(row).symbols
    return not row.requires and len(points(row)) == len(AXIS) ** len(names)
