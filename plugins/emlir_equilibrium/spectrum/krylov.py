"""Krylov-Schur iteration in torch, on the device of the state.

Source: Stewart, SIAM J. Matrix Anal. Appl. 23 (2002). The basis stays real; only the small
Schur form is made on the CPU.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import schur
from torch import Tensor

from emlir_equilibrium.draws import normal, seeded, tensor_of
from emlir_equilibrium.spectrum.discs import Complexes, Floats

Operator = Callable[[Tensor], Tensor]
"""Products of an n by n matrix with a real vector of shape (n,)."""
Weight = Callable[[Complexes], Floats]
"""How much an eigenvalue is wanted."""
EXHAUSTED = 1e-14
"""A product that is shorter than this part of itself outside the basis lies in it."""


@dataclass(frozen=True)
class RitzPairs:
    """Approximate eigenvalues, the wanted first, with unit eigenvectors as columns."""

    values: Complexes
    vectors: Complexes
    converged: bool


def krylov_schur(
    operator: Operator, start: Tensor, k: int, weight: Weight, tol: float = 1e-12, cycles: int = 100
) -> RitzPairs:
    """Return the ``k`` (or one more, not to split a pair) most wanted eigenpairs."""
    n = len(start)
    size = min(n, max(2 * k + 20, 40))
    basis = start.new_zeros(size + 1, n)
    basis[0] = start / start.norm()
    table = np.zeros((size + 1, size))
    kept = 0
    for _ in range(cycles):
        _expand(operator, basis, table, kept)
        form, turn, count = _sorted_schur(table[:size, :size], k, weight)
        last = table[size] @ turn
        norm = max(float(np.abs(form).max()), np.finfo(float).tiny)
        done = bool(np.abs(last[:count]).max() <= tol * norm)
        if done or size == n:
            break
        kept = min((count + size) // 2, size - 2)
        kept += int(form[kept, kept - 1] != 0)  # a pair stays whole
        basis[:kept] = tensor_of(turn[:, :kept].T, start) @ basis[:size]
        basis[kept] = basis[size]
        table[:] = 0
        table[:kept, :kept], table[kept, :kept] = form[:kept, :kept], last[:kept]
    small = form[:count, :count]
    return _pairs(basis[:size], turn[:, :count], small, weight, done or size == n)


def _expand(operator: Operator, basis: Tensor, table: Floats, kept: int) -> None:
    """Lengthen the basis to its full size, each vector made orthogonal twice."""
    for j in range(kept, table.shape[1]):
        w = operator(basis[j])
        before = float(w.norm())
        w, parts = _apart(w, basis[: j + 1])
        length = float(w.norm())
        table[: j + 1, j] = parts.double().cpu().numpy()
        if length > EXHAUSTED * before:
            table[j + 1, j] = length
            basis[j + 1] = w / length
        elif j + 1 < basis.shape[1]:  # an invariant subspace: go on in another direction
            other = _apart(normal(w.shape, seeded(j), w), basis[: j + 1])[0]
            basis[j + 1] = other / other.norm()


def _apart(w: Tensor, basis: Tensor) -> tuple[Tensor, Tensor]:
    """Return ``w`` without its parts along the basis, and these."""
    parts = basis @ w
    w = w - parts @ basis
    again = basis @ w
    return w - again @ basis, parts + again


def _sorted_schur(table: Floats, k: int, weight: Weight) -> tuple[Floats, Floats, int]:
    """Return the real Schur form with the wanted first, its basis, and how many those are."""
    values = np.linalg.eigvals(table).astype(complex)
    ranked = np.sort(weight(values))[::-1]
    k = min(k, len(ranked))
    wall = ranked[k - 1] - 1e-9 * (1 + abs(ranked[k - 1]))

    def wanted(re: float, im: float) -> bool:
        return bool(weight(np.array([complex(re, im)]))[0] >= wall)

    form, turn, count = schur(table, output="real", sort=wanted)
    return form, turn, max(int(count), 1)


def _pairs(basis: Tensor, turn: Floats, form: Floats, weight: Weight, converged: bool) -> RitzPairs:
    values, small = np.linalg.eig(form)
    order = np.argsort(-weight(values.astype(complex)), kind="stable")
    values, weights = values[order], (turn @ small)[:, order]
    real = tensor_of(weights.real, basis)
    imaginary = tensor_of(weights.imag, basis)
    vectors = (basis.T @ real).double().cpu().numpy() + 1j * (
        (basis.T @ imaginary).double().cpu().numpy()
    )
    return RitzPairs(values.astype(complex), vectors / np.linalg.norm(vectors, axis=0), converged)
