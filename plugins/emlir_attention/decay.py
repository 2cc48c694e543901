"""Products of gates as exact differences of sums of logarithms."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Decay:
    """The logarithms of what is left after gates, between any two places.

    The running sums are kept as pairs of doubles, so that their differences are as accurate
    as a sum of the gates between would be; gates of 0 are counted and not summed.
    """

    high: Tensor
    low: Tensor
    zeros: Tensor

    @classmethod
    def of(cls, log_gate: Tensor) -> "Decay":
        """Sum up logarithms of gates along the last axis.

        Raises ``ValueError`` for NaN and for +inf.
        """
        if bool(torch.isnan(log_gate).any()) or bool(torch.isposinf(log_gate).any()):
            raise ValueError("the logarithm of a gate is a number or -inf")
        closed = torch.isneginf(log_gate)
        high = log_gate.double().masked_fill(closed, 0.0)
        low = torch.zeros_like(high)
        step = 1
        while step < high.shape[-1]:
            total, error = _two_sum(high, _later(high, step))
            low = low + _later(low, step) + error
            high, step = total, 2 * step
        return cls(high, low, closed.long().cumsum(-1))

    def between(self, rows: slice) -> Tensor:
        """Return log of the gates after each source up to each row, for the sources so far.

        A source after its row has -inf, and so has one with a gate of 0 between.
        """
        seen = slice(0, rows.stop)
        high = self.high[..., rows, None] - self.high[..., None, seen]
        kept = high + (self.low[..., rows, None] - self.low[..., None, seen])
        is_cut = self.zeros[..., rows, None] != self.zeros[..., None, seen]
        row = torch.arange(rows.start, rows.stop, device=kept.device)[:, None]
        is_later = torch.arange(rows.stop, device=kept.device) > row
        return kept.masked_fill_(is_cut | is_later, -torch.inf)


def _later(values: Tensor, step: int) -> Tensor:
    """Move values to later places; the first ones become 0."""
    return torch.nn.functional.pad(values[..., :-step], (step, 0))


def _two_sum(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return the rounded sum and its error, exactly (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)
