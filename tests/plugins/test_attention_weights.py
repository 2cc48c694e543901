"""Effective weights of softmax and linear attention, against plain loops."""

import math
import sys

import pytest
import torch
from hypothesis import given, settings, strategies as st

import emlir_attention
from emlir_attention import (
    SignedLog,
    alibi_bias,
    alibi_slopes,
    contributions,
    linear_recurrence,
    linear_weights,
    log_length,
    rotated,
    softmax_weights,
    source_totals,
    weights_of_scores,
)
from tests.amounts import MANY
from tests.plugins.attention_cases import layers, off, plain_softmax

OFTEN = settings(max_examples=MANY)


def attended(layer, **options):
    return softmax_weights(layer["query"], layer["key"], **options).apply(layer["value"])


@OFTEN
@given(
    layer=layers(), causal=st.booleans(), has=st.tuples(st.booleans(), st.booleans(), st.booleans())
)
def test_softmax_weights_give_the_output(layer, causal, has):
    options = {
        "causal": causal,
        "mask": layer["mask"] if has[0] else None,
        "bias": layer["bias"] if has[1] else None,
        "soft_cap": 2.0 if has[2] else None,
    }
    wanted = plain_softmax(layer, **options)
    assert torch.allclose(attended(layer, **options), wanted, rtol=1e-9, atol=1e-12)


@given(layer=layers(dtype=torch.float32))
def test_in_float32_the_output_is_as_near_as_its_scores(layer):
    assert off(attended(layer, causal=True), plain_softmax(layer, causal=True)) < 2e-5


@OFTEN
@given(layer=layers(), factor=st.sampled_from([0.5, 2.0, 4.0]))
def test_a_factor_on_queries_is_one_on_the_scale(layer, factor):
    width = layer["query"].shape[-1]
    left = softmax_weights(layer["query"] * factor, layer["key"])
    right = softmax_weights(layer["query"], layer["key"], scale=factor * width**-0.5)
    assert torch.allclose(left.log, right.log, rtol=1e-12, atol=1e-12)


@OFTEN
@given(layer=layers(), data=st.data())
def test_a_permutation_of_sources_permutes_columns(layer, data):
    order = torch.tensor(data.draw(st.permutations(range(layer["key"].shape[-2]))))
    left = softmax_weights(layer["query"], layer["key"][..., order, :])
    right = softmax_weights(layer["query"], layer["key"]).log[..., order]
    assert torch.allclose(left.log, right, rtol=1e-12, atol=1e-12)


