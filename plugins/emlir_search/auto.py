"""The strategy ``auto``: what is cheap and exact first, then evolution from what came close."""

from collections.abc import Iterator

from emlir.plugin_api import Candidate, Problem
from emlir_search.evolve.strategy import MOST_RESOLVED, Archipelago
from emlir_search.exact import search_exactly
from emlir_search.refine import Refiner

SEEDS = 40


class Auto:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield formulas as they are found."""
        refiner = Refiner(problem)
        yield from search_exactly(refiner)
        if not refiner.is_resolved(MOST_RESOLVED):
            seeds = [fitted.exact() for fitted in refiner.closest(SEEDS)]
            yield from Archipelago(refiner, seeds).run()
            yield from refiner.front()


STRATEGY = Auto()
