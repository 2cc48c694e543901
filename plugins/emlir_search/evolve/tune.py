"""Fitting the constants of many formulas at once.

Scale and offset are eliminated (variable projection, Golub and Pereyra 1973, in Kaufman's
form); the inner constants take steps of Levenberg and Marquardt's method, with derivatives by
differences.
"""

import numpy as np

from emlir_search.evolve.aim import Aim
from emlir_search.evolve.genomes import Floats, Genomes, Ints

MOST = 4
"""Formulas with more inner constants are left as they are."""
STEP = 1e-7
RIDGES = (1e-6, 1e-2, 1.0, 1e2)
"""Damping that is tried, relative to the curvature; the best step is taken."""


def tuned(genomes: Genomes, shapes: Floats, losses: Floats, aim: Aim, steps: int) -> Genomes:
    """Return formulas whose constants are no worse; ``shapes`` and ``losses`` are updated."""
    slots = genomes.tokens == aim.vocabulary.constant
    count = slots.sum(1)
    rows = np.flatnonzero((count > 0) & (count <= MOST) & np.isfinite(losses))
    values = genomes.values.copy()
    for _ in range(steps):
        if not len(rows):
            break
        some = Genomes(genomes.tokens[rows], values[rows], genomes.length[rows])
        moves = _moves(some, slots[rows], shapes[rows], aim)
        better = np.zeros(len(rows), dtype=bool)
        start, best = some.values, values[rows]
        for move in moves:
            tried = Genomes(some.tokens, start + move, some.length)
            shape, _ = aim.shapes(aim.values(tried))
            loss = aim.losses(shape)
            wins = np.flatnonzero(loss < losses[rows] * (1 - 1e-9))
            at = rows[wins]
            losses[at], shapes[at], best[wins] = loss[wins], shape[wins], tried.values[wins]
            better[wins] = True
        values[rows] = best
        rows = rows[better & (losses[rows] > 1e-24)]
    return Genomes(genomes.tokens, values, genomes.length)


@np.errstate(all="ignore")
def _moves(
    genomes: Genomes, slots: "np.typing.NDArray[np.bool_]", shapes: Floats, aim: Aim
) -> list[Floats]:
    """Return changes of the values for each damping."""
    row, place = np.nonzero(slots)
    order = np.cumsum(slots, axis=1)[row, place] - 1
    slopes, sizes = _slopes(genomes, row, place, aim)
    table = np.zeros((len(genomes), MOST, len(aim.target)))
    table[row, order] = slopes
    units = np.ones((len(genomes), MOST))
    units[row, order] = sizes
    table -= (table @ shapes[:, :, None]) * shapes[:, None, :]
    table = np.nan_to_num(table, posinf=0.0, neginf=0.0)
    gap = aim.rest - (shapes @ aim.rest)[:, None] * shapes
    curvature = table @ table.transpose(0, 2, 1)
    force = table @ gap[:, :, None]
    scale = np.einsum("bkk->bk", curvature)
    scale = np.where(scale > 0, scale, 1.0)
    moves = []
    for ridge in RIDGES:
        damped = curvature + (ridge * scale)[:, :, None] * np.eye(MOST)
        damped += 1e-300 * np.eye(MOST)
        step = np.linalg.solve(damped, force)[:, :, 0] * units
        move = np.zeros_like(genomes.values)
        move[row, place] = np.nan_to_num(step[row, order], posinf=0.0, neginf=0.0)
        moves.append(move)
    return moves


def _slopes(genomes: Genomes, row: Ints, place: Ints, aim: Aim) -> tuple[Floats, Floats]:
    """Derivatives of the scaled best fit by each constant, in units of the constant's size."""
    sizes = np.maximum(np.abs(genomes.values[row, place]), 1e-3)
    moved = genomes.take(row)
    moved.values[np.arange(len(row)), place] += STEP * sizes
    before, after = aim.values(genomes)[row], aim.values(moved)
    shapes, lengths = aim.shapes(before)
    match = (shapes @ aim.rest) / lengths
    change = aim.without_constant((after - before) * aim.weight) / STEP
    return change * match[:, None], sizes
