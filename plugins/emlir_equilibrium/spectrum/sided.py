"""Leading eigenvalues of large operators by Krylov methods from both sides.

The run on the transpose gives left eigenvectors, so condition numbers, and is an independent
search: an eigenvalue that it doesn't find again has no interval.
"""

import sys
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigs
from torch import Tensor

from emlir_equilibrium.draws import normal, seeded, tensor_of
from emlir_equilibrium.spectrum.discs import Complexes, Floats, Spectrum
from emlir_equilibrium.spectrum.krylov import Operator, RitzPairs, krylov_schur

Engine = Literal["arpack", "krylov"]
SAFETY = 10.0
"""First-order bounds are widened by this."""
MOST_CONDITION = 1e8
"""Above it a residual says nothing: the value may be of the pseudospectrum alone."""
SPARE = 4
"""Eigenvalues sought beyond those asked for, so that pairs and ties at the end are found."""
SAME = 1e-6
MOST_CYCLES = 100
"""A search gives up after so many times the products that fill its basis."""
RESOLUTION = 4.0
"""A search tells eigenvalues apart that differ by this times |J| over its products."""
LEAST_BASIS = 40
"""ARPACK's and our bases have at least so many vectors."""


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
    counted = _Counted(sides.right)
    sides = replace(sides, right=counted)
    found, spent = [], []
    for which in ("flow", "map"):
        before = counted.products
        found.append(_wanted(sides, k, engine, seed, which))
        spent.append(counted.products - before)
    norm = _norm(sides, seed)
    flow, mapped = (
        _hidden(*pairs, len(sides.start), count, norm)
        for pairs, count in zip(found, spent, strict=True)
    )
    first, second = (_with_errors(sides, right, left, norm, k) for right, left in found)
    mu, residual, condition, radius = _distinct(
        np.concatenate([first[0], second[0]]),
        *(np.concatenate([first[i], second[i]]) for i in (1, 2, 3)),
    )
    n = len(mu)
    places, tokens = np.arange(n), np.full(n, -1)
    return Spectrum(mu, residual, condition, radius, places, tokens, False, (flow, mapped))


class _SpentError(Exception):
    """No more products are allowed."""


class _Counted:
    """An operator that counts its products, and ends a search that takes too many.

    ARPACK is not left to give up by itself: in scipy 1.17.1 what it hands over then may be more
    than it has room for, and the process dies.
    """

    def __init__(self, operator: Operator, most: int = sys.maxsize) -> None:
        self.operator, self.most, self.products = operator, most, 0

    def __call__(self, v: Tensor) -> Tensor:
        if self.products >= self.most:
            raise _SpentError
        self.products += 1
        return self.operator(v)


def _hidden(right: RitzPairs, left: RitzPairs, n: int, products: int, norm: float) -> float:
    """How far past the values found one may lie that the search did not tell from others.

    A polynomial of some degree on a spectrum as wide as |J| shows nothing finer than |J| over
    that degree; few extreme values far up the imaginary axis may converge first. A search that
    gave up excludes nothing; one whose basis is the whole space, all.
    """
    if not (right.converged and left.converged):
        return float("inf")
    if n <= LEAST_BASIS:
        return 0.0
    return RESOLUTION * norm / products


def _wanted(
    sides: Sides, k: int, engine: Engine, seed: int, which: str
) -> tuple[RitzPairs, RitzPairs]:
    run = _arpack if engine == "arpack" else _own
    k = min(k + SPARE, len(sides.start) - 2)
    return (
        run(sides.right, sides, k, seed, which),
        run(sides.left, sides, k, seed + 1, which),
    )


def _start(like: Tensor, seed: int) -> Tensor:
    return normal(like.shape, seeded(seed), like)


def _own(operator: Operator, sides: Sides, k: int, seed: int, which: str) -> RitzPairs:
    def weight(mu: Complexes) -> Floats:
        found: Floats = mu.real if which == "flow" else np.abs(1 + sides.epsilon * mu)
        return found

    return krylov_schur(operator, _start(sides.start, seed), k, weight, max(1e-13, sides.unit))


def _arpack(operator: Operator, sides: Sides, k: int, seed: int, which: str) -> RitzPairs:
    n, epsilon = len(sides.start), sides.epsilon
    basis = min(n, max(2 * k + 20, 40))
    counted = _Counted(operator, MOST_CYCLES * basis)

    def product(v: Floats) -> Floats:
        vector = tensor_of(v.real.ravel(), sides.start)
        found: Floats = counted(vector).double().cpu().numpy()
        return found if which == "flow" else v.ravel() + epsilon * found

    matrix = LinearOperator((n, n), matvec=product, dtype=np.float64)
    start = _start(sides.start, seed).double().cpu().numpy()
    try:
        found = eigs(
            matrix,
            k,
            which="LR" if which == "flow" else "LM",
            v0=start,
            ncv=basis,
            maxiter=counted.most,
        )
    except _SpentError:
        return RitzPairs(np.empty(0, complex), np.empty((n, 0), complex), False)
    values, vectors = found[0].astype(complex), found[1].astype(complex)
    mu = (values if which == "flow" else (values - 1) / epsilon).astype(complex)
    wanted = mu.real if which == "flow" else np.abs(values)
    order = np.argsort(-wanted)
    return RitzPairs(mu[order], vectors[:, order], True)


def _with_errors(
    sides: Sides, right: RitzPairs, left: RitzPairs, norm: float, k: int
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
    chosen = np.array(kept, dtype=np.int64)
    return mu[chosen], residual[chosen], condition[chosen], radius[chosen]
