"""What a search strategy is given, and what it gives back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Literal, Protocol

from emlir.expr.core import Expr
from emlir.fitting.dimensions import Dimension

if TYPE_CHECKING:
    from concurrent.futures import Executor

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


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """How large a formula may be: nodes of its tree, and levels; ``None`` is no limit."""

    max_size: int | None = None
    depth: int | None = None

    def allow(self, expr: Expr) -> bool:
        """Whether a formula is within the limits."""
        return (self.max_size is None or expr.tree_size <= self.max_size) and (
            self.depth is None or expr.depth <= self.depth
        )


@dataclass(frozen=True, eq=False)
class Problem:
    """Find ``y`` as a function of ``columns``.

    ``columns`` maps each variable to its values, ``y`` holds as many; all are finite.
    ``noises`` are the noise models to consider: ``additive`` (the error of y has one size)
    and ``multiplicative`` (its relative error has one size; only where all y have one sign).

    ``weights`` say how much each row counts, relative to the others, with a mean of 1; ``None``
    counts all alike. A strategy gets no rows of weight 0.
    ``units`` are the dimensions of variables, ``y_unit`` that of y; what is not known, or
    ``None``, may be anything. Formulas beyond ``limits`` are of no use. Populations are
    evaluated on ``device``, a torch device, if one is named. Independent work may be given to
    ``executor``; the result must not depend on it. ``known`` are candidates of an earlier
    search of the same problem, to start from; they are already part of the result.
    """

    columns: "dict[str, Array]"
    y: "Array"
    noises: tuple[NoiseName, ...]
    seed: int
    budget: Budget
    weights: "Array | None" = None
    limits: SizeLimits = SizeLimits()
    units: Mapping[str, Dimension] = field(default_factory=dict)
    y_unit: Dimension | None = None
    device: str | None = None
    executor: "Executor | None" = None
    known: "tuple[Candidate, ...]" = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The variables."""
        return tuple(self.columns)

    def counted(self) -> "Problem":
        """Return the problem without the rows of weight 0."""
        if self.weights is None or self.weights.all():
            return self
        rows = self.weights > 0
        weights = self.weights[rows] / self.weights[rows].mean()
        return replace(
            self,
            columns={name: column[rows] for name, column in self.columns.items()},
            y=self.y[rows],
            weights=None if weights.min() == weights.max() else weights,
        )

    @property
    def effective_rows(self) -> float:
        """As how many rows the data count where errors are judged."""
        return self.y.size if self.weights is None else effective_rows(self.weights)


def effective_rows(weights: "Array") -> float:
    """Return how many rows of one weight tell as much (Kish 1965, Survey Sampling, 11.7).

    Rows that hardly count do not make a fit look more certain.
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as the data determine it: its best value and standard error.

    ``exact`` is what the formula says instead, if the data cannot tell the difference (0 for a
    term that it does without); None if the constant stayed free. The standard error is the one
    with all of these fitted at once, and counts how far the value in the formula is from that
    fit.
    """

    value: float
    error: float
    exact: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula that a strategy suggests.

    ``score`` orders the candidates of one search, smaller is better: a description length
    in nats. ``parameters`` counts the fitted constants. ``held_out`` is R² (of
    ln y where the noise is multiplicative) on rows that were left out while the constants were
    fitted again, in turn, ``None`` where that was not done.
    ``unexplained`` says whether the residuals still depend on the variables: ``False`` if tests
    with the power to see it found nothing, ``None`` if no test had that power, or none was made.
    """

    expression: Expr
    score: float
    noise: NoiseName = "additive"
    parameters: int = 0
    constants: tuple[Constant, ...] = ()
    held_out: float | None = None
    unexplained: bool | None = None


class Strategy(Protocol):
    """A way to search. Offered through the hook ``emlir_strategies``."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield candidates as they are found, good and simple ones among them.

        Call ``problem.budget.spend`` between steps of less than a second. What was yielded
        when the time is over, or the user interrupts, is the result.
        """
        ...
