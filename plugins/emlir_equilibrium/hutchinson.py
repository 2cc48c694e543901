"""The Frobenius norm from few products: Hutch++.

Source: Meyer, Musco, Musco and Woodruff, Hutch++: Optimal Stochastic Trace Estimation (2021).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.draws import seeded, signs
from emlir_equilibrium.guards import by_sample


@dataclass(frozen=True)
class Estimate:
    """A value with one standard error."""

    value: float
    error: float


def frobenius(linear: Linearised, probes: int, seed: int = 0) -> list[Estimate]:
    """Return |J|_F of each sample from about ``probes`` products with J^T J.

    A third of them finds the range where J^T J is large; its trace there is exact, and the rest
    is sampled.
    """
    count = max(2, min(probes // 3, linear.problem.size))
    noise = _signs(linear, 2 * count, seed)
    sketch = torch.stack([_square(linear, v) for v in noise[:count]], dim=2)
    basis: Tensor = torch.linalg.qr(sketch)[0]
    exact = sum(
        (_forward(linear, basis[:, :, j]).square().sum(dim=1) for j in range(basis.shape[2])),
        start=torch.zeros(linear.problem.batch, dtype=linear.z.dtype, device=linear.z.device),
    )
    rest = torch.stack(
        [_forward(linear, _outside(basis, v)).square().sum(dim=1) for v in noise[count:]]
    )
    spread = rest.std(dim=0) / math.sqrt(len(rest))
    squares = (exact + rest.mean(dim=0)).clamp_min(0).tolist()
    return [
        Estimate(math.sqrt(square), error / max(2 * math.sqrt(square), 1e-300))
        for square, error in zip(squares, spread.tolist(), strict=True)
    ]


def _signs(linear: Linearised, count: int, seed: int) -> Tensor:
    return signs((count, linear.problem.batch, linear.problem.size), seeded(seed), linear.z)


def _forward(linear: Linearised, rows: Tensor) -> Tensor:
    return by_sample(linear.problem, linear.jvp(rows.reshape(linear.z.shape)))


def _square(linear: Linearised, rows: Tensor) -> Tensor:
    forth = _forward(linear, rows).reshape(linear.z.shape)
    return by_sample(linear.problem, linear.vjp(forth))


def _outside(basis: Tensor, rows: Tensor) -> Tensor:
    inside = torch.einsum("bnk,bn->bk", basis, rows)
    return rows - torch.einsum("bnk,bk->bn", basis, inside)
