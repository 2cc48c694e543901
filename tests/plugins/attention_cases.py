"""Attention to test with: random layers, their references, and the true norm of a Jacobian."""

from fractions import Fraction

import numpy as np
import torch
from hypothesis import strategies as st

from emlir_attention import Head, unit

DTYPES = (torch.float64, torch.float32)


@st.composite
def layers(draw, dtype=torch.float64, longest=6):
    """A layer of random shape, with fewer key heads than query heads at times."""
    batch, groups, shared = (
        draw(st.integers(1, 2)),
        draw(st.integers(1, 2)),
        draw(st.integers(1, 2)),
    )
    length, width, wide = (
        draw(st.integers(1, longest)),
        draw(st.integers(1, 3)),
        draw(st.integers(1, 3)),
    )
    seed, size = draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([0.1, 1.0, 10.0]))
    made = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=made, dtype=torch.float64).mul(size).to(dtype)

    heads = groups * shared
    return {
        "query": normal(batch, heads, length, width),
        "key": normal(batch, groups, length, width),
        "value": normal(batch, groups, length, wide),
        "mask": torch.rand(batch, 1, length, length, generator=made) < 0.7,
        "bias": normal(heads, length, length),
    }


def plain_softmax(layer, *, causal=False, mask=None, bias=None, soft_cap=None, scale=None):
    """Softmax attention, head by head and row by row, in float64 NumPy; no weight, no output."""
    query, key, value = (layer[name].double().numpy() for name in ("query", "key", "value"))
    batch, heads, rows, width = query.shape
    share, columns = heads // key.shape[1], key.shape[2]
    out = np.zeros((batch, heads, rows, value.shape[-1]))
    for b, h, i in np.ndindex(batch, heads, rows):
        scores = key[b, h // share] @ query[b, h, i] * (width**-0.5 if scale is None else scale)
        if soft_cap is not None:
            scores = soft_cap * np.tanh(scores / soft_cap)
        if bias is not None:
            scores = scores + bias[h, i].double().numpy()
        seen = np.ones(columns, dtype=bool) if mask is None else mask[b, 0, i].numpy()
        if causal:
            seen = seen & (np.arange(columns) <= i + columns - rows)
        if seen.any():
            sizes = np.where(seen, np.exp(scores - scores[seen].max()), 0.0)
            out[b, h, i] = sizes @ value[b, h // share] / sizes.sum()
    return torch.from_numpy(out)


def delta_layer(seed, length=None, dtype=torch.float64):
    """Queries, keys, values, gates and rates: gates of 0, near 0 and near 1 among them."""
    made = np.random.default_rng(seed)
    batch, groups, share = made.integers(1, 3), made.integers(1, 3), made.integers(1, 3)
    length = int(made.integers(1, 513)) if length is None else length
    width, wide, heads = made.integers(1, 9), made.integers(1, 9), groups * share
    kind = made.choice(["plain", "open", "shut", "mixed"])
    gates = {
        "plain": -made.exponential(size=(batch, heads, length)),
        "open": -1e-9 * made.exponential(size=(batch, heads, length)),
        "shut": -600 - made.exponential(size=(batch, heads, length)),
        "mixed": -(10.0 ** made.uniform(-12, 3, size=(batch, heads, length))),
    }[kind]
    gates[made.random(gates.shape) < 0.01] = -np.inf
    rates = made.choice([1e-9, 0.5, 1.0, 1 - 1e-12], size=gates.shape) * made.random(gates.shape)

    def take(values):
        return torch.from_numpy(np.asarray(values)).to(dtype)

    return (
        unit(take(made.normal(size=(batch, groups, length, width)))),
        unit(take(made.normal(size=(batch, groups, length, width)))),
        take(made.normal(size=(batch, heads, length, wide))),
        take(gates),
        take(rates),
    )


def off(found, wanted):
    """The largest difference, relative to the largest number that is wanted."""
    found, wanted = found.detach(), wanted.detach()
    return float(
        (found.double() - wanted.double()).abs().max() / wanted.abs().max().clamp_min(1e-300)
    )


def random_head(seed, longest=6, widest=7):
    """A head and its tokens, from diffuse to peaked."""
    made = np.random.default_rng(seed)
    length, width, inner, wide = made.integers(1, [longest, widest, 5, 5]) + 1
    size = 10 ** made.uniform(-1.5, 1)

    def normal(*shape):
        return made.normal(size=shape)

    head = Head(
        normal(width, inner),
        normal(width, inner),
        normal(width, wide),
        float(inner**-0.5),
        causal=bool(made.integers(2)),
    )
    return head, normal(length, width) * size


def true_jacobian(head, tokens):
    """The Jacobian of a head at tokens, block by block; biases of projections are seen."""
    weights, length = head.weights(tokens), len(tokens)
    keys, queries = tokens @ head.key, tokens @ head.query
    if head.key_bias is not None:
        keys, queries = keys + head.key_bias, queries + head.query_bias
    values = tokens @ head.value
    full = np.zeros((length, head.value.shape[1], *tokens.shape))
    for i, row in enumerate(weights):
        turned = values.T @ (np.diag(row) - np.outer(row, row)) * head.scale
        full[i, :, i, :] += turned @ keys @ head.query.T
        for j in range(length):
            full[i, :, j, :] += row[j] * head.value.T
            full[i, :, j, :] += np.outer(turned[:, j], queries[i] @ head.key.T)
    return full.reshape(length * head.value.shape[1], -1)


def true_norm(head, tokens):
    """The norm of the Jacobian."""
    return float(np.linalg.norm(true_jacobian(head, tokens), 2))


FAILING = [
    ("threshold", ([1.0, 2.0], 1.0, [1.0, 1.0], -1.0, "linf"), "error"),
    ("threshold", ([1.0, 2.0], 1.0, [1.0, 1.0], -1.0, "l2"), "error"),
    ("threshold", ([1.0, 2.0], 1.0, [1.0, 1.0], None, "l2"), "error"),
    ("threshold", ([1.0, 2.0], 1.0, [1.0, 1.0], [], "l2"), "error"),
    ("threshold", ([1.0, 2.0], 1.0, [1.0, 1.0], float("nan"), "l2"), "error"),
    ("threshold", ([1e16, 1.0, -1e16], 0.5, [1.0, 1.0, 1.0], 0.0, "l2"), "refuted"),
    ("threshold", ([1e16, 1.0, -1e16], 0.5, [1.0, 1.0, 1.0], 0.0, "linf"), "refuted"),
    ("threshold", ([1e-20], 1e-20, [0.0], 2.0, "linf"), "refuted"),
    ("threshold", ([1e-20], 3e-20, [0.0], 2.0, "linf"), "proved"),
    ("concentration", ([6e-19, *[4e-19] * 4], 0, Fraction(9, 10), 0), "refuted"),
    ("concentration", ([1e-30, 2e-32, 1e-33], 0, Fraction(9, 10), 0), "proved"),
    ("concentration", ([1e-320, 2e-320], 0, Fraction(9, 10), 0), "refuted"),
    ("concentration", ([0.9, 0.1], 0, Fraction(1, 2), -1), "error"),
    ("concentration", ([], 0, Fraction(1, 2), 0), "error"),
]
"""What the peer got wrong, with the right verdict: tiny weights, radii that are none."""
