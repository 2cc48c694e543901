"""The strategy ``eml``: pure EML trees by meet in the middle, for data without noise."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import Candidate, Problem, symbol
from emlir_search.eml.search import EXACT, TreeSearch
from emlir_search.noise import Noise, make_noise
from emlir_search.score import data_cost, structure_cost

Array = NDArray[np.float64]


class Eml:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield the variable or 1 that is nearest, and the trees that give the data exactly.

        A tree whose steps leave the real line, or overflow, is yielded in elementary form.
        """
        noise = make_noise(problem.noises[0], problem.y)
        leaves = [emlir.const(1), *(symbol(name) for name in problem.names)]
        candidates = [_candidate(leaf, problem, noise) for leaf in leaves]
        yield min(candidates, key=lambda candidate: candidate.score)
        search = TreeSearch(problem.columns)
        for hit in search.hits(problem.y, problem.budget.spend):
            yield _candidate(readable(hit.tree, problem.columns, problem.y), problem, noise)
            if hit.is_clean:
                return


STRATEGY = Eml()


def readable(tree: Expr, columns: Mapping[str, Array], y: Array) -> Expr:
    """The tree if it can be evaluated over the reals, else the same in elementary form."""
    gap = np.abs(emlir.evaluate(tree, columns) - y)
    if (gap <= EXACT * np.maximum(np.abs(y), np.std(y))).all():
        return tree
    return elementary(tree, columns)


def elementary(tree: Expr, columns: Mapping[str, Array]) -> Expr:
    """The tree in elementary form, for variables in the range of the columns."""
    box = {name: (float(c.min()), float(c.max())) for name, c in columns.items()}
    return emlir.lift(tree, assume=box)


def _candidate(expr: Expr, problem: Problem, noise: Noise) -> Candidate:
    values = np.broadcast_to(emlir.evaluate(expr, problem.columns), problem.y.shape)
    nothing = np.empty((values.size, 0))
    residuals, _ = noise.residuals(values, nothing)
    cost = data_cost(residuals, nothing, np.empty(0), noise)
    cost += structure_cost(expr, len(problem.columns))
    return Candidate(expr, cost, noise.name)
