"""Children: crossover of subtrees, and mutations of tokens, subtrees and constants."""

import numpy as np

from emlir_search.evolve.genomes import Genomes, Ints, Piece, joined
from emlir_search.evolve.grow import Grower
from emlir_search.evolve.links import Links
from emlir_search.evolve.vocabulary import Vocabulary

KINDS = ("cross", "subtree", "token", "hoist", "wrap", "constant", "loosen")
CHANCES = (0.4, 0.12, 0.1, 0.05, 0.13, 0.05, 0.15)
LARGEST_PART = 7


class Breeder:
    """Makes children of a population; what is random comes from ``rng``."""

    def __init__(
        self, vocabulary: Vocabulary, longest: int, rng: np.random.Generator, grower: Grower
    ) -> None:
        self._vocabulary, self.longest = vocabulary, longest
        self.rng, self._grower = rng, grower

    def children(self, parents: Genomes, found: Links, chosen: Ints) -> list[Piece]:
        """Return a child for each chosen row; mates are chosen rows too."""
        kinds = self.rng.choice(len(KINDS), len(chosen), p=CHANCES)
        mates = self.rng.permutation(chosen)
        made = []
        for row, mate, kind in zip(chosen.tolist(), mates.tolist(), kinds.tolist(), strict=True):
            child = getattr(self, f"_{KINDS[kind]}")(parents, found, row, mate)
            if len(child[0]) <= self.longest:
                made.append(child)
        return made

    def _place(self, genomes: Genomes, found: Links, row: int) -> tuple[int, int]:
        """A random subtree, functions more often than leaves."""
        length = int(genomes.length[row])
        stop = int(self.rng.integers(length))
        if genomes.tokens[row, stop] < self._vocabulary.first and self.rng.random() < 0.5:
            stop = int(self.rng.integers(length))
        return int(found.start[row, stop]), stop + 1

    def _cross(self, genomes: Genomes, found: Links, row: int, mate: int) -> Piece:
        begin, end = self._place(genomes, found, mate)
        donor = genomes.tokens[mate, begin:end], genomes.values[mate, begin:end]
        return self._with(genomes, found, row, donor)

    def _subtree(self, genomes: Genomes, found: Links, row: int, mate: int) -> Piece:
        size = int(self.rng.integers(1, LARGEST_PART + 1))
        return self._with(genomes, found, row, self._grower.piece(size))

    def _with(self, genomes: Genomes, found: Links, row: int, donor: Piece) -> Piece:
        return replaced(genomes.piece(row), self._place(genomes, found, row), donor)

    def _token(self, genomes: Genomes, found: Links, row: int, mate: int) -> Piece:
        tokens, values = copied(genomes.piece(row))
        place = int(self.rng.integers(len(tokens)))
        arity = int(self._vocabulary.arity[tokens[place]])
        if arity:
            tokens[place] = self._grower.function(arity)
        else:
            tokens[place], values[place] = self._grower.leaf()
        return tokens, values

    def _hoist(self, genomes: Genomes, found: Links, row: int, mate: int) -> Piece:
        begin, end = self._place(genomes, found, row)
        return genomes.tokens[row, begin:end], genomes.values[row, begin:end]

    def _wrap(self, genomes: Genomes, found: Links, row: int, mate: int) -> Piece:
        """A subtree becomes the argument of a new function."""
        begin, end = self._place(genomes, found, row)
        tokens, values = genomes.piece(row)
        part = tokens[begin:end], values[begin:end]
        if len(self._vocabulary.taking(1)) and self.rng.random() < 0.4:
            new = np.array([self._grower.function(1)]), np.zeros(1)
            return replaced((tokens, values), (begin, end), joined(part, new))
        other = self._grower.piece(int(self.rng.integers(1, 4)))
        pair = (part, other) if self.rng.random() < 0.5 else (other, part)
        new = np.array([self._grower.function(2)]), np.zeros(1)
        return replaced((tokens, values), (begin, end), joined(*pair, new))

    def _constant(self, genomes: Genomes, found: Links, row: int, mate: int) -> Piece:
        tokens, values = copied(genomes.piece(row))
        places = np.flatnonzero(tokens == self._vocabulary.constant)
        if not len(places):
            return self._subtree(genomes, found, row, mate)
        place = self.rng.choice(places)
        values[place] = self._grower.value() if self.rng.random() < 0.5 else -values[place]
        return tokens, values

    def _loosen(self, genomes: Genomes, found: Links, row: int, mate: int) -> Piece:
        """A part gets a factor or a summand, which does nothing until it is fitted."""
        place = self._place(genomes, found, row)
        begin, end = place
        tokens, values = genomes.piece(row)
        is_factor = self.rng.random() < 0.7 or not self._vocabulary.has("add")
        name, start = ("mul", 1.0) if is_factor else ("add", 0.0)
        new = np.array([self._vocabulary.constant, self._vocabulary.function(name)])
        part = joined((tokens[begin:end], values[begin:end]), (new, np.array([start, 0.0])))
        return replaced((tokens, values), place, part)


def copied(piece: Piece) -> Piece:
    """A piece that may be changed."""
    return piece[0].copy(), piece[1].copy()


def replaced(piece: Piece, place: tuple[int, int], part: Piece) -> Piece:
    """Put a part in the place of another one."""
    begin, end = place
    before = piece[0][:begin], piece[1][:begin]
    return joined(before, part, (piece[0][end:], piece[1][end:]))
