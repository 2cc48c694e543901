"""EML trees that give the data exactly, looked for with a little work beside other searches."""

from collections.abc import Iterator

import numpy as np

from emlir.plugin_api import Candidate
from emlir_search.eml.search import TreeSearch
from emlir_search.eml.strategy import elementary, readable
from emlir_search.form import Form
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy

WORK = 1_000_000
"""Pairs of trees: about a second."""
MOST_VARIABLES = 2


class _EnoughError(Exception):
    """The work for trees is done."""


def trees(refiner: Refiner) -> Iterator[Candidate]:
    """Yield trees in one or two variables, in elementary form where that is shorter."""
    if len(refiner.columns) > MOST_VARIABLES:
        return
    work = 0

    def spend(units: int, doing: str) -> None:
        nonlocal work
        work += units
        refiner.problem.budget.spend(units, doing)
        if work > WORK:
            raise _EnoughError

    try:
        for hit in TreeSearch(refiner.columns).hits(refiner.y, spend):
            forms = (
                tidy(elementary(hit.tree, refiner.columns)),
                readable(hit.tree, refiner.columns, refiner.y),
            )
            for expr in dict.fromkeys(forms):
                for noise in refiner.noises:
                    yield from refiner.consider(Form(expr, (), np.empty(0)), noise)
            yield from refiner.finish()
            if hit.is_clean:
                return
    except _EnoughError:
        return
