"""Heads with their projections, from modules of transformers, for the Lipschitz bounds."""

from typing import Any

import numpy as np
from torch import Tensor, nn

from emlir_attention.head import Head
from emlir_attention.near import Matrix

LIKE_GPT2 = frozenset({"DecisionTransformerGPT2Attention", "GPT2Attention"})
LIKE_BERT = frozenset(
    f"{model}SelfAttention"
    for model in (
        "AltRoberta",
        "Bert",
        "BertGeneration",
        "Camembert",
        "ChineseCLIPText",
        "DPT",
        "Data2VecText",
        "Electra",
        "Ernie",
        "RoCBert",
        "Roberta",
        "RobertaPreLayerNorm",
        "VitPoseBackbone",
        "XLMRoberta",
        "XLMRobertaXL",
        "Yolos",
    )
)


def heads_of(module: nn.Module) -> tuple[list[Head], Matrix]:
    """Return the heads of an attention module, and the matrix after them.

    Known are self-attention of BERT's form (``query``, ``key``, ``value``; nothing after them) and
    of GPT-2's (``c_attn``, ``c_proj``), by the names of their classes: others have the same parts
    and compute something else, with rotary positions for instance, where the bounds would not
    hold. Raises ``ValueError`` for those.
    """
    parts: Any = module
    kind = type(module).__name__
    if kind in LIKE_GPT2 and not parts.is_cross_attention:
        matrix, offset = _floats(parts.c_attn.weight), _floats(parts.c_attn.bias)
        weights, biases = np.split(matrix, 3, axis=1), np.split(offset, 3)
        found = _heads(weights, biases, parts.num_heads, parts.scaling, True)
        return found, _floats(parts.c_proj.weight)
    if kind in LIKE_BERT:
        layers = [parts.query, parts.key, parts.value]
        weights = [_floats(layer.weight).T for layer in layers]
        biases = [_bias(layer) for layer in layers]
        count, causal = parts.num_attention_heads, bool(parts.is_causal)
        return _heads(weights, biases, count, parts.scaling, causal), np.eye(weights[2].shape[1])
    raise ValueError(f"{kind} is not an attention of a known form")


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


def _bias(layer: Any) -> Matrix:
    return np.zeros(layer.out_features) if layer.bias is None else _floats(layer.bias)


def _floats(values: Tensor) -> Matrix:
    found: Matrix = values.detach().cpu().double().numpy()
    return found
