"""The strategy ``staged``, which ``auto`` means: ``exact``, then evolution where that helps.

Evolution starts from the front that ``exact`` found. It is left out where the residuals look
like noise, and ends when it finds nothing better for a while.
"""

from collections.abc import Iterator

from emlir.plugin_api import Candidate, Problem
from emlir_search.evolve.strategy import evolved
from emlir_search.exact import search_exactly, with_check
from emlir_search.groups import leaves_structure
from emlir_search.laws import SURE
from emlir_search.refine import Refiner

PATIENCE = 6


class Staged:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield formulas as they are found."""
        yield from with_check(problem, _search)


STRATEGY = Staged()


def _search(refiner: Refiner) -> Iterator[Candidate]:
    yield from search_exactly(refiner)
    leader = refiner.leader
    if leader is None or refiner.is_resolved(SURE):
        return
    if leaves_structure(leader, refiner):
        yield from evolved(refiner, refiner.closest(), PATIENCE)
