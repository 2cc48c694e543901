"""The weights of Gated DeltaNet on the values, in closed form.

With L_ij = b_i k_i . k_j below the diagonal, and M = q k below and on it, the output without
gates is M (1 + L)^-1 diag(b) V. A gate is a number, so it goes through both: the weight of
source j in row t is (a_(j+1) ... a_t) B_tj with B = M (1 + L)^-1 diag(b), whatever the gates.
Its logarithm is a difference of sums plus log |B_tj|, however small the product is.

B is the state that one-hot values leave, carried from chunk to chunk: width times T numbers.
Its columns are scaled by powers of two, which costs no digit and cannot overflow. A chunk's sum
would bury a source that the keys erase meanwhile under the rounding of what is taken off it; so
chunks in which a source shrinks a lot are halved, if need be down to the single step, which is
as exact as the recurrence.
"""

import math

import torch
from torch import Tensor

from emlir_attention.decay import Decay
from emlir_attention.delta import written
from emlir_attention.heads import (
    ROWS,
    blocks,
    check_keys,
    check_steps,
    check_times,
    scale_of,
    shared,
)
from emlir_attention.signed import SignedLog

LEAST = 2.0**-3
"""How far a source may shrink in a chunk: as many bits may be lost."""
FAR = 40
"""Columns are scaled when one has left 2^-40 to 2^40: float32 goes as far again, and on."""
TAME = 2.001
"""A step with a rate times the square of its key from 0 to 2 lengthens no source."""


def delta_weights(
    query: Tensor,
    key: Tensor,
    log_gate: Tensor,
    rate: Tensor,
    *,
    scale: float | None = None,
    rows: int = ROWS,
) -> SignedLog:
    """Return how much of each value is in each output: output = weights @ values.

    Takes what :func:`delta_recurrence` takes, but for the values; at most ``rows`` rows are
    worked on at a time. Raises ``OverflowError`` where a single step leaves the range of floats.

    >>> import torch
    >>> from emlir_attention import delta_weights
    >>> key = torch.tensor([[[[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]]])
    >>> gate, rate = torch.zeros(1, 1, 3), torch.full((1, 1, 3), 0.5)
    >>> weights = delta_weights(key, key, gate, rate, scale=1.0)
    >>> [round(weight, 3) for weight in weights.values()[0, 0, 2].tolist()]
    [-0.06, 0.2, 0.5]
    """
    check_keys(query, key)
    check_times(query=query, key=key)
    heads, length = log_gate.shape[-2], query.shape[-2]
    check_steps(heads, length, gates=log_gate, rates=rate)
    queries, keys = shared(query * scale_of(query, scale), heads), shared(key, heads)
    decay, carried = Decay.of(log_gate), _Carried.none(keys)
    found = SignedLog.empty((*queries.shape[:-1], length), query)
    waiting = list(blocks(length, rows))[::-1]
    while waiting:
        part = waiting.pop()
        weights = carried.advance(queries[..., part, :], keys[..., part, :], rate[..., part], part)
        if weights is None:
            waiting += _halves(part)[::-1]
            continue
        shift = decay.between(part) + carried.scale[..., None, : part.stop]
        found.put(part, weights, shift)
        carried.rescale(part.stop)
    return found


def _halves(part: slice) -> list[slice]:
    """Cut a slice in two. Raises ``OverflowError`` for a single row."""
    middle = (part.start + part.stop) // 2
    if middle == part.start:
        raise OverflowError(f"step {middle} leaves the range of floats: keys are too long, or NaN")
    return [slice(part.start, middle), slice(middle, part.stop)]


class _Carried:
    """What each source has left in the state, without gates.

    ``sizes`` are the largest entries of the columns, ``scale`` the logarithms of their scales.
    """

    def __init__(self, state: Tensor) -> None:
        self.state = state
        self.sizes = torch.zeros_like(state[..., 0, :])
        self.scale = torch.zeros_like(self.sizes, dtype=torch.float64)

    @classmethod
    def none(cls, keys: Tensor) -> "_Carried":
        return cls(torch.zeros_like(keys.transpose(-1, -2)).contiguous())

    def advance(self, query: Tensor, key: Tensor, rate: Tensor, part: slice) -> Tensor | None:
        """Take a chunk in, and return its rows of weights; or ``None`` if it is to be halved."""
        if part.stop - part.start > 1 and not _is_tame(key, rate):
            return None
        before = self.state[..., : part.stop]
        wanted = -(key @ before)
        wanted[..., part].diagonal(dim1=-2, dim2=-1).add_(1.0)
        wrote = written(key, rate, wanted)
        after = key.transpose(-1, -2) @ wrote
        after += before
        sizes = self.sizes[..., : part.stop]
        sizes[..., part] = rate.abs() * _sizes(key.transpose(-1, -2))
        left = _sizes(after)
        if part.stop - part.start > 1 and bool((left < LEAST * sizes).any()):
            return None
        seen = torch.tril(query @ key.transpose(-1, -2))
        weights = query @ before + seen @ wrote
        if not bool(weights.isfinite().all()):
            return None
        before.copy_(after)
        sizes.copy_(left)
        return weights

    def rescale(self, stop: int) -> None:
        """Bring every column so far to a size near 1, if one is far from it."""
        state, sizes = self.state[..., :stop], self.sizes[..., :stop]
        exponent = torch.frexp(sizes)[1]
        if not bool((exponent.abs() > FAR).any()):
            return
        state.copy_(torch.ldexp(state, -exponent[..., None, :]))
        sizes.copy_(torch.ldexp(sizes, -exponent))
        self.scale[..., :stop] += exponent.double() * math.log(2.0)


def _is_tame(key: Tensor, rate: Tensor) -> bool:
    share = rate * key.square().sum(-1)
    return bool(((share >= 0) & (share <= TAME)).all())


def _sizes(columns: Tensor) -> Tensor:
    """Return the largest size in each column."""
    return torch.maximum(columns.amax(dim=-2), -columns.amin(dim=-2))
