"""Genomes: formulas as rows of tokens in postfix order, a constant's value beside its token."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import postorder, symbol
from emlir_search.evolve.vocabulary import Vocabulary

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Piece = tuple[Ints, Floats]
"""The tokens and values of one formula, or of a part of one."""


@dataclass(frozen=True, eq=False)
class Genomes:
    """``tokens`` and ``values`` (formulas, longest), of which each uses its first ``length``."""

    tokens: Ints
    values: Floats
    length: Ints

    def __len__(self) -> int:
        return len(self.length)

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> "Genomes":
        """Put pieces together."""
        length = np.array([len(tokens) for tokens, _ in pieces], dtype=np.int64)
        tokens = np.full((len(pieces), int(length.max(initial=1))), -1)
        values = np.zeros(tokens.shape)
        for row, (some, theirs) in enumerate(pieces):
            tokens[row, : len(some)] = some
            values[row, : len(some)] = theirs
        return cls(tokens, values, length)

    def piece(self, row: int) -> Piece:
        """One formula."""
        stop = self.length[row]
        return self.tokens[row, :stop], self.values[row, :stop]

    def take(self, rows: NDArray[np.intp]) -> "Genomes":
        """Some of the formulas, in a new order."""
        return Genomes(self.tokens[rows], self.values[rows], self.length[rows])

    def joined(self, other: "Genomes") -> "Genomes":
        """These formulas, and others after them."""
        width = max(self.tokens.shape[1], other.tokens.shape[1])
        parts = [(g.tokens, g.values) for g in (self, other)]
        tokens = [
            np.pad(t, ((0, 0), (0, width - t.shape[1])), constant_values=-1) for t, _ in parts
        ]
        values = [np.pad(v, ((0, 0), (0, width - v.shape[1]))) for _, v in parts]
        return Genomes(
            np.concatenate(tokens),
            np.concatenate(values),
            np.concatenate([self.length, other.length]),
        )


def joined(*pieces: Piece) -> Piece:
    """One piece after the other."""
    return np.concatenate([p[0] for p in pieces]), np.concatenate([p[1] for p in pieces])


def constant(value: float, vocabulary: Vocabulary) -> Piece:
    """A constant as a piece."""
    return np.array([vocabulary.constant]), np.array([value])


def function(name: str, vocabulary: Vocabulary) -> Piece:
    """A function, to be put after its arguments."""
    return np.array([vocabulary.function(name)]), np.zeros(1)


def expression(piece: Piece, vocabulary: Vocabulary, constants: Sequence[Expr]) -> Expr:
    """Write a formula; its k-th constant is ``constants[k]``."""
    stack: list[Expr] = []
    used = 0
    for token in piece[0].tolist():
        if token < vocabulary.constant:
            stack.append(symbol(vocabulary.names[token]))
        elif token == vocabulary.constant:
            stack.append(constants[used])
            used += 1
        else:
            operator = vocabulary.operators[token - vocabulary.first]
            args = stack[len(stack) - operator.arity :]
            del stack[len(stack) - operator.arity :]
            stack.append(operator(*args))
    return stack[0]


def exact_expression(piece: Piece, vocabulary: Vocabulary) -> Expr:
    """Write a formula with the values that its constants have, as the shortest decimals."""
    _, values = piece
    places = piece[0] == vocabulary.constant
    return expression(piece, vocabulary, [emlir.const(float(value)) for value in values[places]])


def genome(expr: Expr, vocabulary: Vocabulary, longest: int) -> Piece | None:
    """Read a formula; ``None`` if it is too long or has other operators."""
    if expr.tree_size > longest:
        return None
    pieces: dict[Expr, list[tuple[int, float]]] = {}
    for node in postorder((expr,)):
        if node.is_number:
            pieces[node] = [(vocabulary.constant, float(node.number))]
        elif node.is_symbol and node.name in vocabulary.names:
            pieces[node] = [(vocabulary.names.index(node.name), 0.0)]
        elif node.op.name in vocabulary.functions:
            parts = [pair for arg in node.args for pair in pieces[arg]]
            pieces[node] = [*parts, (vocabulary.function(node.op.name), 0.0)]
        else:
            return None
    tokens, values = zip(*pieces[expr], strict=True)
    return np.array(tokens, dtype=np.int64), np.array(values, dtype=np.float64)
