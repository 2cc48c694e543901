"""Models of transformers from random configurations: no weights are downloaded."""

import pytest
import torch

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


def bloom():
    sizes = {"hidden_size": 24, "n_layer": 1, "n_head": 3}
    return transformers.BloomModel(transformers.BloomConfig(**sizes, **SMALL))


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
