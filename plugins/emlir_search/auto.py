"""The strategy ``staged``, which ``auto`` means: ``exact``, then evolution where that helps.

Evolution starts from the front that ``exact`` found. It is left out, and ends, where tests that
had the power to see structure find white noise in the residuals. Where they see structure in
many rows it goes on until the time is over; else until nothing better turns up for a while, the
longer the more variables there are.
"""

from collections.abc import Iterator

from emlir.plugin_api import Candidate, Problem
from emlir_search.evolve.strategy import evolved
from emlir_search.exact import search_exactly, with_check
from emlir_search.laws import SURE
from emlir_search.refine import Refiner
from emlir_search.structure import FEWEST_ROWS, leaves_structure

PATIENCE = 2
"""Epochs of evolution for each variable."""


class Staged:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield formulas as they are found; ValueError for a device that torch cannot use."""
        yield from with_check(problem, _search)


STRATEGY = Staged()


def _search(refiner: Refiner) -> Iterator[Candidate]:
    yield from search_exactly(refiner)
    if refiner.leader is None or refiner.is_resolved(SURE) or is_enough(refiner, 0):
        return
    yield from evolved(refiner, refiner.closest(), lambda since: is_enough(refiner, since))


def is_enough(refiner: Refiner, since: int) -> bool:
    """Whether evolution, with nothing better for ``since`` epochs, has no more to look for."""
    if refiner.leader is None:
        return False
    seen = leaves_structure(refiner.leader, refiner)
    if seen is None:
        return since >= _patience(refiner)
    return not seen or (refiner.y.size < FEWEST_ROWS and since >= PATIENCE * len(refiner.columns))


def _patience(refiner: Refiner) -> int:
    """Epochs to go on where no test can tell.

    None with few rows in one variable: more is not to be seen there than in the neighbours.
    """
    variables = len(refiner.columns)
    return 0 if variables == 1 and refiner.y.size < FEWEST_ROWS else PATIENCE * variables
