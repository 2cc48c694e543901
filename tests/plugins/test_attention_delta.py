"""Gated DeltaNet: the recurrence, its chunks, its effective weights."""

import math
from fractions import Fraction

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


def test_keys_that_overflow_in_a_chunk_are_taken_in_smaller_ones():
    key = torch.full((1, 1, 64, 2), 1e6)
    found = delta_weights(key, key, torch.zeros(1, 1, 64), torch.ones(1, 1, 64))
    # each step multiplies what is left by 1 - 2e12, and the query by 2e12 / sqrt(2)
    wanted = 63 * math.log(2e12) + math.log(2e12 / 2**0.5)
    assert found.log[0, 0, 63, 0].item() == pytest.approx(wanted, rel=1e-5)
    assert found.sign[0, 0, 63].tolist() == [(-1) ** (63 - j) for j in range(64)]


@pytest.mark.parametrize("bad", [1e20, torch.nan])
def test_a_step_that_overflows_is_an_error(bad):
    key = torch.ones(1, 1, 8, 2)
    key[..., 5, :] = bad
    with pytest.raises(OverflowError, match="step 5 leaves the range of floats"):
        delta_weights(key, key, torch.zeros(1, 1, 8), torch.ones(1, 1, 8))


def exact_weights(key, rate):
    """The weights for queries that are the keys, without gates, in exact arithmetic."""
    keys = [[Fraction(x) for x in row] for row in key.tolist()]
    found = {}
    for source, first in enumerate(keys):
        left = [rate * x for x in first]
        for row in range(source, len(keys)):
            if row > source:
                held = rate * dot(keys[row], left)
                left = [x - held * k for x, k in zip(left, keys[row], strict=True)]
            found[row, source] = dot(keys[row], left)
    return found


def dot(left, right):
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


@pytest.mark.parametrize("same", [True, False])
def test_sources_that_keys_have_erased_keep_sign_and_logarithm(same):
    """A chunk as a whole would leave rounding: 1e-17 where 1e-100 is left, with any sign."""
    made = torch.Generator().manual_seed(3)
    drawn = torch.randn(1, 1, 24, 2, generator=made, dtype=torch.float64)
    key = unit(drawn[..., :1, :].expand(drawn.shape) if same else drawn)
    ones = torch.ones(1, 1, 24, dtype=torch.float64)
    found = delta_weights(key, key, torch.zeros_like(ones), ones, scale=1.0)
    for place, wanted in exact_weights(key[0, 0], Fraction(1)).items():
        assert found.sign[0, 0][place] == (1 if wanted > 0 else -1)
        size = abs(wanted)
        log = math.log(size.numerator) - math.log(size.denominator)
        if log > -60:  # the recurrence in floats is no better beyond
            assert found.log[0, 0][place].item() == pytest.approx(log, abs=1e-6)


def test_a_weight_of_0_has_the_sign_1():
    query, key, _, gate, rate = delta_layer(7, 8)
    gate = torch.full_like(gate, -0.1)
    gate[..., 5] = -torch.inf
    for weights in (delta_weights(query, key, gate, rate), linear_weights(query, key, gate)):
        assert (weights.sign < 0).any()
        assert (weights.sign[weights.log == -torch.inf] == 1).all()


def test_nothing_gives_nothing():
    none, steps = torch.ones(1, 2, 0, 3), torch.ones(1, 2, 0)
    assert delta_weights(none, none, steps, steps).apply(none).shape == none.shape
    assert delta_chunked(none, none, none, steps, steps).output.shape == none.shape
    with pytest.raises(ValueError, match="at least 1 at a time"):
        delta_weights(none, none, steps, steps, rows=-1)


def test_shapes_are_checked():
    query, key, value, gate, rate = delta_layer(1, 4)
    with pytest.raises(ValueError, match="gates have the shape"):
        delta_recurrence(query, key, value, gate[..., :3], rate)
    with pytest.raises(ValueError, match="rates have the shape"):
        delta_chunked(query, key, value, gate, rate[..., :3])
    with pytest.raises(ValueError, match="rates have the shape"):
        delta_weights(query, key, gate, rate[..., :1])
    with pytest.raises(ValueError, match="lengths in time differ: query 3, key 4"):
        delta_weights(query[..., :3, :], key, gate, rate)
    with pytest.raises(ValueError, match="lengths in time differ"):
        delta_recurrence(query, key[..., :3, :], value, gate, rate)


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
