"""transformers' attention modules, from random configurations: no weights are downloaded."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from emlir.plugin_api import manager
from emlir_attention import (
    attention_bound,
    attention_report,
    delta_weights,
    heads_bound,
    heads_of,
    hooked,
    record,
    softmax_weights,
    unit,
)
from tests.plugins.attention_cases import off

transformers = pytest.importorskip("transformers")

SMALL = {"vocab_size": 50, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
IDS = torch.arange(3, 27).reshape(2, 12)


def bert():
    config = transformers.BertConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=16, **SMALL
    )
    return transformers.BertModel(config)


def gpt2():
    config = transformers.GPT2Config(n_embd=24, n_layer=2, n_head=3, n_positions=32, **SMALL)
    return transformers.GPT2LMHeadModel(config)


def llama(**options):
    config = transformers.LlamaConfig(
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=6,
        num_key_value_heads=2,
        intermediate_size=16,
        **SMALL,
        **options,
    )
    return transformers.LlamaForCausalLM(config)


def gemma2():
    config = transformers.Gemma2Config(
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=6,
        intermediate_size=16,
        attn_logit_softcapping=1.5,
        sliding_window=4,
        **SMALL,
    )
    return transformers.Gemma2ForCausalLM(config)


MODELS = {
    "bert": (bert, "attention.self", None),
    "gpt2": (gpt2, ".attn", "c_proj"),
    "llama": (llama, "self_attn", "o_proj"),
    "gemma2": (gemma2, "self_attn", "o_proj"),
}


def made(build, seed=0):
    torch.manual_seed(seed)
    return build().eval()


def run(model, **inputs):
    with torch.no_grad():
        return model(input_ids=IDS, **inputs)


def caught(model, suffix, **inputs):
    """What each attention module gives in the model's own way, with its own weights."""
    model.set_attn_implementation("eager")
    found = {}
    for name, module in model.named_modules():
        if name.endswith(suffix):
            module.register_forward_hook(
                lambda _, __, out, name=name: found.update({name: (out[0], out[1])})
            )
    run(model, **inputs)
    return found


def padded():
    mask = torch.ones_like(IDS)
    mask[1, 8:] = 0
    return mask


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("has_padding", [False, True])
def test_weights_reproduce_the_output_of_a_module(kind, has_padding):
    build, suffix, projection = MODELS[kind]
    model = made(build)
    inputs = {"attention_mask": padded()} if has_padding else {}
    with record(model) as recording:
        run(model, **inputs)
    own = caught(model, suffix, **inputs)
    assert len(own) == 2 and {call.name for call in recording.calls} == set(own)
    for name, (output, weights) in own.items():
        call = recording.of(name)
        mixed = call.weights.apply(call.value).transpose(1, 2).flatten(2)
        if projection is not None:
            mixed = getattr(model.get_submodule(name), projection)(mixed)
        assert off(mixed, output) < 1e-6
        assert (call.weights.values() - weights).abs().max() < 1e-6


def test_a_mask_that_is_forgotten_would_be_seen():
    model = made(llama)
    own = caught(model, "self_attn")
    with record(model) as recording:
        run(model)
    call = recording.of("model.layers.0.self_attn")
    forgotten = softmax_weights(call.query, call.key).values()
    assert (forgotten - own[call.name][1]).abs().max() > 0.01


def test_the_model_is_left_as_it_was():
    model = made(bert)
    before = model.config._attn_implementation
    plain = run(model).last_hidden_state
    with record(model):
        recorded = run(model).last_hidden_state
    assert model.config._attn_implementation == before
    assert torch.allclose(plain, recorded, atol=1e-5)
    with pytest.raises(ZeroDivisionError), record(model):
        raise ZeroDivisionError
    assert model.config._attn_implementation == before


def test_a_module_that_was_not_called_is_named():
    model = made(bert)
    with record(model) as recording:
        run(model)
    with pytest.raises(KeyError, match="was not called"):
        recording.of("head")


def t5():
    sizes = {"d_model": 24, "d_kv": 6, "d_ff": 16, "num_layers": 2, "num_heads": 4}
    config = transformers.T5Config(vocab_size=50, pad_token_id=0, **sizes)
    return transformers.T5EncoderModel(config)


def layoutlm3():
    config = transformers.LayoutLMv3Config(
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=3,
        intermediate_size=16,
        coordinate_size=4,
        shape_size=4,
        visual_embed=False,
        has_relative_attention_bias=True,
        **SMALL,
    )
    return transformers.LayoutLMv3Model(config)


@pytest.mark.parametrize("build", [t5, layoutlm3])
def test_biases_for_positions_are_in_the_weights(build):
    model = made(build)
    for part in model.parameters():
        torch.nn.init.normal_(part, std=0.3)
    plain = run(model, attention_mask=padded()).last_hidden_state
    with record(model) as recording:
        recorded = run(model, attention_mask=padded()).last_hidden_state
    assert recording.calls
    assert torch.allclose(plain, recorded, atol=1e-5)


def bloom():
    sizes = {"hidden_size": 24, "n_layer": 1, "n_head": 3}
    return transformers.BloomModel(transformers.BloomConfig(**sizes, **SMALL))


