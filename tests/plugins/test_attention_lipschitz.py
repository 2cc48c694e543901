"""Lipschitz bounds of attention, against Jacobians; norms that rounding cannot break."""

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

import emlir
from emlir_attention import (
    Head,
    LocalBound,
    attention_bound,
    certify,
    heads_bound,
    image_radius,
    jacobian_norm,
    layer_norm_bound,
    linear_bound,
    lipschitz_claim,
    norms_at,
    residual,
    then,
    theorem3,
)
from emlir_attention.lipschitz import bound_of, g1_in_ball
from emlir_attention.near import Near
from emlir_attention.softmax_norm import row_norms
from tests.amounts import MANY
from tests.plugins.attention_cases import random_head, true_jacobian, true_norm

OFTEN = settings(max_examples=MANY)
SOME = settings(max_examples=200)
SEEDS = st.integers(0, 2**32 - 1)
EVEN = 1 - 1e-9
"""The true norm is computed in floats, too."""


@OFTEN
@given(seed=SEEDS)
def test_no_true_norm_is_above_the_bound_nor_the_bound_above_the_paper(seed):
    head, tokens = random_head(seed)
    bound = attention_bound(head, tokens).value
    assert true_norm(head, tokens) * EVEN <= bound <= theorem3(head, tokens) * (1 + 1e-6)


@OFTEN
@given(seed=SEEDS, radius=st.sampled_from([1e-3, 0.1, 1.0]))
def test_no_true_norm_in_a_ball_is_above_its_bound(seed, radius):
    head, tokens = random_head(seed)
    made = np.random.default_rng(seed)
    step = made.normal(size=tokens.shape)
    if made.integers(2):
        step[made.integers(len(step)) :] = 0
        step[0, 0] += 0.1
    moved = tokens + radius * step / np.linalg.norm(step)
    assert true_norm(head, moved) * EVEN <= attention_bound(head, tokens, radius).value


