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


Rotation = tuple[Matrix, Matrix]


def heads_of(
    module: nn.Module, rotation: tuple[Tensor, Tensor] | None = None
) -> tuple[list[Head], Matrix]:
    """Return the heads of an attention module, and the matrix after them.

    Known are self-attention of BERT's form (``query``, ``key``, ``value``; nothing after them), of
    GPT-2's (``c_attn``, ``c_proj``), and Llama's, by the names of their classes: others have the
    same parts and compute something else. Raises ``ValueError`` for those. Llama's turn queries and
    keys by ``rotation``, the cosines and sines for one series that ``model.rotary_emb`` gives.
    """
    kind = type(module).__name__
    if kind == "LlamaAttention":
        return _like_llama(module, rotation)
    if rotation is not None:
        raise ValueError(f"{kind} is not known to turn queries and keys")
    if kind in LIKE_BERT:
        return _like_bert(module)
    if kind in LIKE_GPT2 and not getattr(module, "is_cross_attention", True):
        return _like_gpt2(module)
    raise ValueError(f"{kind} is not an attention of a known form")


def _like_bert(parts: Any) -> tuple[list[Head], Matrix]:
    layers = [parts.query, parts.key, parts.value]
    weights = [_floats(layer.weight).T for layer in layers]
    count, causal = parts.num_attention_heads, bool(parts.is_causal)
    found = _heads(weights, [_bias(layer) for layer in layers], [count] * 3, parts.scaling, causal)
    return found, np.eye(weights[2].shape[1])


def _like_gpt2(parts: Any) -> tuple[list[Head], Matrix]:
    matrix, offset = _floats(parts.c_attn.weight), _floats(parts.c_attn.bias)
    weights, biases = np.split(matrix, 3, axis=1), np.split(offset, 3)
    found = _heads(weights, biases, [parts.num_heads] * 3, parts.scaling, True)
    return found, _floats(parts.c_proj.weight)


def _like_llama(parts: Any, rotation: tuple[Tensor, Tensor] | None) -> tuple[list[Head], Matrix]:
    if rotation is None:
        raise ValueError("LlamaAttention turns queries and keys: give its cosines and sines")
    layers = [parts.q_proj, parts.k_proj, parts.v_proj]
    weights = [_floats(layer.weight).T for layer in layers]
    counts = [matrix.shape[1] // parts.head_dim for matrix in weights]
    biases = [_bias(layer) for layer in layers]
    turns = _half(rotation[0], parts.head_dim), _half(rotation[1], parts.head_dim)
    found = _heads(weights, biases, counts, parts.scaling, bool(parts.is_causal), turns)
    return found, _floats(parts.o_proj.weight).T


def _half(turns: Tensor, width: int) -> Matrix:
    """Take one of two equal halves, of one series."""
    if turns.shape[-1] != width or turns.numel() != turns.shape[-2] * width:
        raise ValueError(f"turns of one series are (1, time, {width}), not {tuple(turns.shape)}")
    return _floats(turns).reshape(-1, width)[:, : width // 2]


def _heads(
    weights: list[Matrix],
    biases: list[Matrix],
    counts: list[int],
    scale: float,
    causal: bool,
    rotation: Rotation | None = None,
) -> list[Head]:
    """Cut projections into heads; few of keys and values are shared by neighbours."""
    cut = [np.split(matrix, count, axis=1) for matrix, count in zip(weights, counts, strict=True)]
    offsets = [
        np.split(bias[None, :], count, axis=1) for bias, count in zip(biases, counts, strict=True)
    ]
    found = []
    for h in range(counts[0]):
        place = [h * count // counts[0] for count in counts]
        query, key, value = (one[k] for one, k in zip(cut, place, strict=True))
        q_bias, k_bias, v_bias = (one[k] for one, k in zip(offsets, place, strict=True))
        found.append(
            Head(query, key, value, scale, causal, q_bias, k_bias, v_bias, rotation=rotation)
        )
    return found


def _bias(layer: Any) -> Matrix:
    return np.zeros(layer.out_features) if layer.bias is None else _floats(layer.bias)


def _floats(values: Tensor) -> Matrix:
    found: Matrix = values.detach().cpu().double().numpy()
    return found