def test_attention_that_is_not_seen_is_not_a_silent_nothing():
    model = made(bloom)
    with pytest.raises(RuntimeError, match="nothing was recorded: no attention of this BloomModel"):
        attention_report(model, input_ids=IDS)


def test_a_causal_module_without_a_mask_is_refused():
    module = made(gpt2).transformer.h[0].attn
    tokens = torch.randn(1, 5, 24)
    with record(module), pytest.raises(ValueError, match="GPT2Attention is causal and has no mask"):
        module(tokens)
    with record(module) as recording, torch.no_grad():
        module(tokens, attention_mask=torch.ones(5, 5).tril().bool())
    assert recording.calls[0].weights.values()[0, 0, 0].tolist() == [1, 0, 0, 0, 0]


def test_without_transformers_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'emlir\[schedules\]'"):
        attention_report(torch.nn.Identity())


def test_sinks_are_refused():
    model = made(bert)
    with record(model), pytest.raises(ValueError, match="takes 'sinks', which is not recorded"):
        run(model, sinks=torch.zeros(3))


def test_dropout_is_refused():
    model = made(bert).train()
    with record(model), pytest.raises(ValueError, match="dropout"):
        run(model)


def test_gated_delta_net_from_a_random_configuration(monkeypatch):
    modeling = pytest.importorskip("transformers.models.qwen3_next.modeling_qwen3_next")
    config = transformers.Qwen3NextConfig(
        hidden_size=24,
        linear_num_value_heads=4,
        linear_num_key_heads=2,
        linear_key_head_dim=6,
        linear_value_head_dim=5,
        **SMALL,
    )
    layer = made(lambda: modeling.Qwen3NextGatedDeltaNet(config, 0))
    calls, rule = [], modeling.torch_chunk_gated_delta_rule

    def caught_rule(query, key, value, g, beta, **options):
        out = rule(query, key, value, g=g, beta=beta, **options)
        calls.append([part.transpose(1, 2) for part in (query, key, value, g, beta, out[0])])
        return out

    monkeypatch.setattr(modeling, "torch_chunk_gated_delta_rule", caught_rule)
    with torch.no_grad():
        layer(torch.randn(2, 90, 24))
        query, key, value, gate, rate, output = calls[0]
        weights = delta_weights(unit(query), unit(key), gate, rate)
        assert off(weights.apply(value), output) < 5e-6


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


def esm():
    return transformers.EsmModel(
        transformers.EsmConfig(
            hidden_size=24,
            num_hidden_layers=1,
            num_attention_heads=3,
            intermediate_size=16,
            mask_token_id=3,
            position_embedding_type="rotary",
            **SMALL,
        )
    )


def cross_bert():
    model = bert()
    model.config.is_decoder = model.config.add_cross_attention = True
    return transformers.BertModel(model.config)


def cross_gpt2():
    model = gpt2()
    model.config.add_cross_attention = True
    return transformers.GPT2Model(model.config)


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (llama, "model.layers.0.self_attn"),
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


def test_hooked_features_are_the_activations():
    model = made(gpt2)
    batches = [{"input_ids": IDS[:1]}, {"input_ids": IDS[1:]}]
    features, targets = hooked(
        model, "transformer.h.0", batches, target=lambda out: out.logits[:, -1].max(-1).values
    )
    with torch.no_grad():
        out = model(input_ids=IDS, output_hidden_states=True)
    assert torch.allclose(features, out.hidden_states[1][:, -1], atol=1e-6)
    assert torch.allclose(targets, out.logits[:, -1].max(-1).values, atol=1e-6)
    rows, none = hooked(model, "transformer.h.0", [IDS], position=slice(2, 5))
    assert rows.shape == (6, 24) and none is None


def test_hooks_say_what_is_wrong():
    model = torch.nn.ModuleDict({"used": torch.nn.Linear(2, 2), "idle": torch.nn.Linear(2, 2)})
    model.forward = lambda x: model["used"](x)
    with pytest.raises(KeyError, match="there is no layer 'other'"):
        hooked(model, "other", [torch.ones(1, 2, 2)])
    with pytest.raises(RuntimeError, match="'idle' was not run"):
        hooked(model, "idle", [torch.ones(1, 2, 2)])
    assert hooked(model, "used", [torch.ones(1, 3, 2)])[0].shape == (1, 2)
    assert not model["used"]._forward_hooks


def test_the_report_is_found_by_its_name():
    report = manager().get("analyses", "attention")
    assert report is attention_report
    found = report(made(gpt2), input_ids=IDS)
    assert len(found.heads) == 6
    assert all(0 < head.g1 <= 0.5 and 0 < head.peak <= 1 for head in found.heads)
    assert "transformer.h.0.attn head 0: largest weight" in str(found)


@pytest.mark.slow
def test_the_example_finds_its_head_its_law_and_its_proofs(tmp_path, capsys, monkeypatch):
    example = Path(__file__).parents[2] / "docs" / "examples" / "attention_law.py"
    page = tmp_path / "law.html"
    monkeypatch.setattr("sys.argv", [str(example), str(page)])
    runpy.run_path(str(example), run_name="__main__")
    said = capsys.readouterr().out
    assert "y grows with w: proved" in said and "certified" in said
    assert "log weights being off by 0.1: proved" in said
    assert page.read_text(encoding="utf-8").startswith("<!")
