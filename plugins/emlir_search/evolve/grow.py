"""Random formulas and parts of formulas."""

import numpy as np

from emlir_search.evolve.genomes import Piece
from emlir_search.evolve.vocabulary import Vocabulary

CONSTANT = 0.3
"""How often a leaf is a constant."""
SINGLE = 0.3
"""How often a function takes one argument."""
RARE = {"pow": 0.4, "neg": 0.3, "sin": 0.7, "cos": 0.7}


class Grower:
    """Makes random pieces; what is random comes from ``rng``."""

    def __init__(self, vocabulary: Vocabulary, rng: np.random.Generator) -> None:
        self._vocabulary, self._rng = vocabulary, rng
        self._chances = []
        for arity in (1, 2):
            tokens = vocabulary.taking(arity)
            names = [vocabulary.functions[token - vocabulary.first] for token in tokens]
            weights = np.array([RARE.get(name, 1.0) for name in names])
            self._chances.append((tokens, weights / weights.sum()))

    def function(self, arity: int) -> int:
        """A random function."""
        tokens, chances = self._chances[arity - 1]
        return int(self._rng.choice(tokens, p=chances))

    def leaf(self) -> tuple[int, float]:
        """A variable, or a constant with a value."""
        vocabulary, rng = self._vocabulary, self._rng
        if rng.random() < CONSTANT:
            return vocabulary.constant, self.value()
        return int(rng.integers(len(vocabulary.names))), 0.0

    def value(self) -> float:
        """A value for a constant: small integers, and anything near 1."""
        rng = self._rng
        if rng.random() < 0.5:
            return float(rng.choice([1.0, 2.0, -1.0, 3.0, 0.5]))
        return float(np.round(rng.normal(0, 2), 3)) or 1.0

    def piece(self, size: int) -> Piece:
        """A formula of so many tokens, or one less."""
        rng = self._rng
        has_single = bool(len(self._vocabulary.taking(1)))
        tokens: list[tuple[int, float]] = []
        todo: list[tuple[int, int]] = [(size, 0)]  # nodes to make, or (0, function)
        while todo:
            wanted, function = todo.pop()
            if function:
                tokens.append((function, 0.0))
            elif wanted < 2 or (wanted == 2 and not has_single):
                tokens.append(self.leaf())
            elif has_single and (wanted == 2 or rng.random() < SINGLE):
                todo += [(0, self.function(1)), (wanted - 1, 0)]
            else:
                left = int(rng.integers(1, wanted - 1))
                todo += [(0, self.function(2)), (wanted - 1 - left, 0), (left, 0)]
        codes, values = zip(*tokens, strict=True)
        return np.array(codes, dtype=np.int64), np.array(values, dtype=np.float64)
