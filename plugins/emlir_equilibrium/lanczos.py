"""The ends of the spectrum of a symmetric operator."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from torch import Tensor

from emlir_equilibrium.draws import tensor_of
from emlir_equilibrium.spectrum.discs import Floats
from emlir_equilibrium.spectrum.krylov import Operator

AGREE = 1e-8


@dataclass(frozen=True)
class Bound:
    """An eigenvalue within ``error``; ``sure`` if two starts agree that it is the end."""

    value: float
    error: float
    sure: bool


def largest(operator: Operator, like: Tensor, seed: int = 0) -> Bound:
    """The upper end of the spectrum."""
    return _end(operator, like, seed, "LA")


def smallest(operator: Operator, like: Tensor, seed: int = 0) -> Bound:
    """The lower end of the spectrum."""
    return _end(operator, like, seed, "SA")


def _end(operator: Operator, like: Tensor, seed: int, which: Literal["LA", "SA"]) -> Bound:
    runs = [_lanczos(operator, like, one, which) for one in (seed, seed + 1)]
    outer = max if which == "LA" else min
    value, error = outer(runs)
    spread = abs(runs[0][0] - runs[1][0])
    scale = max(abs(value), 1e-300)
    return Bound(value, max(error, spread), spread <= AGREE * scale + runs[0][1] + runs[1][1])


def _lanczos(
    operator: Operator, like: Tensor, seed: int, which: Literal["LA", "SA"]
) -> tuple[float, float]:
    """The end that Lanczos finds from a random start, and its residual, which bounds the error
    of an eigenvalue of a symmetric operator."""
    n = len(like)

    def product(v: Floats) -> Floats:
        found: Floats = operator(tensor_of(v.ravel(), like)).double().cpu().numpy()
        return found

    matrix = LinearOperator((n, n), matvec=product, dtype=np.float64)
    start = np.random.default_rng(seed).standard_normal(n)
    try:
        values, vectors = eigsh(matrix, 1, which=which, v0=start, maxiter=100 * n)
    except ArpackNoConvergence as stopped:
        values = stopped.eigenvalues.real.astype(float)
        vectors = stopped.eigenvectors.real.astype(float)
        if not len(values):
            return float("-inf" if which == "LA" else "inf"), float("inf")
    missed = float(np.linalg.norm(product(vectors[:, 0]) - values[0] * vectors[:, 0]))
    unit = float(torch.finfo(like.dtype).eps)
    return float(values[0]), missed + 10 * unit * abs(float(values[0]))
