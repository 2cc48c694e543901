"""Heads with their projections, from modules of transformers, for the Lipschitz bounds."""

from typing import Any

import numpy as np
from torch import Tensor, nn

from emlir_attention.head import Head
from emlir_attention.near import Matrix


def heads_of(module: nn.Module) -> tuple[list[Head], Matrix]:
    """Return the heads of an attention module, and the matrix after them.

    Known are the forms of BERT (``query``, ``key``, ``value``; nothing after them) and of GPT-2
    (``c_attn``, ``c_proj``). Raises ``ValueError`` for others; with rotary positions, as in
    Llama, the bounds would not hold.
    """
    parts: Any = module
    if hasattr(parts, "c_attn"):
        matrix, offset = _floats(parts.c_attn.weight), _floats(parts.c_attn.bias)
        weights, biases = np.split(matrix, 3, axis=1), np.split(offset, 3)
        found = _heads(weights, biases, parts.num_heads, parts.scaling, True)
        return found, _floats(parts.c_proj.weight)
    if all(hasattr(parts, name) for name in ("query", "key", "value")):
        layers = [parts.query, parts.key, parts.value]
        weights = [_floats(layer.weight).T for layer in layers]
        biases = [_floats(layer.bias) for layer in layers]
        count, causal = parts.num_attention_heads, bool(parts.is_causal)
        return _heads(weights, biases, count, parts.scaling, causal), np.eye(weights[2].shape[1])
    raise ValueError(f"{type(module).__name__} is not an attention of a known form")


def _heads(
    weights: list[Matrix], biases: list[Matrix], count: int, scale: float, causal: bool
) -> list[Head]:
    cut = [np.split(matrix, count, axis=1) for matrix in weights]
    offsets = [np.split(bias[None, :], count, axis=1) for bias in biases]
    return [
        Head(
            cut[0][h],
            cut[1][h],
            cut[2][h],
            scale,
            causal,
            query_bias=offsets[0][h],
            key_bias=offsets[1][h],
            value_bias=offsets[2][h],
        )
        for h in range(count)
    ]


def _floats(values: Tensor) -> Matrix:
    found: Matrix = values.detach().cpu().double().numpy()
    return found
