"""Gated DeltaNet: the recurrence, its chunks, its effective weights."""

import pytest
import torch
from hypothesis import given, settings, strategies as st

from emlir_attention import (
    contributions,
    delta_chunked,
    delta_recurrence,
    delta_weights,
    linear_weights,
    unit,
)
from tests.amounts import MANY
from tests.plugins.attention_cases import delta_layer, off

OFTEN = settings(max_examples=MANY)
SEEDS = st.integers(0, 2**32 - 1)


@OFTEN
@given(seed=SEEDS, length=st.integers(1, 7), rows=st.integers(1, 8))
def test_weights_chunks_and_recurrence_agree(seed, length, rows):
    query, key, value, gate, rate = delta_layer(seed, length)
    wanted = delta_recurrence(query, key, value, gate, rate)
    chunked = delta_chunked(query, key, value, gate, rate, rows=rows)
    weights = delta_weights(query, key, gate, rate, rows=rows)
    assert off(weights.apply(value), wanted.output) < 1e-10
    assert off(chunked.output, wanted.output) < 1e-10
    assert off(chunked.state, wanted.state) < 1e-10


@pytest.mark.parametrize("seed", range(12))
def test_long_series(seed):
    query, key, value, gate, rate = delta_layer(seed, 300)
    wanted = delta_recurrence(query, key, value, gate, rate)
    assert off(delta_weights(query, key, gate, rate).apply(value), wanted.output) < 1e-10
    assert off(delta_chunked(query, key, value, gate, rate).writes, wanted.writes) < 1e-10


def test_float32_is_as_near_as_the_recurrence_in_float32():
    exact = delta_layer(5, 200)
    floats = [part.float() for part in exact]
    wanted = delta_recurrence(*exact).output
    query, key, value, gate, rate = floats
    assert off(delta_weights(query, key, gate, rate).apply(value), wanted) < 1e-5


@OFTEN
@given(seed=SEEDS, length=st.integers(1, 5), factor=st.sampled_from([-2.0, 0.5, 8.0]))
def test_a_factor_on_queries_or_values_is_one_on_weights_or_outputs(seed, length, factor):
    query, key, value, gate, rate = delta_layer(seed, length)
    plain = delta_weights(query, key, gate, rate)
    scaled = delta_weights(query * factor, key, gate, rate)
    assert torch.allclose(scaled.values(), plain.values() * factor)
    assert torch.allclose(plain.apply(value * factor), plain.apply(value) * factor)


@OFTEN
@given(seed=SEEDS, length=st.integers(1, 5), data=st.data())
def test_heads_and_batches_can_be_permuted(seed, length, data):
    query, key, _, gate, rate = delta_layer(seed, length)
    order = torch.tensor(data.draw(st.permutations(range(len(query)))))
    plain = delta_weights(query, key, gate, rate)
    turned = delta_weights(query[order], key[order], gate[order], rate[order])
    assert torch.equal(turned.log, plain.log[order])
    assert torch.equal(turned.sign, plain.sign[order])


def test_gates_only_shift_logarithms():
    query, key, _, gate, rate = delta_layer(3, 9)
    gate = torch.full_like(gate, -1e5)
    shut = delta_weights(query, key, gate, rate)
    plain = delta_weights(query, key, torch.zeros_like(gate), rate)
    place = torch.arange(9.0).double()
    distance = place[:, None] - place
    below = distance >= 0
    assert torch.allclose((shut.log + 1e5 * distance)[..., below], plain.log[..., below])
    assert torch.equal(shut.sign, plain.sign)
    assert shut.values()[..., 8, 0].abs().max() == 0 and shut.log[..., 8, 0].max() > -1e6


def test_a_gate_of_0_forgets_everything_before():
    query, key, value, gate, rate = delta_layer(7, 8)
    gate = torch.full_like(gate, -0.1)
    gate[..., 5] = -torch.inf
    weights = delta_weights(query, key, gate, rate)
    assert (weights.log[..., 5:, :5] == -torch.inf).all()
    assert off(weights.apply(value), delta_recurrence(query, key, value, gate, rate).output) < 1e-12


def test_weights_on_writes_and_their_contributions():
    query, key, value, gate, rate = delta_layer(11, 20)
    run = delta_recurrence(query, key, value, gate, rate)
    on_writes = linear_weights(query, key, gate, scale=query.shape[-1] ** -0.5)
    assert off(on_writes.apply(run.writes), run.output) < 1e-12
    lengths = (on_writes.values()[..., None] * run.writes[..., None, :, :]).norm(dim=-1)
    assert torch.allclose(contributions(on_writes, run.writes).exp(), lengths)


def test_long_keys_leave_the_range_of_floats_and_the_weights_stay():
    made = torch.Generator().manual_seed(0)
    key = unit(torch.randn(1, 1, 900, 3, generator=made, dtype=torch.float64)) * 2.0
    gate = torch.full((1, 1, 900), -2.0, dtype=torch.float64)
    rate, value = torch.ones(1, 1, 900).double(), torch.randn(1, 1, 900, 2, generator=made).double()
    found = delta_weights(key, key, gate, rate)
    assert found.log.isfinite().tril().any() and not found.log.isnan().any()
    wanted = delta_recurrence(key, key, value, gate, rate).output
    assert off(found.apply(value), wanted) < 1e-9


def test_keys_that_overflow_in_a_single_chunk_are_an_error():
    key = torch.full((1, 1, 64, 2), 1e6)
    with pytest.raises(OverflowError, match="keys are too long"):
        delta_weights(key, key, torch.zeros(1, 1, 64), torch.ones(1, 1, 64))


def test_shapes_are_checked():
    query, key, value, gate, rate = delta_layer(1, 4)
    with pytest.raises(ValueError, match="gates have the shape"):
        delta_recurrence(query, key, value, gate[..., :3], rate)
    with pytest.raises(ValueError, match="rates have the shape"):
        delta_chunked(query, key, value, gate, rate[..., :3])


def test_a_rate_that_is_left_out_would_be_seen():
    """The defect of taking plain kernel weights for weights on values."""
    query, key, value, gate, rate = delta_layer(21, 30)
    wanted = delta_recurrence(query, key, value, gate, rate).output
    assert off(linear_weights(query, key, gate).apply(value), wanted) > 0.01


def test_the_formula_of_transformers():
    modeling = pytest.importorskip("transformers.models.qwen3_next.modeling_qwen3_next")
    query, key, value, gate, rate = (part.float() for part in delta_layer(8, 100))
    turned = [part.transpose(1, 2) for part in (query, key, value, gate, rate)]
    theirs, _ = modeling.torch_recurrent_gated_delta_rule(*turned)
    assert off(delta_weights(query, key, gate, rate).apply(value), theirs.transpose(1, 2)) < 1e-5
