"""A problem in fewer variables: what is found for it is translated back and fitted to the data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import Candidate, Problem, number, symbol
from emlir_search.form import Form
from emlir_search.noise import Noise
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy

Array = NDArray[np.float64]

ZERO, ONE = number(0), number(1)


@dataclass(frozen=True, eq=False)
class Reduced:
    """y = offset + factor * f(columns): looks like a ``Refiner`` of the problem to find f.

    ``meaning`` says what each column is in the variables of the whole problem.
    """

    refiner: "Refiner | Reduced"
    columns: dict[str, Array]
    y: Array
    noises: list[Noise]
    meaning: Mapping[str, Expr]
    factor: Expr
    offset: Expr

    @classmethod
    def of(
        cls,
        refiner: "Refiner | Reduced",
        columns: Mapping[Expr, Array],
        factor: Expr = ONE,
        offset: Expr = ZERO,
    ) -> "Reduced | None":
        """Give new names to the columns; ``None`` where factor or offset do not exist, or are 0."""
        with np.errstate(all="ignore"):
            divisor, shift = (
                np.broadcast_to(emlir.evaluate(expr, refiner.columns), refiner.y.shape)
                for expr in (factor, offset)
            )
            y = (refiner.y - shift) / divisor
        if not (np.isfinite(y).all() and np.isfinite(divisor).all() and np.ptp(y) > 0):
            return None
        names = [f"\1column {k}" for k in range(len(columns))]
        noises = [_seen_through(noise, y, divisor) for noise in refiner.noises]
        meaning = dict(zip(names, columns, strict=True))
        values = dict(zip(names, columns.values(), strict=True))
        return cls(refiner, values, y, noises, meaning, factor, offset)

    @property
    def problem(self) -> Problem:
        """The whole problem."""
        return self.refiner.problem

    def consider(self, form: Form, noise: Noise) -> Iterator[Candidate]:
        """Translate a form and let the whole problem consider it."""
        places: dict[str | Expr, Expr] = {
            symbol(name): meaning for name, meaning in self.meaning.items()
        }
        whole = Form(
            tidy(self.offset + self.factor * form.expr.subs(places)), form.parameters, form.start
        )
        same = next(one for one in self.refiner.noises if one.name == noise.name)
        yield from self.refiner.consider(whole, same)

    def finish(self) -> Iterator[Candidate]:
        """Snap the constants of the best."""
        yield from self.refiner.finish()

    def is_resolved(self, size: int) -> bool:
        """Whether a formula of the size that ``size`` nodes have here matches the data."""
        largest = max(meaning.tree_size for meaning in self.meaning.values())
        return self.refiner.is_resolved(
            size * largest + self.factor.tree_size + self.offset.tree_size
        )


def _seen_through(noise: Noise, y: Array, divisor: Array) -> Noise:
    """The noise model for y shifted and divided: rows weigh what they did, times the divisor."""
    weights = noise.weights() * np.abs(divisor)
    if noise.name == "multiplicative":
        return replace(noise, y=y, roots=weights * np.abs(y))
    scale = float(np.max(np.abs(y)))
    return replace(noise, y=y, scale=scale, roots=weights * scale)
