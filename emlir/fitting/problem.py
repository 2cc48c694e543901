"""What a search strategy is given, and what it gives back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Literal, Protocol

from emlir.expr.core import Expr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NoiseName = Literal["additive", "multiplicative"]
NOISES: tuple[NoiseName, ...] = ("additive", "multiplicative")


class OutOfTimeError(Exception):
    """The time is over: raised by :meth:`Budget.spend`, caught by ``fit``."""


@dataclass(slots=True)
class Budget:
    """Counts work and stops it when the time is over.

    The sequence of work is deterministic; the clock only cuts it, at the next call of
    :meth:`spend`. ``progress`` is told what is being done and how much was done.
    """

    time_limit: float
    progress: Callable[[str, int], None] | None = None
    started: float = field(default_factory=perf_counter)
    work: int = 0

    def spend(self, units: int, doing: str) -> None:
        """Record ``units`` of work (formulas compared with the data).

        Raises :class:`OutOfTimeError` when the time limit has passed.
        """
        self.work += units
        if self.progress is not None:
            self.progress(doing, self.work)
        if self.elapsed > self.time_limit:
            raise OutOfTimeError(doing)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return perf_counter() - self.started


@dataclass(frozen=True, eq=False)
class Problem:
    """Find ``y`` as a function of ``columns``.

    ``columns`` maps each variable to its values, ``y`` holds as many; all are finite.
    ``noises`` are the noise models to consider: ``additive`` (the error of y has one size)
    and ``multiplicative`` (its relative error has one size; only where all y have one sign).
    """

    columns: "dict[str, Array]"
    y: "Array"
    noises: tuple[NoiseName, ...]
    seed: int
    budget: Budget

    @property
    def names(self) -> tuple[str, ...]:
        """The variables."""
        return tuple(self.columns)


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as the data determine it: its best value and standard error.

    ``exact`` is what the formula says instead, if the data cannot tell the difference; None
    if the constant stayed free.
    """

    value: float
    error: float
    exact: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula that a strategy suggests.

    ``score`` orders the candidates of one search, smaller is better: a description length
    in nats. ``parameters`` counts the fitted constants.
    """

    expression: Expr
    score: float
    noise: NoiseName = "additive"
    parameters: int = 0
    constants: tuple[Constant, ...] = ()


class Strategy(Protocol):
    """A way to search. Offered through the hook ``emlir_strategies``."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield candidates as they are found, good and simple ones among them.

        Call ``problem.budget.spend`` between steps of less than a second. What was yielded
        when the time is over, or the user interrupts, is the result.
        """
        ...
