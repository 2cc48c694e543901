"""Semantic backpropagation: what a part of a formula would have to be for all of it to fit.

Functions are inverted along the path from the root (Pawlak, Wieloch and Krawiec 2015); the
errors that a change of the part makes there are the weights. A library of small formulas, all
compared at once, has the part that comes closest, with a scale and an offset of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from emlir_enumerate import Table
from emlir_search.evolve.genomes import Floats, Ints, Piece, constant, function, genome, joined
from emlir_search.evolve.vocabulary import Vocabulary
from emlir_search.wide import Wide

USABLE = 0.9
"""The part of the points at which the wanted values must exist."""
LONGEST_PART = 12
LARGEST = 1e8

Wanted = tuple[Floats, Floats]
"""Values that a part should have, and the weights of their errors."""
FUNCTIONS: dict[str, Callable[..., Floats]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
    "neg": np.negative, "exp": np.exp, "ln": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos,
    "eml": lambda a, b: np.exp(a) - np.log(b),
}  # fmt: skip


@np.errstate(all="ignore")
def traced(piece: Piece, vocabulary: Vocabulary, columns: Mapping[str, Floats]) -> list[Floats]:
    """The values of every subtree, by the position of its root."""
    points = next(iter(columns.values())).size
    stack: list[Floats] = []
    found: list[Floats] = []
    for token, value in zip(piece[0].tolist(), piece[1].tolist(), strict=True):
        if token < vocabulary.constant:
            stack.append(columns[vocabulary.names[token]])
        elif token == vocabulary.constant:
            stack.append(np.full(points, value))
        else:
            name = vocabulary.functions[token - vocabulary.first]
            count = int(vocabulary.arity[token])
            args = stack[len(stack) - count :]
            del stack[len(stack) - count :]
            stack.append(FUNCTIONS[name](*args))
        found.append(stack[-1])
    return found


@np.errstate(all="ignore")
def wanted(
    piece: Piece,
    start: Ints,
    place: int,
    values: list[Floats],
    root: Wanted,
    vocabulary: Vocabulary,
) -> Wanted | None:
    """What the subtree at ``place`` should be; ``None`` where a function has no inverse."""
    node, want = len(piece[0]) - 1, root
    while node != place:
        name = vocabulary.functions[int(piece[0][node]) - vocabulary.first]
        right = node - 1
        left = int(start[right]) - 1 if vocabulary.arity[piece[0][node]] == 2 else right
        is_left = place <= left
        inverse = _INVERSES.get((name, is_left))
        if inverse is None:
            return None
        want = inverse(*want, values[right if is_left else left])
        node = left if is_left else right
    target, weight = want
    usable = np.isfinite(target) & np.isfinite(weight) & (weight > 0)
    if usable.mean() < USABLE:
        return None
    return np.where(usable, target, 0.0), np.where(usable, weight, 0.0)


def _mul(t: Floats, w: Floats, other: Floats) -> Wanted:
    return t / other, w * np.abs(other)


_INVERSES: dict[tuple[str, bool], Callable[[Floats, Floats, Floats], Wanted]] = {
    ("add", True): lambda t, w, other: (t - other, w),
    ("add", False): lambda t, w, other: (t - other, w),
    ("sub", True): lambda t, w, other: (t + other, w),
    ("sub", False): lambda t, w, other: (other - t, w),
    ("mul", True): _mul,
    ("mul", False): _mul,
    ("div", True): lambda t, w, other: (t * other, w / np.abs(other)),
    ("div", False): lambda t, w, other: (other / t, w * t**2 / np.abs(other)),
    ("pow", True): lambda t, w, power: (
        t ** (1 / power),
        w * np.abs(power * t / t ** (1 / power)),
    ),
    ("neg", True): lambda t, w, _: (-t, w),
    ("exp", True): lambda t, w, _: (np.log(t), w * t),
    ("ln", True): lambda t, w, _: (np.exp(t), w * np.exp(-t)),
    ("eml", True): lambda t, w, b: (np.log(t + np.log(b)), w * (t + np.log(b))),
    ("eml", False): lambda t, w, a: (np.exp(np.exp(a) - t), w * np.exp(t - np.exp(a))),
    ("sqrt", True): lambda t, w, _: (np.where(t >= 0, t * t, np.nan), w / np.abs(2 * t)),
}


@dataclass(frozen=True, eq=False)
class Library:
    """Small formulas with their values at the points, divided by the largest in ``sizes``."""

    pieces: list[Piece]
    values: Floats
    squares: Floats
    sizes: Floats

    @classmethod
    def of(cls, wide: "Wide | Table", vocabulary: Vocabulary) -> "Library":
        """Take the classes of a table that can be written and are not constant."""
        size = np.max(np.abs(wide.values), axis=1)
        varies = np.ptp(wide.values, axis=1) > 1e-6 * size
        rows, pieces = [], []
        for row in np.flatnonzero((size < LARGEST) & varies).tolist():
            piece = genome(wide.expression(row), vocabulary, LONGEST_PART)
            if piece is not None:
                rows.append(row)
                pieces.append(piece)
        values = wide.values[rows] / size[rows, None]
        return cls(pieces, values, values**2, size[rows])

    @np.errstate(all="ignore")
    def nearest(self, wants: Sequence[Wanted], count: int) -> Ints:
        """Return (wants, count): the formulas f for which a + b*f comes closest to each."""
        targets = np.stack([target for target, _ in wants])
        weights = np.stack([weight / weight.max() for _, weight in wants]) ** 2
        total = weights.sum(1)
        aims = targets - (np.sum(weights * targets, axis=1) / total)[:, None]
        mean = (weights @ self.values.T) / total[:, None]
        spread = weights @ self.squares.T - total[:, None] * mean**2
        match = (weights * aims) @ self.values.T  # the aims have the weighted mean 0
        gain = np.where(spread > 1e-9 * total[:, None], match**2 / spread, 0.0)
        gain = np.nan_to_num(gain, nan=0.0, posinf=0.0)
        return np.argsort(-gain, axis=1, kind="stable")[:, :count]

    def scaled(self, row: int, want: Wanted, vocabulary: Vocabulary) -> Piece:
        """Return a + b*f for the best a and b; without those that do nothing.

        Where nothing can be added it is b*f.
        """
        values = self.values[row] * self.sizes[row]
        target, weight = want
        root = weight / weight.max()
        base = root if vocabulary.has("add") else np.zeros_like(root)
        matrix = np.stack([base, values * root], axis=1)
        offset, scale = np.linalg.lstsq(matrix, target * root, rcond=None)[0].tolist()
        size = float(np.max(np.abs(target)))
        piece = self.pieces[row]
        if abs(scale - 1) > 1e-9:
            piece = joined(piece, constant(scale, vocabulary), function("mul", vocabulary))
        if abs(offset) > 1e-9 * size:
            piece = joined(piece, constant(offset, vocabulary), function("add", vocabulary))
        return piece
