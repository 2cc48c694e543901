"""Children of two that explain the target together: sums by least squares, products by logarithms.

For each formula f the best partner g among many is found in closed form: of what f leaves of
the target, the part that g explains.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from emlir_search.evolve.aim import Aim
from emlir_search.evolve.genomes import Floats, Piece, constant, function, joined
from emlir_search.evolve.vocabulary import Vocabulary

NEAR = 1e-3
"""A power that is so near to a multiple of 1/2 starts there."""


def sums(
    pieces: list[Piece], values: Floats, others: list[Piece], theirs: Floats, aim: Aim
) -> list[Piece]:
    """Return for each piece f the child f + c*g with the best g of ``others``."""
    children = []
    for row, partner in _partners(values, theirs, aim):
        _, scale, other = _solved(aim, values[row], theirs[partner])
        if scale and other:
            ratio = constant(other / scale, aim.vocabulary)
            term = joined(others[partner], ratio, function("mul", aim.vocabulary))
            children.append(joined(pieces[row], term, function("add", aim.vocabulary)))
    return children


@np.errstate(all="ignore")
def products(
    pieces: list[Piece], values: Floats, others: list[Piece], theirs: Floats, aim: Aim
) -> list[Piece]:
    """Return for each piece f the child f^b * g^c with the best g of ``others``."""
    if not (aim.target != 0).all() or np.ptp(np.sign(aim.target)):
        return []
    view = replace(aim, target=np.log(np.abs(aim.target)), weight=aim.weight * np.abs(aim.target))
    first, second = _logarithms(values), _logarithms(theirs)
    children = []
    for row, partner in _partners(first, second, view):
        _, power, other = _solved(view, first[row], second[partner])
        if power and other:
            left = _power(pieces[row], power, aim.vocabulary)
            right = _power(others[partner], other, aim.vocabulary)
            children.append(joined(left, right, function("mul", aim.vocabulary)))
    return children


@np.errstate(all="ignore")
def _partners(values: Floats, theirs: Floats, aim: Aim) -> list[tuple[int, int]]:
    """Return the best partner of each row that has one."""
    mine, _ = aim.shapes(values)
    others, _ = aim.shapes(theirs)
    overlap = others @ mine.T
    left = (others @ aim.rest)[:, None] - overlap * (mine @ aim.rest)
    gain = np.where(1 - overlap**2 > 1e-7, left**2 / (1 - overlap**2), 0.0)
    gain = np.nan_to_num(gain, nan=0.0)
    best = np.argmax(gain, axis=0)
    return [(row, int(k)) for row, k in enumerate(best) if gain[k, row] > 0]


def _solved(aim: Aim, first: Floats, second: Floats) -> tuple[float, float, float]:
    """Return offset and factors of the weighted least squares."""
    rows = np.stack([np.ones_like(first), first, second])
    size = np.max(np.abs(rows), axis=1)
    size[size == 0] = 1.0
    matrix = (rows / size[:, None] * aim.weight).T
    found = np.linalg.lstsq(matrix, aim.target * aim.weight, rcond=None)[0] / size
    return float(found[0]), float(found[1]), float(found[2])


@np.errstate(all="ignore")
def _logarithms(values: Floats) -> Floats:
    """Logarithms of sizes, NaN for rows of mixed signs."""
    one_sign = np.abs(np.sum(np.sign(values), axis=1)) == values.shape[1]
    return np.where(one_sign[:, None], np.log(np.abs(values)), np.nan)


def _power(piece: Piece, power: float, vocabulary: Vocabulary) -> Piece:
    if abs(power - 1) < NEAR:
        return piece
    near = float(Fraction(round(2 * power), 2))
    start = near if near and abs(near - power) < NEAR else power
    return joined(piece, constant(start, vocabulary), function("pow", vocabulary))
