"""Linear attention, with or without gates: closed form, and the recurrence itself.

The state is S_t = g_t S_(t-1) + k_t v_t, the output q_t S_t; so the weight of source j in
row t is (g_(j+1) ... g_t) q_t . k_j (Katharopoulos et al., arXiv:2006.16236; gates as in
RetNet, arXiv:2307.08621, and Mamba-2, arXiv:2405.21060). Feature maps are applied before.
"""

import torch
from torch import Tensor

from emlir_attention.decay import Decay
from emlir_attention.heads import blocks, check_keys, check_series, check_steps, check_times, shared
from emlir_attention.signed import SignedLog


def linear_weights(
    query: Tensor,
    key: Tensor,
    log_gate: Tensor | None = None,
    *,
    scale: float = 1.0,
    normalise: bool = False,
) -> SignedLog:
    """Return the weights of causal linear attention for (batch, heads, time, width).

    ``log_gate`` is (batch, heads, time); there may be fewer heads of queries and keys than
    of gates. ``normalise`` divides each row by its sum.
    """
    check_keys(query, key)
    heads = query.shape[-3] if log_gate is None else log_gate.shape[-2]
    queries, keys = shared(query * scale, heads), shared(key, heads)
    check_times(query=query, key=key)
    gates = queries.new_zeros(queries.shape[:-1]) if log_gate is None else log_gate
    length = query.shape[-2]
    check_steps(heads, length, gates=gates)
    decay = Decay.of(gates)
    found = SignedLog.empty((*queries.shape[:-1], length), query)
    for rows in blocks(length):
        scores = queries[..., rows, :] @ keys[..., : rows.stop, :].transpose(-1, -2)
        found.put(rows, scores, decay.between(rows))
        if normalise:
            _normalise(found, rows)
    return found


def _normalise(weights: SignedLog, rows: slice) -> None:
    """Divide some rows by their sums, largest first taken out."""
    log, sign = weights.log[..., rows, :], weights.sign[..., rows, :]
    most = log.amax(dim=-1, keepdim=True)
    most = most.masked_fill(most == -torch.inf, 0.0)
    total = ((log - most).exp_() * sign).sum(dim=-1, keepdim=True)
    log -= most + total.abs().log()
    sign.copy_(torch.where((total < 0) & ~torch.isneginf(log), -sign, sign))


def linear_recurrence(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    log_gate: Tensor | None = None,
    *,
    scale: float = 1.0,
    normalise: bool = False,
) -> Tensor:
    """Return the output step by step: what the closed form has to reproduce."""
    check_series(query=query, key=key, value=value)
    check_times(query=query, key=key, value=value)
    heads = value.shape[-3]
    if log_gate is not None:
        check_steps(heads, value.shape[-2], gates=log_gate)
    queries, keys = shared(query * scale, heads), shared(key, heads)
    state = value.new_zeros((*keys.shape[:-2], keys.shape[-1], value.shape[-1]))
    seen = torch.zeros_like(keys[..., 0, :])
    out = torch.empty_like(value)
    for t in range(value.shape[-2]):
        if log_gate is not None:
            gate = log_gate[..., t].exp()[..., None]
            state, seen = state * gate[..., None], seen * gate
        k, q = keys[..., t, :], queries[..., t, :]
        state = state + k[..., :, None] * value[..., t, None, :]
        seen = seen + k
        row = (q[..., None, :] @ state)[..., 0, :]
        out[..., t, :] = row / (q * seen).sum(-1, keepdim=True) if normalise else row
    return out