@OFTEN
@given(
    seed=SEEDS,
    radii=st.lists(st.sampled_from([0, 1e-6, 1e-3, 0.03, 0.5, 4.0, 50.0]), min_size=2, max_size=2),
)
def test_bounds_are_monotone_in_the_radius(seed, radii):
    head, tokens = random_head(seed, longest=4, widest=4)
    norms = norms_at(head, tokens)
    values = [bound_of(norms, Fraction(radius)).value for radius in sorted(radii)]
    assert all(a <= b * (1 + 1e-12) for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("part", ["weights", "value", "values", "from_rows", "from_sources", "g1"])
def test_a_norm_that_is_too_small_would_be_found(part):
    found = 0
    for seed in range(300):
        head, tokens = random_head(seed)
        norms = norms_at(head, tokens)
        wrong = replace(norms, **{part: getattr(norms, part) * 0.05})
        if part == "from_sources":
            wrong = replace(wrong, weighted_sources=norms.weighted_sources * 0.05)
        if part == "g1":
            wrong = replace(wrong, weighted_sources=norms.weighted_sources * 0.05)
        found += true_norm(head, tokens) * EVEN > bound_of(wrong, Fraction(0)).value
    assert found > 0


def worst_g1(head, tokens, radius, tries=6):
    """The largest g1 found in a ball."""
    made = np.random.default_rng(0)
    found = 0.0
    for _ in range(tries):
        step = made.normal(size=tokens.shape)
        moved = tokens + radius * step / np.linalg.norm(step)
        found = max(found, row_norms(head.weights(moved)).max())
    return found


def g1_bound(norms, radius):
    return emlir.enclose(g1_in_ball(norms, Fraction(radius)), {"r": (radius, radius)})[1]


@SOME
@given(seed=SEEDS, radius=st.sampled_from([0.01, 0.3, 2.0]))
def test_g1_in_a_ball_is_below_its_bound(seed, radius):
    head, tokens = random_head(seed)
    assert worst_g1(head, tokens, radius) * EVEN <= g1_bound(norms_at(head, tokens), radius)


@pytest.mark.parametrize("wrong", [{"score_slope": 0.0}, {"score_slope": 0.0, "bilinear": 0.0}])
def test_a_slope_of_scores_that_is_too_small_would_be_found(wrong):
    found = 0
    for seed in range(40):
        head, tokens = random_head(seed)
        norms = replace(norms_at(head, tokens), **wrong)
        found += worst_g1(head, tokens, 0.3) * EVEN > g1_bound(norms, 0.3)
    assert found > 0


def test_the_jacobian_of_the_tests_is_torchs():
    head, tokens = random_head(4)
    head = replace(
        head,
        query_bias=np.full((1, head.query.shape[1]), 0.3),
        key_bias=np.full((1, head.key.shape[1]), -0.2),
    )
    matrices = [torch.from_numpy(m) for m in (head.query, head.key, head.value)]

    def attend(x):
        query, key, value = (x @ m for m in matrices)
        scores = (query + 0.3) @ (key - 0.2).T * head.scale
        if head.causal:
            scores = scores.masked_fill(~torch.ones_like(scores).tril().bool(), -torch.inf)
        return scores.softmax(-1) @ value

    jacobian = torch.autograd.functional.jacobian(attend, torch.from_numpy(tokens))
    assert np.allclose(
        jacobian.reshape(len(tokens) * head.value.shape[1], -1), true_jacobian(head, tokens)
    )
    assert true_norm(head, tokens) * EVEN <= attention_bound(head, tokens).value
    with pytest.raises(ValueError, match="without biases"):
        theorem3(head, tokens)


@SOME
@given(seed=SEEDS, size=st.sampled_from([1e-3, 1.0, 30.0]))
def test_g1_bounds_the_jacobian_of_softmax(seed, size):
    scores = np.random.default_rng(seed).normal(size=seed % 6 + 1) * size
    row = np.exp(scores - scores.max())
    row /= row.sum()
    true = np.linalg.norm(np.diag(row) - np.outer(row, row), 2)
    assert true * EVEN <= jacobian_norm(row) + 1e-16 <= 0.5 + 1e-15


@pytest.mark.parametrize("bad", [[0.5, 0.6], [1.5, -0.5], [float("nan")], []])
def test_g1_is_about_weights(bad):
    with pytest.raises(ValueError, match="weights are at least 0"):
        jacobian_norm(bad)


@SOME
@given(seed=SEEDS)
def test_norms_of_products_are_above_the_exact_ones(seed):
    made = np.random.default_rng(seed)
    left, right = made.integers(-8, 9, (2, 3, 3)).astype(float) / 7
    exact = np.array(
        [
            [sum(Fraction(a) * Fraction(b) for a, b in zip(r, c, strict=True)) for c in right.T]
            for r in left
        ]
    )
    found = Near.of(left) @ Near.of(right)
    gap = sum((Fraction(x) - y) ** 2 for x, y in zip(found.floats.flat, exact.flat, strict=True))
    assert gap <= Fraction(found.error) ** 2
    assert found.norm >= np.linalg.norm(exact.astype(float), 2) * (1 - 1e-15)
    assert found.norm <= np.linalg.norm(exact.astype(float), 2) * (1 + 1e-10) + 1e-13


def test_the_norm_is_above_the_exact_one_where_the_decomposition_is_not():
    ones = np.ones((7, 7)) * 0.1  # the norm of these doubles is exactly seven times one of them
    assert Fraction(Near.of(ones).norm) >= 7 * Fraction(0.1)


def layer_norm(tokens, weight, eps, centred):
    middle = tokens.mean(-1, keepdims=True) if centred else 0.0
    off = tokens - middle
    return weight * off / np.sqrt((off**2).mean(-1, keepdims=True) + eps)


@given(seed=SEEDS, centred=st.booleans(), radius=st.sampled_from([0, 0.1, 3.0]))
def test_layer_norm(seed, centred, radius):
    made = np.random.default_rng(seed)
    tokens, weight = made.normal(size=(3, 4)), made.normal(size=4)
    bound = layer_norm_bound(tokens, weight, 1e-5, radius, centred=centred)
    step = made.normal(size=tokens.shape)
    at = torch.from_numpy(tokens + radius * step / np.linalg.norm(step))

    def norm(x):
        off = x - x.mean(-1, keepdim=True) if centred else x
        return torch.from_numpy(weight) * off / (off.square().mean(-1, keepdim=True) + 1e-5).sqrt()

    jacobian = torch.autograd.functional.jacobian(norm, at).reshape(12, 12).numpy()
    assert np.linalg.norm(jacobian, 2) * EVEN <= bound.value


def block(seed, radius):
    """x + heads(norm(x)) W, its bound, and its tokens."""
    made = np.random.default_rng(seed)
    first, tokens = random_head(seed, longest=4, widest=4)
    width = tokens.shape[1]
    heads = [first, replace(first, query=made.normal(size=first.query.shape))]
    output = made.normal(size=(2 * first.value.shape[1], width)) * 0.3
    centre = layer_norm(tokens, np.ones(width), 1e-5, True)
    norm = layer_norm_bound(tokens, np.ones(width), 1e-5, radius)
    reach = image_radius(norm, centre)
    inner = heads_bound([attention_bound(head, centre, reach) for head in heads], output)

    def run(x):
        at = layer_norm(x, np.ones(width), 1e-5, True)
        return x + np.concatenate([head.output(at) for head in heads], axis=1) @ output

    return run, residual(then(norm, inner)), tokens


@pytest.mark.parametrize("seed", range(40))
def test_a_whole_block_stretches_no_distance_by_more_than_its_bound(seed):
    radius = [1e-4, 0.01, 0.5][seed % 3]
    run, bound, tokens = block(seed, radius)
    made = np.random.default_rng(seed)
    for _ in range(20):
        ends = []
        for _ in range(2):
            step = made.normal(size=tokens.shape)
            ends.append(tokens + radius * step / np.linalg.norm(step))
        change = np.linalg.norm(run(ends[0]) - run(ends[1]))
        assert change <= bound.value * np.linalg.norm(ends[0] - ends[1]) * (1 + 1e-9)


def test_a_block_is_certified_over_its_ball():
    _, bound, _ = block(3, 0.01)
    found = certify(bound, bound.value * 1.01)
    assert found.verdict == "certified"
    assert found.proof.certificate.digest and not found.is_contraction
    claim = lipschitz_claim(bound, 10**9)
    assert str(claim.box["r"]) == "[0, 5764607523034235/576460752303423488]"


def test_a_bound_above_the_limit_is_inconclusive_and_never_a_refutation():
    head, tokens = random_head(2)
    bound = attention_bound(head, tokens, 0.1)
    found = certify(bound, bound.value * 0.9)
    assert (found.verdict, found.reason) == ("inconclusive", "the bound is above the limit")
    assert found.bound == bound.value


def test_no_certificate_is_inconclusive():
    x = emlir.symbols("r")
    bound = LocalBound(emlir.ln(x - x), Fraction(1))
    assert certify(LocalBound(emlir.exp(x), Fraction(1)), 2.71828182846).verdict == "certified"
    with pytest.raises(emlir.DomainError):
        certify(bound, 1)


def test_two_parts_after_each_other_need_balls_that_fit():
    first, second = linear_bound([[2.0]], 1), linear_bound([[3.0]], 1)
    with pytest.raises(ValueError, match="too small"):
        then(first, second)
    chain = then(first, linear_bound([[3.0]], image_radius(first, [[0.0]])))
    assert 6 <= chain.value < 6.0001
    assert 7 <= residual(chain).value < 7.0001


@pytest.mark.parametrize("radius", [-1, -1e-300, float("nan"), float("inf")])
def test_radii_that_are_none(radius):
    head, tokens = random_head(2)
    for bound in (
        lambda: attention_bound(head, tokens, radius),
        lambda: linear_bound([[1.0]], radius),
        lambda: layer_norm_bound(tokens, [1.0], 1e-5, radius),
    ):
        with pytest.raises(ValueError, match=r"radius|nan|inf"):
            bound()


def test_what_is_no_layer_is_refused():
    head, tokens = random_head(2)
    with pytest.raises(ValueError, match="finite numbers"):
        attention_bound(head, tokens * np.nan)
    with pytest.raises(ValueError, match="over the same ball"):
        heads_bound([], np.eye(2))
    hidden = Head(head.query, head.key, head.value, 1.0, bias=np.full((len(tokens),) * 2, -np.inf))
    with pytest.raises(ValueError, match="may look somewhere"):
        attention_bound(hidden, tokens)


def test_layer_norm_near_the_radius_where_the_variance_may_vanish():
    """Rounding the root of the variance down must not let its square grow again."""
    tokens = np.array([[1.0, -1.0, 1.0, -1.0]]) * 0.7310585786300049
    for left in (1e-6, 1e-8, 1e-9, 1e-11):
        radius = 2 * 0.7310585786300049 * (1 - left)
        bound = layer_norm_bound(tokens, np.ones(4), 1e-20, radius)
        # at the rim, towards a token that is the same everywhere
        assert bound.value >= 1 / np.sqrt((0.73105 * left) ** 2 + 1e-20)


def test_weights_of_layer_norm_have_to_fit():
    with pytest.raises(ValueError, match=r"the weights have the shape \(3,\)"):
        layer_norm_bound(np.eye(4), np.ones(3), 1e-5)
    assert layer_norm_bound(np.eye(4), 1.0, 1e-5).value > 2


def test_numbers_that_are_no_floats_are_rounded_with_an_error():
    exact = Fraction(2**60 + 1)
    assert linear_bound([[2**60 + 1]]).expression.number >= exact
    assert Near.of([[2**60 + 1]]).error >= 1
    assert Near.of(np.ones((1, 1), dtype=np.float32)).error == 0
    with pytest.raises(ValueError, match="real numbers"):
        linear_bound([[1j]])


def test_heads_that_are_no_numbers_are_an_error():
    parts = [np.eye(2)] * 3
    with pytest.raises(ValueError, match="a scale is a finite number"):
        attention_bound(Head(*parts, math.inf), np.eye(2))
    with pytest.raises(OverflowError, match="leave the range of floats"):
        attention_bound(Head(*parts, 1.0, bias=np.full((2, 2), math.nan)), np.eye(2))
