"""Gated DeltaNet (arXiv:2412.06464): the recurrence, and the same in chunks.

    S_t = a_t S_(t-1) + k_t d_t,   d_t = b_t (v_t - k_t . a_t S_(t-1)),   o_t = q_t S_t

with gates a_t = exp(log_gate), rates b_t, and a state of width times width. d_t is what is
written. Queries and keys are taken as they are: :func:`unit` gives them length 1, as the models do.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from emlir_attention.decay import Decay
from emlir_attention.heads import (
    ROWS,
    blocks,
    check_series,
    check_steps,
    check_times,
    scale_of,
    shared,
)


@dataclass(frozen=True, slots=True)
class DeltaRun:
    """The outputs, what each step wrote, and the last state."""

    output: Tensor
    writes: Tensor
    state: Tensor


def unit(values: Tensor, eps: float = 1e-6) -> Tensor:
    """Divide by ``sqrt(sum of squares + eps)``, as the models' kernels do."""
    return values * torch.rsqrt(values.square().sum(-1, keepdim=True) + eps)


def delta_recurrence(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    log_gate: Tensor,
    rate: Tensor,
    *,
    scale: float | None = None,
) -> DeltaRun:
    """Run step by step over (batch, heads, time, width); gates and rates without width."""
    queries, keys = _prepared(query, key, value, log_gate, rate, scale)
    state = value.new_zeros((*keys.shape[:-2], keys.shape[-1], value.shape[-1]))
    out, writes = torch.empty_like(value), torch.empty_like(value)
    for t in range(value.shape[-2]):
        k = keys[..., t, :]
        state = state * log_gate[..., t].exp()[..., None, None]
        held = (k[..., None, :] @ state)[..., 0, :]
        writes[..., t, :] = rate[..., t, None] * (value[..., t, :] - held)
        state = state + k[..., :, None] * writes[..., t, None, :]
        out[..., t, :] = (queries[..., t, None, :] @ state)[..., 0, :]
    return DeltaRun(out, writes, state)


def delta_chunked(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    log_gate: Tensor,
    rate: Tensor,
    *,
    scale: float | None = None,
    rows: int = ROWS,
) -> DeltaRun:
    """Run chunk by chunk: within one, a triangular system gives all writes at once."""
    queries, keys = _prepared(query, key, value, log_gate, rate, scale)
    state = value.new_zeros((*keys.shape[:-2], keys.shape[-1], value.shape[-1]))
    if not value.shape[-2]:
        return DeltaRun(torch.empty_like(value), torch.empty_like(value), state)
    outputs, writes = [], []
    for part in blocks(value.shape[-2], rows):
        q, k = queries[..., part, :], keys[..., part, :]
        inside, before, after = _kept(log_gate[..., part])
        held = before[..., None] * (k @ state)
        wrote = written(k, rate[..., part], value[..., part, :] - held, inside)
        outputs.append(
            before[..., None] * (q @ state) + (inside * (q @ k.transpose(-1, -2))) @ wrote
        )
        state = before[..., -1, None, None] * state
        state = state + (after[..., None] * k).transpose(-1, -2) @ wrote
        writes.append(wrote)
    return DeltaRun(torch.cat(outputs, -2), torch.cat(writes, -2), state)


def written(key: Tensor, rate: Tensor, wanted: Tensor, inside: Tensor | None = None) -> Tensor:
    """Solve (1 + L) d = rate * wanted, L_ij = rate_i kept_ij k_i . k_j below the diagonal."""
    overlap = rate[..., None] * (key @ key.transpose(-1, -2))
    system = torch.tril(overlap if inside is None else overlap * inside, -1)
    wrote: Tensor = torch.linalg.solve_triangular(
        system, rate[..., None] * wanted, upper=False, unitriangular=True
    )
    return wrote


def _kept(log_gate: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return what is left of each source in each row, of the state before, and at the end."""
    every = slice(0, log_gate.shape[-1])
    inside = Decay.of(log_gate).between(every).exp().to(log_gate.dtype)
    first = log_gate[..., :1].exp()
    return inside, first * inside[..., :, 0], inside[..., -1, :]


def _prepared(
    query: Tensor, key: Tensor, value: Tensor, log_gate: Tensor, rate: Tensor, scale: float | None
) -> tuple[Tensor, Tensor]:
    """Check the shapes; scale the queries; let value heads share those of queries and keys."""
    check_series(query=query, key=key, value=value)
    check_times(query=query, key=key, value=value)
    heads, length = value.shape[-3:-1]
    check_steps(heads, length, gates=log_gate, rates=rate)
    return shared(query * scale_of(query, scale), heads), shared(key, heads)
