"""The weights of Gated DeltaNet on the values, in closed form.

With L_ij = b_i k_i . k_j below the diagonal, and M = q k below and on it, the output without
gates is M (1 + L)^-1 diag(b) V. A gate is a number, so it goes through both: the weight of
source j in row t is (a_(j+1) ... a_t) B_tj with B = M (1 + L)^-1 diag(b), whatever the gates.
Its logarithm is a difference of sums plus log |B_tj|, however small the product is.

B is the state that one-hot values leave, carried from chunk to chunk: width times T numbers.
Its columns are scaled by powers of two, which costs no digit and cannot overflow.
"""

import math

import torch
from torch import Tensor

from emlir_attention.decay import Decay
from emlir_attention.delta import written
from emlir_attention.heads import ROWS, blocks, check_keys, scale_of, shared
from emlir_attention.signed import SignedLog


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

    Takes what :func:`delta_recurrence` takes, but for the values. Raises ``OverflowError`` where
    keys are so long that a single chunk leaves the range of floats.

    >>> import torch
    >>> from emlir_attention import delta_weights
    >>> key = torch.tensor([[[[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]]])
    >>> gate, rate = torch.zeros(1, 1, 3), torch.full((1, 1, 3), 0.5)
    >>> weights = delta_weights(key, key, gate, rate, scale=1.0)
    >>> [round(weight, 3) for weight in weights.values()[0, 0, 2].tolist()]
    [-0.06, 0.2, 0.5]
    """
    check_keys(query, key)
    heads, length = log_gate.shape[-2:]
    queries, keys = shared(query * scale_of(query, scale), heads), shared(key, heads)
    decay, carried = Decay.of(log_gate), _Carried.none(keys)
    found = SignedLog.empty((*queries.shape[:-1], length), query)
    for part in blocks(length, rows):
        weights = carried.advance(queries[..., part, :], keys[..., part, :], rate[..., part], part)
        if not bool(weights.isfinite().all()):
            raise OverflowError("keys are too long: scale them, or take fewer rows at a time")
        shift = decay.between(part) + carried.scale[..., None, : part.stop]
        found.put(part, weights, shift)
        carried.rescale(part.stop)
    return found


class _Carried:
    """What each source has left in the state, without gates, and the scales of its columns."""

    def __init__(self, state: Tensor, scale: Tensor) -> None:
        self.state = state
        self.scale = scale

    @classmethod
    def none(cls, keys: Tensor) -> "_Carried":
        length = keys.shape[-2]
        state = keys.new_zeros((*keys.shape[:-2], keys.shape[-1], length))
        return cls(state, torch.zeros_like(state[..., 0, :], dtype=torch.float64))

    def advance(self, query: Tensor, key: Tensor, rate: Tensor, part: slice) -> Tensor:
        """Take a chunk in, and return its rows of weights."""
        state = self.state[..., : part.stop]
        wanted = -(key @ state)
        wanted[..., part].diagonal(dim1=-2, dim2=-1).add_(1.0)
        wrote = written(key, rate, wanted)
        seen = torch.tril(query @ key.transpose(-1, -2))
        weights = query @ state + seen @ wrote
        state += key.transpose(-1, -2) @ wrote
        return weights

    def rescale(self, stop: int) -> None:
        """Bring every column so far to a size near 1."""
        state = self.state[..., :stop]
        exponent = torch.frexp(state.abs().amax(dim=-2))[1]
        state.copy_(torch.ldexp(state, -exponent[..., None, :]))
        self.scale[..., :stop] += exponent.double() * math.log(2.0)
