"""Effective weights where torch's default device is another one, and on a GPU if there is one."""

import pytest
import torch

from emlir_attention import (
    alibi_bias,
    contributions,
    delta_chunked,
    delta_recurrence,
    delta_weights,
    linear_recurrence,
    linear_weights,
    log_length,
    rotated,
    softmax_weights,
    source_totals,
    unit,
)
from tests.plugins.attention_cases import delta_layer

NO_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


def normal(seed, *shape):
    generator = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64, device="cpu")


def figures(device, wide=torch.float64):
    """What each function makes of the same layers, back on the CPU."""
    query, key, value = (normal(seed, 2, 4, 40, 6).to(device, wide) for seed in (1, 2, 3))
    slopes = torch.tensor([0.5, 0.25, 0.125, 0.0625], device=device, dtype=wide)
    mask = (normal(4, 2, 1, 40, 40) < 1).to(device)
    bias = alibi_bias(slopes, 40)
    soft = softmax_weights(
        rotated(query), rotated(key), causal=True, mask=mask, bias=bias, soft_cap=5.0
    )
    with torch.device("cpu"):
        layer = delta_layer(3, length=70)
    layer = [part.to(device, wide) for part in layer]
    delta = delta_weights(unit(layer[0]), unit(layer[1]), *layer[3:])
    positive = query.exp(), key.exp()
    linear = linear_weights(*positive)
    totals = source_totals(contributions(soft, value))
    made = {
        "soft": soft.log,
        "soft output": soft.apply(value),
        "delta": delta.log,
        "delta signs": delta.sign,
        "recurrence": delta_recurrence(*layer).output,
        "chunked": delta_chunked(*layer).output,
        "linear": linear.log,
        "linear output": linear_recurrence(*positive, value),
        "totals": totals,
        "lengths": log_length(value),
    }
    return {name: one.cpu() for name, one in made.items()}


def close(found, wanted, rtol, atol):
    for name, one in wanted.items():
        torch.testing.assert_close(found[name], one, rtol=rtol, atol=atol, msg=name)


def test_another_default_device_changes_nothing():
    wanted = figures("cpu")
    with torch.device("meta"):  # a tensor that is made there has no values
        found = figures("cpu")
    close(found, wanted, 0, 0)


@NO_GPU
@pytest.mark.parametrize("default", ["cpu", "cuda"])
def test_on_the_gpu(default):
    wanted = figures("cpu")
    with torch.device(default):
        found = figures("cuda")
    close(found, wanted, 1e-9, 1e-11)


@NO_GPU
def test_on_the_gpu_in_single_precision():
    found, wanted = figures("cuda", torch.float32), figures("cpu")
    for name in ("soft output", "recurrence", "chunked", "linear output"):
        scale = wanted[name].abs().max()
        assert (found[name].double() - wanted[name]).abs().max() < 1e-4 * scale, name
