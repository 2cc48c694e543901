"""Saving the state of a fit while it runs."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from emlir.fitting.found import Found
from emlir.fitting.problem import Budget
from emlir.fitting.record import Spent
from emlir.fitting.state import State, write_state

INTERVAL = 30.0
"""Seconds between two saves."""


@dataclass(slots=True)
class Saver:
    """Writes what a fit found to ``path``, from time to time and at its end.

    A save that fails is a warning: a full disk must not take the result along.
    """

    path: Path
    identity: Mapping[str, Any]
    earlier: Spent
    found: Found
    saved: float = 0.0

    def start(self, budget: Budget) -> None:
        """Save once, so that a path that cannot be written is an error now; then now and then."""
        self._write(budget)
        budget.progress = self._watching(budget, budget.progress)

    def save(self, budget: Budget) -> None:
        """Save what there is."""
        try:
            self._write(budget)
        except OSError as error:
            self.saved = monotonic()
            warnings.warn(f"the fit was not saved: {error}", RuntimeWarning, stacklevel=2)

    def _write(self, budget: Budget) -> None:
        earlier = self.earlier
        spent = Spent(earlier.work + budget.work, earlier.time + budget.elapsed)
        write_state(self.path, self.identity, State(self.found.candidates(), spent))
        self.saved = monotonic()

    def _watching(
        self, budget: Budget, progress: Callable[[str, int], None] | None
    ) -> Callable[[str, int], None]:
        def watch(doing: str, work: int) -> None:
            if monotonic() - self.saved > INTERVAL:
                self.save(budget)
            if progress is not None:
                progress(doing, work)

        return watch
