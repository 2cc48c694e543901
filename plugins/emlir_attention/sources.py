"""How much each source token contributes to an output: logarithms of lengths."""

import torch
from torch import Tensor

from emlir_attention.heads import blocks, shared
from emlir_attention.signed import SignedLog


def contributions(weights: SignedLog, value: Tensor) -> Tensor:
    """Return log of the length of ``weight * value`` for heads, rows and sources.

    Project the values first if their length after the output matrix is meant; give what was
    written instead of the values together with the weights on writes.
    """
    sizes = log_length(shared(value, weights.log.shape[-3]))
    found = torch.empty_like(weights.log)
    for rows in blocks(weights.log.shape[-2]):
        found[..., rows, :] = weights.log[..., rows, :] + sizes[..., None, :]
    return found


def source_totals(contributed: Tensor) -> Tensor:
    """Return log of the sum over rows: what each source token contributes in all."""
    return torch.logsumexp(contributed, dim=-2)


def log_length(value: Tensor) -> Tensor:
    """Return log of the length of vectors, without overflow or underflow of squares."""
    most = value.abs().amax(dim=-1)
    safe = most.masked_fill(most == 0, 1.0)
    length: Tensor = torch.linalg.vector_norm(value / safe[..., None], dim=-1)
    return most.log() + length.log().clamp_min(0)
