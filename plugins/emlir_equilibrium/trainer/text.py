"""The bundled text, by characters, and batches from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import torch
from torch import Tensor

from emlir_equilibrium.draws import seeded

VALIDATION_PART = 0.1
"""The part of the text, its end, that is kept for validation."""


@dataclass(frozen=True)
class Corpus:
    """A text as indices into its characters; ``vocabulary`` holds them in order."""

    vocabulary: str
    training: Tensor
    validation: Tensor

    def batches(
        self, steps: int, batch: int = 8, context: int = 8, seed: int = 0
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Give batches of (indices, targets): random places, the same for a seed."""
        generator = seeded(seed)
        for _ in range(steps):
            yield _cut(self.training, batch, context, generator)

    def validation_batch(self, batch: int = 32, context: int = 8) -> tuple[Tensor, Tensor]:
        """Return one batch of the text kept for validation."""
        generator = seeded(0)
        return _cut(self.validation, batch, context, generator)


def corpus_of(text: str) -> Corpus:
    """Return a text's corpus; the last tenth is for validation."""
    vocabulary = "".join(sorted(set(text)))
    places = {character: index for index, character in enumerate(vocabulary)}
    indices = torch.tensor([places[one] for one in text], device="cpu")
    cut = round(len(indices) * (1 - VALIDATION_PART))
    return Corpus(vocabulary, indices[:cut], indices[cut:])


@cache
def sonnets(letters_only: bool = False) -> Corpus:
    """Return the bundled sonnets; with ``letters_only`` as 26 small letters and the space."""
    path = files("emlir_equilibrium").joinpath("data", "sonnets.txt")
    text = path.read_text(encoding="ascii")
    if letters_only:
        small = "".join(one if one.isalpha() else " " for one in text.lower())
        text = " ".join(small.split())
    return corpus_of(text)


def _cut(
    text: Tensor, batch: int, context: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Sequences at random places, and the same a character on."""
    if len(text) <= context:
        raise ValueError(f"a text of {len(text)} characters is too short for {context} places")
    starts = torch.randint(0, len(text) - context, (batch, 1), generator=generator, device="cpu")
    places = starts + torch.arange(context, device="cpu")
    return text[places], text[places + 1]
