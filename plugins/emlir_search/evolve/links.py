"""Links: which positions of a genome are the arguments of a function, for all genomes at once."""

from dataclasses import dataclass

import numpy as np

from emlir_search.evolve.genomes import Genomes, Ints
from emlir_search.evolve.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Links:
    """For each position (formulas, longest) its arguments, -1 for none, and where it begins.

    The subtree of position k is ``start[k]`` to ``k``.
    """

    left: Ints
    right: Ints
    start: Ints


def links(genomes: Genomes, vocabulary: Vocabulary) -> Links:
    """Read all formulas at once, position by position, each with its stack."""
    rows, width = genomes.tokens.shape
    arity = np.where(genomes.tokens >= 0, vocabulary.arity[genomes.tokens], -1)
    left, right = np.full((2, rows, width), -1)
    start = np.tile(np.arange(width), (rows, 1))
    stack = np.zeros((rows, width + 2), dtype=np.int64)
    height = np.zeros(rows, dtype=np.int64)
    every = np.arange(rows)
    for k in range(width):
        one, two = every[arity[:, k] == 1], every[arity[:, k] == 2]
        left[one, k] = stack[one, height[one] - 1]
        left[two, k] = stack[two, height[two] - 2]
        right[two, k] = stack[two, height[two] - 1]
        both = np.concatenate([one, two])
        start[both, k] = start[both, left[both, k]]
        height += np.select([arity[:, k] == 0, arity[:, k] == 2], [1, -1], 0)
        there = every[arity[:, k] >= 0]
        stack[there, height[there] - 1] = k
    return Links(left, right, start)
