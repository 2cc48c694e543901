"""The values of a population: one program for all of its formulas."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir import Program
from emlir.plugin_api import Backend, number, symbol
from emlir_search.evolve.genomes import Floats, Genomes
from emlir_search.evolve.links import Links
from emlir_search.evolve.vocabulary import Vocabulary


def program(genomes: Genomes, found: Links, vocabulary: Vocabulary) -> Program:
    """Write all formulas as the roots of one program: variables first, then row by row."""
    names = vocabulary.names
    used = genomes.tokens >= vocabulary.constant
    at = np.cumsum(used.ravel()).reshape(used.shape) - 1 + len(names)
    at = np.where(used, at, genomes.tokens)  # a variable is the row of its number
    tokens = genomes.tokens[used]
    is_constant = tokens == vocabulary.constant
    arity = np.where(is_constant, 1, vocabulary.arity[tokens])
    every = np.arange(len(genomes))[:, None]
    first = np.where(found.left >= 0, at[every, found.left], -1)[used]
    second = np.where(found.right >= 0, at[every, found.right], -1)[used]
    first[is_constant] = np.arange(is_constant.sum())
    pairs = np.stack([first, second], axis=1)
    args = pairs[np.arange(2) < arity[:, None]]
    sizes = np.concatenate([np.ones(len(names), dtype=np.int64), arity])
    return Program(
        operators=(symbol(names[0]).op, number(1).op, *vocabulary.operators),
        op=_column(np.concatenate([np.zeros(len(names)), tokens - vocabulary.constant + 1])),
        args=_column(np.concatenate([np.arange(len(names)), args])),
        offsets=_column(np.concatenate([[0], np.cumsum(sizes)])),
        constants=tuple(map(Fraction, genomes.values[used][is_constant].tolist())),
        symbols=names,
        roots=_column(at[np.arange(len(genomes)), genomes.length - 1]),
    )


def _column(values: NDArray[Any]) -> NDArray[np.int32]:
    return np.ascontiguousarray(values, dtype=np.int32)


@np.errstate(all="ignore")
def outputs(
    genomes: Genomes,
    found: Links,
    vocabulary: Vocabulary,
    columns: Mapping[str, Floats],
    backend: Backend,
) -> Floats:
    """Return the values (formulas, points), NaN where undefined."""
    ready = backend.compile(program(genomes, found, vocabulary), "real", "float64")
    return np.asarray(ready.run(columns))
