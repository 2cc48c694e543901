"""Where training starts: random weights of four kinds, or a known tree with noise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir_search.gradient.shape import BELOW, Ints, Shape, choices_of

Floats = NDArray[np.float64]

KINDS = ("biased", "uniform", "variables", "hot")
"""The four kinds of the paper's toolkit, which calls the last two xy_biased and random_hot."""
SPREAD = 1.0
CLOSED, HOT = 4.0, 3.0
"""How far an inner input starts on the side of 1, so that the tree starts shallow."""
OPEN = 0.25
"""The part of the inner inputs of a hot start that begin with the node below."""
SURE = 32.0
"""Logits of what a tree says are this, those of all else minus this (as in the toolkit)."""


@dataclass(frozen=True, eq=False)
class Logits:
    """Weights before the softmax, of many trees of one shape.

    ``inner`` (trees, inner inputs, terms) and ``leaf`` (trees, leaves, variables + 1).
    """

    inner: Floats
    leaf: Floats

    def __len__(self) -> int:
        return len(self.leaf)

    @classmethod
    def joined(cls, parts: "Sequence[Logits]") -> "Logits":
        """Put the trees of several together."""
        return cls(
            np.concatenate([part.inner for part in parts]),
            np.concatenate([part.leaf for part in parts]),
        )

    def choices(self) -> Ints:
        """The largest choice of every input (trees, inputs)."""
        inner = self.inner.argmax(-1)
        inner = np.where(inner == self.inner.shape[-1] - 1, BELOW, inner)
        return np.concatenate([inner, self.leaf.argmax(-1)], axis=1)


def random_start(shape: Shape, kind: str, rng: np.random.Generator) -> Logits:
    """Draw the weights of one tree; ``kind`` is one of ``KINDS``."""
    inner = rng.normal(0, SPREAD, (shape.inner, shape.terms))
    leaf = rng.normal(0, SPREAD, (shape.leaves, shape.variables + 1))
    inner[:, 0] += HOT if kind == "hot" else CLOSED
    if kind == "biased":
        leaf[:, 0] += 2
    elif kind == "variables":
        leaf[:, 1:] += 1
    elif kind == "hot":
        chosen = rng.integers(shape.variables + 1, size=shape.leaves)
        leaf[np.arange(shape.leaves), chosen] += HOT
        is_open = rng.random(shape.inner) < OPEN
        inner[is_open, 0] -= HOT
        inner[is_open, -1] += HOT
    return Logits(inner[None], leaf[None])


def perturbed(
    tree: Expr, noise: float, seed: int | Sequence[int], shape: Shape, names: Sequence[str]
) -> Logits | None:
    """Return the weights of a known tree with normal noise of that standard deviation.

    ``None`` for a tree that does not fit into the shape.
    """
    choices = choices_of(tree, shape, names)
    if choices is None:
        return None
    rng = np.random.default_rng(seed)
    inner = _one_hot(choices[: shape.inner] % shape.terms, shape.terms)
    leaf = _one_hot(choices[shape.inner :], shape.variables + 1)
    parts = [SURE * (2 * part - 1) for part in (inner, leaf)]
    inner, leaf = (part + rng.normal(0, noise, part.shape) for part in parts)
    return Logits(inner[None], leaf[None])


def _one_hot(choices: Ints, count: int) -> Floats:
    return np.asarray(choices[:, None] == np.arange(count), dtype=np.float64)
