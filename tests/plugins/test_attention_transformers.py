"""transformers' attention modules, from random configurations: no weights are downloaded."""

import runpy
import sys
from pathlib import Path

import pytest
import torch

from emlir.plugin_api import manager
from emlir_attention import (
    attention_report,
    delta_weights,
    hooked,
    record,
    softmax_weights,
    unit,
)
from tests.plugins.attention_cases import off
from tests.plugins.attention_models import (
    IDS,
    MODELS,
    SMALL,
    bert,
    bloom,
    caught,
    gpt2,
    layoutlm3,
    llama,
    made,
    padded,
    run,
    t5,
    transformers,
)


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
