"""What a population is judged by: how much of the target a formula leaves unexplained."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emlir.plugin_api import Backend
from emlir_search.evolve.genomes import Floats, Genomes
from emlir_search.evolve.links import links
from emlir_search.evolve.outputs import outputs
from emlir_search.evolve.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Aim:
    """Columns of points, the target there, and the weight of each error.

    A formula f is judged by the least weighted sum of squares of target - (a + b*f), as a part
    of what a constant alone leaves: 1 - R².
    """

    vocabulary: Vocabulary
    columns: Mapping[str, Floats]
    target: Floats
    weight: Floats
    backend: Backend

    @cached_property
    def unit(self) -> Floats:
        """The weighted constant, of length 1."""
        return self.weight / np.linalg.norm(self.weight)

    @cached_property
    def rest(self) -> Floats:
        """What of the weighted target no constant explains, of length 1."""
        left = self.without_constant(self.target * self.weight)
        return left / np.linalg.norm(left)

    def without_constant(self, rows: Floats) -> Floats:
        """Take the weighted constant out of weighted rows."""
        return np.asarray(rows - (rows @ self.unit)[..., None] * self.unit)

    def values(self, genomes: Genomes) -> Floats:
        """The values of formulas (formulas, points)."""
        found = links(genomes, self.vocabulary)
        return outputs(genomes, found, self.vocabulary, self.columns, self.backend)

    @np.errstate(all="ignore")
    def shapes(self, values: Floats) -> tuple[Floats, Floats]:
        """Return weighted rows without constant, of length 1, and the lengths that they had.

        A row that is constant, up to rounding, or undefined somewhere is NaN.
        """
        size = np.max(np.abs(values), axis=-1, keepdims=True)
        scaled = values / np.where(size > 0, size, 1.0) * self.weight
        moved = self.without_constant(scaled)
        length = np.linalg.norm(moved, axis=-1, keepdims=True)
        whole = np.linalg.norm(scaled, axis=-1, keepdims=True)
        usable = (length > 1e-10 * whole) & (size < 1e100)
        return np.where(usable, moved / length, np.nan), (length * size)[..., 0]

    @np.errstate(all="ignore")
    def losses(self, shapes: Floats) -> Floats:
        """Return 1 - R² for rows from ``shapes``; infinite where they are NaN."""
        match = shapes @ self.rest
        gaps = self.rest - match[..., None] * shapes  # 1 - match^2 would lose digits
        loss = np.sum(gaps * gaps, axis=-1)
        return np.where(np.isfinite(loss), loss, np.inf)