@OFTEN
@given(layer=layers(), gated=st.booleans(), normalise=st.booleans(), seed=st.integers(0, 999))
def test_linear_weights_give_the_output(layer, gated, normalise, seed):
    query, key, value = (layer[name] for name in ("query", "key", "value"))
    heads = query.shape[1]
    key, value = (x.repeat_interleave(heads // x.shape[1], 1) for x in (key, value))
    if normalise:
        query, key = query.abs() + 0.1, key.abs() + 0.1
    gates = None
    if gated:
        made = torch.Generator().manual_seed(seed)
        gates = torch.rand(query.shape[:-1], generator=made, dtype=query.dtype).log() * 3
        gates[gates < -4] = -torch.inf
    wanted = linear_recurrence(query, key, value, gates, normalise=normalise)
    found = linear_weights(query, key, gates, normalise=normalise).apply(value)
    assert off(found, wanted) < 1e-9


def test_linear_weights_scale_with_queries_and_keys():
    made = torch.Generator().manual_seed(1)
    query, key = torch.randn(2, 1, 2, 5, 3, generator=made, dtype=torch.float64)
    plain, scaled = linear_weights(query, key), linear_weights(-2 * query, 3 * key)
    below = torch.ones(5, 5).tril().bool()
    assert torch.allclose(scaled.log[..., below], plain.log[..., below] + math.log(6))
    assert (scaled.sign[..., below] == -plain.sign[..., below]).all()


def test_linear_attention_with_negative_sums_keeps_its_signs():
    query = torch.tensor([[[[1.0], [-1.0]]]]).double()
    key, value = torch.tensor([[[[-1.0], [-3.0]]]]).double(), torch.eye(2)[None, None].double()
    found = linear_weights(query, key, normalise=True).values()
    assert torch.allclose(found, linear_recurrence(query, key, value, normalise=True))


def test_weights_far_below_the_range_of_floats_keep_their_logarithms():
    scores = torch.tensor([[[0.0, -1e4, -2e5]]])
    assert weights_of_scores(scores).log[0, 0].tolist() == [0.0, -1e4, -2e5]
    gates = torch.full((1, 1, 4), -1e4, dtype=torch.float64)
    ones = torch.ones(1, 1, 4, 1, dtype=torch.float64)
    assert linear_weights(ones, ones, gates).log[0, 0, 3].tolist() == [-3e4, -2e4, -1e4, 0.0]


def test_gates_that_float_sums_would_lose():
    gates = torch.tensor([[[0.0, -1e16, -1.0, -1.0, -1e16]]], dtype=torch.float64)
    ones = torch.ones(1, 1, 5, 1, dtype=torch.float64)
    assert linear_weights(ones, ones, gates).log[0, 0, 3, 1:4].tolist() == [-2.0, -1.0, 0.0]


def test_a_row_that_may_look_nowhere_has_no_weights():
    query = torch.ones(1, 1, 2, 2)
    mask = torch.tensor([[False, False], [True, False]])
    found = softmax_weights(query, query, mask=mask)
    assert found.values()[0, 0].tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_a_mask_of_the_lowest_floats_alone_gives_even_weights_as_in_transformers():
    lowest = torch.full((1, 1, 1, 4), torch.finfo(torch.float32).min)
    found = softmax_weights(torch.ones(1, 1, 1, 2), torch.ones(1, 1, 4, 2), bias=lowest)
    assert found.values()[0, 0, 0].tolist() == [0.25] * 4


def test_the_last_of_few_causal_rows_sees_everything():
    query, key = torch.zeros(1, 1, 2, 1), torch.zeros(1, 1, 4, 1)
    found = softmax_weights(query, key, causal=True).values()[0, 0]
    assert (found > 0).sum(-1).tolist() == [3, 4]


def test_alibi_is_what_the_paper_adds_to_scores():
    slopes = alibi_slopes(2, torch.float64)
    assert slopes.tolist() == [2.0**-4, 2.0**-8]
    query, key = torch.randn(2, 1, 2, 5, 3, dtype=torch.float64)
    place = torch.arange(5)
    full = -slopes[:, None, None] * (place[:, None] - place)
    short = softmax_weights(query, key, causal=True, bias=alibi_bias(slopes, 5))
    long = softmax_weights(query, key, causal=True, bias=full)
    assert torch.allclose(short.values(), long.values())
    with pytest.raises(ValueError, match="power of two"):
        alibi_slopes(3)


def test_rotations_see_distances_only():
    query, key = torch.randn(2, 1, 1, 1, 4, dtype=torch.float64)
    scores = rotated(query.expand(1, 1, 6, 4)) @ rotated(key.expand(1, 1, 6, 4)).mT
    assert torch.allclose(scores[..., 1:, 1:], scores[..., :-1, :-1])
    with pytest.raises(ValueError, match="width is 3"):
        rotated(torch.ones(1, 1, 2, 3))


def test_contributions_are_lengths_of_parts():
    weights = SignedLog(
        torch.tensor([[[0.0, -torch.inf]]]), torch.tensor([[[-1, 1]]]).to(torch.int8)
    )
    value = torch.tensor([[[3.0, 4.0], [1.0, 0.0]]])
    found = contributions(weights, value)
    assert found[0, 0].exp().tolist() == pytest.approx([5.0, 0.0])
    assert source_totals(found).exp()[0].tolist() == pytest.approx([5.0, 0.0])
    assert log_length(
        torch.tensor([1e200, 1e200], dtype=torch.float64)
    ).exp().item() == pytest.approx(2**0.5 * 1e200)
    assert log_length(torch.zeros(2)).item() == -math.inf


BAD = [
    (torch.ones(1, 3, 2, 1), torch.ones(1, 2, 2, 1), "2 heads cannot be shared by 3"),
    (torch.ones(1, 2, 2, 1), torch.ones(1, 2, 2, 2), "queries have width 1, keys 2"),
    (torch.ones(1, 2, 2, 1).int(), torch.ones(1, 2, 2, 1), "query is of torch.int32"),
    (torch.ones(1, 2, 2, 1), torch.ones(1, 2, 2, 1).double(), "different dtypes"),
    (torch.ones(2, 1), torch.ones(2, 1), "has the shape"),
]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mask": torch.ones(2, 2)}, "a mask is of truth values, not torch.float32"),
        ({"mask": torch.ones(2, 2).int()}, "a mask is of truth values, not torch.int32"),
        ({"soft_cap": 0.0}, "soft_cap is above 0"),
        ({"soft_cap": math.nan}, "soft_cap is above 0"),
    ],
)
def test_options_of_softmax_are_checked(options, message):
    ones = torch.ones(1, 1, 2, 2)
    for function in (
        lambda: softmax_weights(ones, ones, **options),
        lambda: weights_of_scores(ones, **options),
    ):
        with pytest.raises(ValueError, match=message):
            function()


