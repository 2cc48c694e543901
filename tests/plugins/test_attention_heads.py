"""Heads from modules of transformers compute what the modules compute, or are refused."""

import numpy as np
import pytest
import torch

from emlir_attention import attention_bound, heads_bound, heads_of
from tests.plugins.attention_models import (
    MODELS,
    caught,
    cross_bert,
    cross_gpt2,
    esm,
    gemma2,
    gpt2,
    layoutlm3,
    llama,
    made,
    transformers,
)


@pytest.mark.parametrize("kind", ["bert", "gpt2"])
def test_heads_of_a_module_compute_what_it_computes(kind):
    build, suffix, _ = MODELS[kind]
    model = made(build)
    name = next(name for name, _ in model.named_modules() if name.endswith(suffix))
    module = model.get_submodule(name)
    inputs = []
    module.register_forward_pre_hook(
        lambda _, args, kwargs: inputs.append(args[0] if args else kwargs["hidden_states"]),
        with_kwargs=True,
    )
    own = caught(model, suffix)
    heads, output = heads_of(module)
    tokens = inputs[0][0].double().numpy()
    mixed = np.concatenate([head.output(tokens) for head in heads], axis=1) @ output
    bias = module.c_proj.bias.detach().numpy() if kind == "gpt2" else 0.0
    assert np.abs(mixed + bias - own[name][0][0].detach().numpy()).max() < 1e-6
    bound = heads_bound([attention_bound(head, tokens) for head in heads], output)
    assert 0 < bound.value < 100


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (gemma2, "model.layers.0.self_attn"),
        (esm, "encoder.layer.0.attention.self"),
        (layoutlm3, "encoder.layer.0.attention.self"),
        (cross_bert, "encoder.layer.0.crossattention.self"),
        (cross_gpt2, "h.0.crossattention"),
    ],
)
def test_heads_of_another_form_are_refused(build, name):
    """Rotations, biases for positions, keys of other tokens: the same parts, other weights."""
    with pytest.raises(ValueError, match="is not an attention of a known form"):
        heads_of(made(build).get_submodule(name))


def test_heads_of_llama_take_its_rotations():
    model = made(llama).model
    module = model.layers[0].self_attn
    tokens = torch.randn(1, 5, 24)
    turns = model.rotary_emb(tokens, torch.arange(5)[None])
    heads, output = heads_of(module, turns)
    with torch.no_grad():
        mask = torch.ones(5, 5).tril().bool()[None, None]
        own = module(tokens, position_embeddings=turns, attention_mask=mask)[0][0]
    at = tokens[0].double().numpy()
    mixed = np.concatenate([head.output(at) for head in heads], axis=1) @ output
    assert np.abs(mixed - own.numpy()).max() < 1e-6
    assert 0 < heads_bound([attention_bound(head, at) for head in heads], output).value < 100
    with pytest.raises(ValueError, match="give its cosines and sines"):
        heads_of(module)
    with pytest.raises(ValueError, match="turns of one series"):
        heads_of(module, (turns[0][..., :2], turns[1][..., :2]))
    with pytest.raises(ValueError, match="not known to turn"):
        heads_of(made(gpt2).transformer.h[0].attn, turns)


def test_heads_without_biases_of_projections():
    config = transformers.YolosConfig(
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=3,
        intermediate_size=16,
        image_size=[16, 16],
        patch_size=8,
        qkv_bias=False,
    )
    module = made(lambda: transformers.YolosModel(config)).get_submodule(
        "encoder.layer.0.attention.attention"
    )
    heads, _ = heads_of(module)
    tokens = torch.randn(1, 4, 24)
    with torch.no_grad():
        own = module(tokens)[0][0]
    mixed = np.concatenate([head.output(tokens[0].double().numpy()) for head in heads], axis=1)
    assert np.abs(mixed - own.numpy()).max() < 1e-6
