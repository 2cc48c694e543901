"""Sums over points for many candidates at once, in float64."""

import torch
from torch import Tensor

from emlir.plugin_api import Reduction


def reduce_rows(values: Tensor | list[Tensor], target: Tensor, kind: Reduction) -> Tensor:
    """Reduce the values of the roots on one block.

    ``values`` is a matrix (roots, points), or a list of tensors that broadcast to (points,).
    Returns (roots, 1) for ``squares`` and (roots, 4) for ``moments``.
    """
    if isinstance(values, list):
        values = torch.stack([value.expand(target.shape) for value in values])
    f = values.to(torch.float64)
    if kind == "squares":
        return (f - target).square_().sum(1, keepdim=True)
    moved = f - f[:, :1]
    sums = moved.sum(1), moved.square().sum(1), moved @ target
    return torch.stack([f[:, 0], *sums], dim=1)
