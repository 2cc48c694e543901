"""Lipschitz bounds of heads with rotary positions, against Jacobians by automatic derivatives."""

import dataclasses

import numpy as np
import pytest
import torch

from emlir_attention import (
    Head,
    attention_bound,
    certify,
    norms_at,
    rotated,
    softmax_weights,
    theorem3,
)
from tests.plugins.attention_cases import random_head

EVEN = 1 - 1e-9
"""The true norm is computed in floats, too."""


def turning_head(seed):
    """A head with an even width and turns of all sizes, its tokens, and the angles."""
    made = np.random.default_rng(seed)
    head, tokens = random_head(seed, longest=5, widest=5)
    width = head.query.shape[0]
    query, key = made.normal(size=(2, width, 4))
    angles = made.uniform(-4, 4, size=(len(tokens), 2))
    rotation = (np.cos(angles), np.sin(angles))
    return dataclasses.replace(head, query=query, key=key, rotation=rotation), tokens


def turned(values, rotation):
    cosines, sines = map(torch.from_numpy, rotation)
    left, right = values.chunk(2, -1)
    return torch.cat((left * cosines - right * sines, right * cosines + left * sines), -1)


def output(head, tokens):
    query, key, value = (
        tokens @ torch.from_numpy(part) for part in (head.query, head.key, head.value)
    )
    scores = turned(query, head.rotation) @ turned(key, head.rotation).mT * head.scale
    if head.causal:
        scores = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -torch.inf)
    return torch.softmax(scores, -1) @ value


def true_norm(head, tokens):
    at = torch.from_numpy(tokens)
    found = torch.autograd.functional.jacobian(lambda x: output(head, x), at)
    return float(torch.linalg.matrix_norm(found.reshape(-1, at.numel()), 2))


def test_no_true_norm_is_above_the_bound_at_the_tokens_or_in_a_ball():
    near = []
    for seed in range(40):
        head, tokens = turning_head(seed)
        near.append(true_norm(head, tokens) / attention_bound(head, tokens).value)
        radius = [1e-3, 0.1, 1.0][seed % 3]
        step = np.random.default_rng(seed).normal(size=tokens.shape)
        moved = tokens + radius * step / np.linalg.norm(step)
        assert true_norm(head, moved) * EVEN <= attention_bound(head, tokens, radius).value
    assert max(near) * EVEN <= 1 and np.median(near) > 0.5


@pytest.mark.parametrize("part", ["from_rows", "from_sources"])
def test_the_bound_of_the_same_head_without_turns_would_be_too_small(part):
    wrong = 0
    for seed in range(120):
        head, tokens = turning_head(seed)
        norms, plain = (
            norms_at(head, tokens),
            norms_at(dataclasses.replace(head, rotation=None), tokens),
        )
        wrong += getattr(plain, part) < getattr(norms, part) * 0.9
    assert wrong > 10


def test_turns_by_nothing_change_nothing():
    head, tokens = turning_head(4)
    still = (np.ones((len(tokens), 2)), np.zeros((len(tokens), 2)))
    left = attention_bound(dataclasses.replace(head, rotation=still), tokens).value
    assert left == pytest.approx(
        attention_bound(dataclasses.replace(head, rotation=None), tokens).value, rel=1e-6
    )


def test_turns_are_those_of_rotated():
    made = np.random.default_rng(1)
    query, key, value = made.normal(size=(3, 6, 4))
    tokens = made.normal(size=(5, 6))
    angles = np.arange(5)[:, None] * 10_000.0 ** (-np.arange(0, 4, 2) / 4)
    head = Head(query, key, value, 0.5, True, rotation=(np.cos(angles), np.sin(angles)))
    both = (rotated(torch.from_numpy(tokens @ part)[None]) for part in (query, key))
    wanted = softmax_weights(*both, scale=0.5, causal=True).values()[0]
    assert np.abs(head.weights(tokens) - wanted.numpy()).max() < 1e-12
    bound = attention_bound(head, tokens, "0.01")
    assert certify(bound, bound.value * 1.01).verdict == "certified"


def test_turns_that_do_not_fit_are_refused():
    head, tokens = turning_head(2)
    for shape in ((1, 2), (len(tokens), 3)):
        bad = dataclasses.replace(head, rotation=(np.ones(shape), np.ones(shape)))
        with pytest.raises(ValueError, match="cosines and sines are finite, and of the shape"):
            attention_bound(bad, tokens)
        with pytest.raises(ValueError, match="cosines and sines"):
            bad.weights(tokens)
    with pytest.raises(ValueError, match="without biases and rotations"):
        theorem3(head, tokens)
