"""The task: does a sequence of random tokens contain the marker?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor

MARKER = 1
"""The token that decides the label. 0 is left out: it is BERT's padding, which learns nothing."""

TRIES = 100
"""How often rows that are there already are drawn anew."""


@dataclass(frozen=True)
class Data:
    """What one seed gives: rows of tokens, their labels, and the rows of each training step."""

    tokens: "Tensor"
    labels: "Tensor"
    validation_tokens: "Tensor"
    validation_labels: "Tensor"
    order: "Tensor"


@dataclass(frozen=True)
class Task:
    """Rows of ``length`` tokens below ``vocabulary``; the label is 1 where the marker occurs.

    It occurs once, at any place, in every second row, so the classes are balanced. Training and
    validation have no row in common; each training step takes ``batch`` rows, and all are
    taken once, in random order, before one comes again.
    """

    vocabulary: int = 64
    length: int = 16
    train_rows: int = 2048
    validation_rows: int = 128
    batch: int = 64

    def draw(self, seed: int, steps: int, label_noise: float = 0.0) -> Data:
        """Return the data of a seed.

        ``label_noise`` is the part of the training labels that is flipped: of n rows, exactly
        round(label_noise n). All else is the same with noise and without it.

        Raises ``ValueError`` if the tokens are too few for rows that are all different.
        """
        import torch

        generator = torch.Generator().manual_seed(seed)
        count = self.train_rows + self.validation_rows
        labels = torch.arange(count) % 2
        tokens = self._different(labels, generator)
        flipped = torch.randperm(self.train_rows, generator=generator)
        flipped = flipped[: round(label_noise * self.train_rows)]
        labels[flipped] = 1 - labels[flipped]
        n = self.train_rows
        order = self._order(steps, generator)
        return Data(tokens[:n], labels[:n], tokens[n:], labels[n:], order)

    def _different(self, labels: "Tensor", generator: "Generator") -> "Tensor":
        """Rows of these labels; those that were there before are drawn anew."""
        tokens = self._tokens(labels, generator)
        for _ in range(TRIES):
            again = _repeated(tokens)
            if not again.any():
                return tokens
            tokens[again] = self._tokens(labels[again], generator)
        raise ValueError(f"too few different rows for {self}: take more tokens, or longer rows")

    def _tokens(self, labels: "Tensor", generator: "Generator") -> "Tensor":
        import torch

        shape = (len(labels), self.length)
        tokens = torch.randint(MARKER + 1, self.vocabulary, shape, generator=generator)
        places = torch.randint(self.length, (len(labels),), generator=generator)
        marked = labels == 1
        tokens[marked, places[marked]] = MARKER
        return tokens

    def _order(self, steps: int, generator: "Generator") -> "Tensor":
        """The rows of each step."""
        import torch

        needed = steps * self.batch
        rounds = [
            torch.randperm(self.train_rows, generator=generator)
            for _ in range(-(-needed // self.train_rows))
        ]
        return torch.cat(rounds)[:needed].view(steps, self.batch)


def _repeated(rows: "Tensor") -> "Tensor":
    """Which rows are equal to one before them."""
    import torch

    _, group = torch.unique(rows, dim=0, return_inverse=True)
    places = torch.arange(len(rows))
    first = torch.full_like(places, len(rows)).scatter_reduce(0, group, places, "amin")
    return first[group] != places
