"""A search strategy: the best straight line in each variable alone."""

from collections.abc import Iterator

import numpy as np

import emlir
from emlir.plugin_api import Candidate, Problem, symbol


class Line:
    def search(self, problem: Problem) -> Iterator[Candidate]:
        for name, column in problem.columns.items():
            slope, offset = np.polyfit(column, problem.y, 1)
            problem.budget.spend(1, f"a line in {name}")
            line = _rounded(slope) * symbol(name) + _rounded(offset)
            error = problem.y - emlir.evaluate(line, problem.columns)
            yield Candidate(line, score=float(np.sum(error**2)), parameters=2)


def _rounded(value: float) -> emlir.Expr:
    """The constant without the last, meaningless digits of the fit."""
    return emlir.const(f"{value:.12g}")


LINE = Line()