def test_scores_that_are_whole_numbers_are_refused():
    """Their logarithms would be cut to whole numbers."""
    with pytest.raises(ValueError, match=r"scores is of torch\.int64"):
        weights_of_scores(torch.tensor([[[1, 2, 3]]]))


def test_no_rows_and_no_sources():
    few, none = torch.ones(1, 1, 2, 3), torch.ones(1, 1, 0, 3)
    assert softmax_weights(none, few).apply(few).shape == none.shape
    assert softmax_weights(few, none).apply(none).tolist() == torch.zeros_like(few).tolist()
    assert linear_weights(none, none).apply(none).shape == none.shape


def test_steps_of_linear_attention_have_to_fit():
    ones = torch.ones(1, 2, 4, 3)
    for gates in (torch.zeros(1, 2, 5), torch.zeros(1, 2, 1), torch.zeros(1, 1, 4)):
        with pytest.raises(ValueError, match=r"gates have the shape|cannot be shared"):
            linear_weights(ones, ones, gates)
        with pytest.raises(ValueError, match="gates have the shape"):
            linear_recurrence(ones, ones, ones, gates)
    with pytest.raises(ValueError, match="lengths in time differ: query 4, key 3"):
        linear_weights(ones, ones[..., :3, :])


def test_a_row_with_a_negative_sum_turns_only_weights_that_are_there():
    query = torch.tensor([[[[1.0], [1.0]]]])
    found = linear_weights(query, -query, normalise=True)
    assert found.sign[0, 0].tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize(("query", "key", "message"), BAD)
@pytest.mark.parametrize("function", [softmax_weights, linear_weights])
def test_what_does_not_fit_is_refused(function, query, key, message):
    if function is linear_weights and "shared" in message:
        key = torch.ones(1, 2, 2, 1)
        query, message = torch.ones(1, 2, 2, 1), "cannot be shared"
        with pytest.raises(ValueError, match=message):
            function(query, key, torch.zeros(1, 3, 2))
        return
    with pytest.raises(ValueError, match=message):
        function(query, key)


def test_without_torch_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "emlir_attention.positions")
    with pytest.raises(ModuleNotFoundError, match=r"needs torch: pip install 'emlir\[attention\]'"):
        _ = emlir_attention.rotated


def test_gates_are_numbers():
    ones = torch.ones(1, 1, 2, 1)
    for gate in (torch.nan, torch.inf):
        with pytest.raises(ValueError, match="logarithm of a gate"):
            linear_weights(ones, ones, torch.tensor([[[0.0, gate]]]))
