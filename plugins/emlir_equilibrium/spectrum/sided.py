"""Leading eigenvalues of large operators by Krylov methods from both sides.

The run on the transpose gives left eigenvectors, so condition numbers, and is an independent
search: an eigenvalue that it doesn't find again has no interval.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs
from torch import Tensor

from emlir_equilibrium.draws import normal, seeded, tensor_of
from emlir_equilibrium.spectrum.discs import Complexes, Floats, Spectrum
from emlir_equilibrium.spectrum.krylov import Operator, Pairs, krylov_schur

Engine = Literal["arpack", "krylov"]
SAFETY = 10.0
"""First-order bounds are widened by this."""
MOST_CONDITION = 1e8
"""Above it a residual says nothing: the value may be of the pseudospectrum alone."""
SPARE = 4
"""Eigenvalues sought beyond those asked for, so that pairs and ties at the end are found."""
SAME = 1e-6


@dataclass(frozen=True)
class Sides:
    """Products with a sample's J and its transpose, and what is known beforehand."""

    right: Operator
    left: Operator
    start: Tensor
    epsilon: float
    unit: float


def krylov_spectrum(sides: Sides, k: int, engine: Engine, seed: int = 0) -> Spectrum:
    """Return the ``k`` eigenvalues with the largest real part and the ``k`` with the largest
    |1 + epsilon mu|, each once."""
    found = [_wanted(sides, k, engine, seed, which) for which in ("flow", "map")]
    norm = _norm(sides, seed)
    first, second = (_with_errors(sides, right, left, norm, k) for right, left in found)
    mu, residual, condition, radius = _distinct(
        np.concatenate([first[0], second[0]]),
        *(np.concatenate([first[i], second[i]]) for i in (1, 2, 3)),
    )
    n = len(mu)
    return Spectrum(mu, residual, condition, radius, np.arange(n), np.full(n, -1), complete=False)


def _wanted(sides: Sides, k: int, engine: Engine, seed: int, which: str) -> tuple[Pairs, Pairs]:
    run = _arpack if engine == "arpack" else _own
    k = min(k + SPARE, len(sides.start) - 2)
    return (
        run(sides.right, sides, k, seed, which),
        run(sides.left, sides, k, seed + 1, which),
    )


def _start(like: Tensor, seed: int) -> Tensor:
    return normal(like.shape, seeded(seed), like)


def _own(operator: Operator, sides: Sides, k: int, seed: int, which: str) -> Pairs:
    def weight(mu: Complexes) -> Floats:
        found: Floats = mu.real if which == "flow" else np.abs(1 + sides.epsilon * mu)
        return found

    return krylov_schur(
        operator,
        _start(sides.start, seed),
        k,
        weight,
        max(1e-13, sides.unit),
    )


def _arpack(operator: Operator, sides: Sides, k: int, seed: int, which: str) -> Pairs:
    n, epsilon = len(sides.start), sides.epsilon

    def product(v: Floats) -> Floats:
        vector = tensor_of(v.real.ravel(), sides.start)
        found: Floats = operator(vector).double().cpu().numpy()
        return found if which == "flow" else v.ravel() + epsilon * found

    matrix = LinearOperator((n, n), matvec=product, dtype=np.float64)
    start = _start(sides.start, seed).double().cpu().numpy()
    try:
        found = eigs(matrix, k, which="LR" if which == "flow" else "LM", v0=start, maxiter=100 * k)
        values, vectors, converged = found[0].astype(complex), found[1].astype(complex), True
    except ArpackNoConvergence as stopped:
        values = stopped.eigenvalues.astype(complex)
        vectors, converged = stopped.eigenvectors.astype(complex), False
    mu = (values if which == "flow" else (values - 1) / epsilon).astype(complex)
    wanted = mu.real if which == "flow" else np.abs(values)
    order = np.argsort(-wanted)
    return Pairs(mu[order], vectors[:, order], converged)


def _with_errors(
    sides: Sides, right: Pairs, left: Pairs, norm: float, k: int
) -> tuple[Complexes, Floats, Floats, Floats]:
    """Return the first eigenvalues with residual, condition number and radius."""
    count = min(k + 1, len(right.values))
    mu, vectors = right.values[:count], right.vectors[:, :count]
    residual = _residuals(sides.right, sides.start, mu, vectors) / norm
    condition = np.full(count, np.inf)
    for place in range(count):
        near = np.abs(left.values - mu[place])
        if len(near) and near.min() <= SAME * norm:
            partner = left.vectors[:, int(near.argmin())]
            condition[place] = 1 / max(abs(np.sum(partner * vectors[:, place])), 1e-300)
    # A value found from one side only is no evidence, nor one from a run that gave up.
    known = (condition < MOST_CONDITION) & right.converged & left.converged
    error = SAFETY * condition * norm * (residual + SAFETY * sides.unit)
    return mu, residual, condition, np.where(known, error, np.inf)


def _residuals(operator: Operator, like: Tensor, mu: Complexes, vectors: Complexes) -> Floats:
    def product(v: Floats) -> Floats:
        found: Floats = operator(tensor_of(v, like)).double().cpu().numpy()
        return found

    missed = [
        np.linalg.norm(product(x.real) + 1j * product(x.imag) - value * x)
        for value, x in zip(mu, vectors.T, strict=True)
    ]
    return np.array(missed)


def _norm(sides: Sides, seed: int, steps: int = 8) -> float:
    """|J| by power iteration on J^T J, which is definite (G2); it can only be too small."""
    v, size = _start(sides.start, seed + 2), 0.0
    for _ in range(steps):
        w = sides.right(v / v.norm())
        size = float(w.norm())
        if size == 0:
            break
        v = sides.left(w)
        if float(v.norm()) == 0:
            break
    return max(size, np.finfo(float).tiny)


def _distinct(
    mu: Complexes, residual: Floats, condition: Floats, radius: Floats
) -> tuple[Complexes, Floats, Floats, Floats]:
    """Leave out values that both searches found."""
    kept: list[int] = []
    for place in np.argsort(radius, kind="stable"):
        twin = np.abs(mu[kept] - mu[place]) <= 1e-9 * (1 + abs(mu[place]))
        if not twin.any():
            kept.append(int(place))
    chosen = np.array(kept)
    return mu[chosen], residual[chosen], condition[chosen], radius[chosen]
