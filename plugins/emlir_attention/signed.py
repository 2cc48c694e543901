"""Weights as logarithms of their sizes, and signs: nothing underflows, nothing is lost."""

from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_attention.heads import blocks, shared


@dataclass(frozen=True, slots=True)
class SignedLog:
    """Weights ``sign * exp(log)``: heads, rows (where the output is), columns (sources).

    A weight of 0 has the logarithm -inf and the sign 1. ``sign`` is of int8, 1 or -1; where
    no weight can be negative it is one number that is spread over the shape.
    """

    log: Tensor
    sign: Tensor

    @classmethod
    def positive(cls, log: Tensor) -> "SignedLog":
        """Weights that are at least 0."""
        return cls(log, torch.ones((), dtype=torch.int8, device=log.device).expand(log.shape))

    @classmethod
    def empty(cls, shape: tuple[int, ...], like: Tensor) -> "SignedLog":
        """Weights that are all 0, to be filled."""
        log = torch.full(shape, -torch.inf, dtype=like.dtype, device=like.device)
        return cls(log, torch.ones(shape, dtype=torch.int8, device=like.device))

    def put(self, rows: slice, weights: Tensor, shift: Tensor) -> None:
        """Write ``weights * exp(shift)`` into the first columns of some rows."""
        place = (..., rows, slice(0, weights.shape[-1]))
        log = (weights.abs().log_() + shift).to(self.log.dtype)
        self.log[place] = log
        self.sign[place] = 1 - 2 * ((weights < 0) & ~torch.isneginf(log)).to(torch.int8)

    def values(self) -> Tensor:
        """The weights as floats; tiny ones become 0."""
        return self.log.exp() * self.sign

    def apply(self, value: Tensor) -> Tensor:
        """Return the output, weights times values, in blocks of rows."""
        values = shared(value, self.log.shape[-3])
        parts = [
            (self.log[..., rows, :].exp() * self.sign[..., rows, :]) @ values
            for rows in blocks(self.log.shape[-2])
        ]
        return torch.cat(parts, dim=-2)
