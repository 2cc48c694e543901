"""All eigenvalues of a matrix with discs that hold those of the exact one."""

from collections.abc import Iterable
from typing import cast

import numpy as np
from scipy.linalg import eig, lapack
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from emlir_equilibrium.spectrum.cores import side_by_side
from emlir_equilibrium.spectrum.discs import Booleans, Complexes, Floats, Spectrum, joined

BACKWARD = 10.0
"""The backward error of the QR algorithm and of the entries, in units of u |A|."""
GENTLE = 1e6
"""Condition numbers up to which the inverse of the eigenvectors gives the left ones."""


def full_spectra(
    matrices: Iterable[Floats], unit: float, patterns: Iterable[Booleans]
) -> list[Spectrum]:
    """Return the spectrum of each matrix, as many at a time as there are cores."""
    both = zip(matrices, patterns, strict=True)
    return side_by_side(lambda one: full_spectrum(one[0], unit, one[1]), both)


def full_spectrum(matrix: Floats, unit: float, nonzero: Booleans | None = None) -> Spectrum:
    """Return the spectrum of a square matrix whose entries have the relative error ``unit``.

    ``nonzero`` says which entries are not surely 0, by default those that are not 0 here. Where
    the pattern of sure zeros is reducible, the strongly connected parts are diagonal
    blocks of a triangular form: the spectrum is the union of theirs. So triangular matrices
    cost nothing and have no error, however far from normal they are. Empty if an entry is not
    finite.
    """
    if not np.isfinite(matrix).all():
        return _triangular(np.empty(0), unit)
    pattern = matrix != 0 if nonzero is None else nonzero
    if pattern.all():
        return _irreducible(matrix, unit)
    count, labels = connected_components(csr_array(pattern), connection="strong")
    if count == 1:
        return _irreducible(matrix, unit)
    if count == len(matrix):
        return _triangular(np.diagonal(matrix), unit)
    blocks = (np.flatnonzero(labels == label) for label in range(count))
    return joined([_irreducible(matrix[np.ix_(rows, rows)], unit) for rows in blocks])


def eigenvectors(matrix: Floats) -> tuple[Complexes, Complexes, Complexes]:
    """Return the eigenvalues and unit left and right eigenvectors as columns.

    The left ones are the rows of the inverse of the right ones where that is accurate. (NumPy's
    routine lets other threads run, SciPy's, which has both sides, does not.)
    """
    values, right = (part.astype(complex) for part in np.linalg.eig(matrix))
    try:
        rows = np.linalg.inv(right)
    except np.linalg.LinAlgError:
        return _both_sides(matrix)
    sizes = np.linalg.norm(rows, axis=1)
    if not sizes.max(initial=0.0) <= GENTLE:
        return _both_sides(matrix)
    return values, (rows / sizes[:, None]).conj().T, right


def _both_sides(matrix: Floats) -> tuple[Complexes, Complexes, Complexes]:
    found = cast(tuple[Complexes, Complexes, Complexes], eig(matrix, left=True, right=True))
    return found[0].astype(complex), found[1].astype(complex), found[2].astype(complex)


def balance(matrix: Floats) -> tuple[Floats, Floats]:
    """Return the similar matrix A_ij d_j / d_i with rows and columns of like size, and d.

    The d are powers of 2, so nothing is rounded.
    """
    found = lapack.dgebal(matrix, scale=1, permute=0)
    return found[0], found[3]


def _triangular(diagonal: Floats, unit: float) -> Spectrum:
    n = len(diagonal)
    radius = np.maximum(unit, np.finfo(float).eps) * BACKWARD * np.abs(diagonal)
    places = np.arange(n)
    return Spectrum(
        diagonal.astype(complex), np.zeros(n), np.ones(n), radius, places, np.full(n, -1), True
    )


def _irreducible(matrix: Floats, unit: float) -> Spectrum:
    n = len(matrix)
    if n == 1:
        return _triangular(matrix[0], unit)
    balanced, scale = balance(matrix)
    mu, left, right = eigenvectors(balanced)
    missed = np.linalg.norm(balanced @ right - right * mu, axis=0)
    norm = float(np.linalg.norm(balanced))
    error = float(missed.max()) + BACKWARD * max(unit, np.finfo(float).eps) * norm
    overlap = np.abs(np.sum(left.conj() * right, axis=0))
    lengths = np.linalg.norm(scale[:, None] * right, axis=0) * np.linalg.norm(
        left / scale[:, None], axis=0
    )
    with np.errstate(divide="ignore"):
        condition, radius = lengths / overlap, n * error / overlap
    return Spectrum(
        mu,
        missed / norm if norm else missed,
        condition,
        radius,
        np.zeros(n, dtype=np.int64),
        np.full(n, -1),
        True,
    )
