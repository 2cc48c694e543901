"""Softmax attention: the logarithms of its weights, without exponentials in between."""

import torch
from torch import Tensor

from emlir_attention.heads import blocks, check_keys, check_series, scale_of, shared
from emlir_attention.signed import SignedLog


def softmax_weights(
    query: Tensor,
    key: Tensor,
    *,
    scale: float | None = None,
    causal: bool = False,
    mask: Tensor | None = None,
    bias: Tensor | None = None,
    soft_cap: float | None = None,
) -> SignedLog:
    """Return the weights of softmax attention for (batch, heads, time, width).

    Scores are ``scale * q . k``, by default with one over the root of the width; then
    ``soft_cap * tanh(scores / soft_cap)``, then plus ``bias``. ``mask`` is true where a row may
    look; ``causal`` lets it look at its own and earlier places, the last row at all. Both
    broadcast against the scores. Key heads may be fewer than query heads. A row that may look
    nowhere has no weight at all.

    >>> import torch
    >>> from emlir_attention import softmax_weights
    >>> query = torch.zeros(1, 2, 2, 4)
    >>> softmax_weights(query, query[:, :1], causal=True).values()[0, 0].tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    check_keys(query, key)
    _check_options(mask, soft_cap)
    keys = shared(key, query.shape[-3]).transpose(-1, -2)
    factor = scale_of(query, scale)
    log = query.new_empty((*query.shape[:-1], key.shape[-2]))
    for rows in blocks(query.shape[-2]):
        scores = (query[..., rows, :] * factor) @ keys
        log[..., rows, :] = _normal(scores, rows, log.shape, causal, mask, bias, soft_cap)
    return SignedLog.positive(log)


def weights_of_scores(
    scores: Tensor,
    *,
    causal: bool = False,
    mask: Tensor | None = None,
    bias: Tensor | None = None,
    soft_cap: float | None = None,
) -> SignedLog:
    """Return the weights for scores that are there already, rotary ones for instance.

    Scores are (batch, heads, rows, sources), the rest is as in :func:`softmax_weights`.
    """
    check_series(scores=scores)
    _check_options(mask, soft_cap)
    log = torch.empty_like(scores)
    for rows in blocks(scores.shape[-2]):
        part = scores[..., rows, :]
        log[..., rows, :] = _normal(part, rows, scores.shape, causal, mask, bias, soft_cap)
    return SignedLog.positive(log)


def _check_options(mask: Tensor | None, soft_cap: float | None) -> None:
    if mask is not None and mask.dtype != torch.bool:
        raise ValueError(f"a mask is of truth values, not {mask.dtype}; what is added is a bias")
    if soft_cap is not None and not soft_cap > 0:
        raise ValueError(f"soft_cap is above 0, not {soft_cap!r}")


def _normal(
    scores: Tensor,
    rows: slice,
    shape: tuple[int, ...],
    causal: bool,
    mask: Tensor | None,
    bias: Tensor | None,
    soft_cap: float | None,
) -> Tensor:
    """Cap, shift, hide and normalise the scores of some rows."""
    if soft_cap is not None:
        scores = soft_cap * torch.tanh(scores / soft_cap)
    if bias is not None:
        scores = scores + _rows(bias, rows)
    if mask is not None:
        scores = scores.masked_fill(~_rows(mask, rows), -torch.inf)
    if causal:
        scores = scores.masked_fill(~looks_back(rows, shape[-2], shape[-1], scores), -torch.inf)
    return _log_softmax(scores)


def _log_softmax(scores: Tensor) -> Tensor:
    """Take off the largest score first: the smallest floats, as masks, are scores as well."""
    if not scores.shape[-1]:
        return scores
    most = scores.amax(dim=-1, keepdim=True)
    is_empty = most == -torch.inf
    off = scores - most.masked_fill(is_empty, 0.0)
    return off - off.exp().sum(dim=-1, keepdim=True).log().masked_fill(is_empty, 0.0)


def looks_back(rows: slice, height: int, width: int, like: Tensor) -> Tensor:
    """Return where causal rows may look; the last row sees everything."""
    row = torch.arange(rows.start, rows.stop, device=like.device)[:, None]
    return torch.arange(width, device=like.device) <= row + (width - height)


def _rows(values: Tensor, rows: slice) -> Tensor:
    """Take some rows of what broadcasts against the scores."""
    if values.ndim < 2 or values.shape[-2] == 1:
        return values
    return values[..., rows, :]
