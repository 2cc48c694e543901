"""Survey: under which semantics a row's tree is right, decided by balls at points of a grid.

A semantics is listed if every point of the real domain where ``requires`` holds is decided and
right under it. That is a measurement; why a tree is right everywhere is said by its recipe.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

import emlir
from emlir import Expr, parse
from emlir.plugin_api import Semantics, ball_backend, postorder
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
    inside = np.isfinite(emlir.evaluate(formula, columns(grid)))
    if row.requires:
        inside &= np.broadcast_to(
            emlir.evaluate(parse(row.requires), columns(grid)) == 1, inside.shape
        )
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
    """Whether no step is an infinity.

    So it is where the tree is right in ``real``, whose values are finite. Else the recipe must
    be one for finite steps, and every step is asked for at the points, in balls.
    """
    if not target(row).symbols:
        return has_finite_steps(tree, {})
    at = points(row)
    if is_right(row, tree, "real", at):
        return True
    return row.name.startswith("finite_") and all(has_finite_steps(tree, point) for point in at)


def has_finite_steps(tree: Expr, point: Point) -> bool:
    """Whether each step of a tree is shown to be finite at a point, under ``complex``."""
    exact = tree.subs(dict(point))
    values = ball_backend().at_points("complex", 300)
    return all(values(step, {}).is_finite is True for step in postorder((exact,)))


def is_total(row: Row) -> bool:
    """Whether the tree is right for all real arguments, those of the grid at least."""
    names = target(row).symbols
    return not row.requires and len(points(row)) == len(AXIS) ** len(names)
