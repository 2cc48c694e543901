"""Independent tasks, in this process or on an executor: the same results, in the same order."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import uuid4

from emlir.fitting.problem import Budget

A = TypeVar("A")
R = TypeVar("R")

ATTEMPTS = 3
"""How often a task is given to an executor that loses it."""
POLL = 0.2
"""Seconds between looks at the clock while tasks run elsewhere."""


def run_tasks(
    function: Callable[[A], R],
    arguments: Iterable[A],
    executor: Executor | None = None,
    budget: Budget | None = None,
    doing: str = "waiting for tasks",
) -> Iterator[R]:
    """Yield ``function(argument)`` for each argument, in their order.

    With an ``executor`` all tasks are submitted at once; function, arguments and results must
    pickle, and the function must depend on its argument only. A task that an executor lost
    (Dask reports a killed worker, or a future that vanished) is submitted again, up to three
    times in all. When the executor itself is broken, as a process pool is once one of its
    processes was killed, a warning says so and what is left runs in this process. An error
    that a task raises is raised here, in its place.

    ``budget`` is looked at between results, and while waiting. When its time is over
    (:class:`~emlir.fitting.OutOfTimeError`), on an interrupt, on an error, and when the
    iterator is closed, the tasks that have not begun are cancelled.
    """
    clock = budget or Budget(float("inf"))
    if executor is None:
        for argument in arguments:
            clock.spend(0, doing)
            yield function(argument)
        return
    run = _Run(function, list(arguments), executor)
    try:
        run.start()
        for k in range(len(run.arguments)):
            while not run.is_done(k):
                clock.spend(0, doing)
            clock.spend(0, doing)
            yield run.result(k)
    finally:
        run.cancel()


@dataclass(slots=True)
class _Run(Generic[A, R]):
    """The futures of one run; a task without a future is computed here."""

    function: Callable[[A], R]
    arguments: list[A]
    executor: Executor
    name: str = field(default_factory=lambda: uuid4().hex)
    futures: dict[int, Future[R]] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    warned: bool = False

    def start(self) -> None:
        for k in range(len(self.arguments)):
            self.submit(k)

    def submit(self, k: int) -> None:
        self.attempts[k] = self.attempts.get(k, 0) + 1
        ticket = f"{self.name}-{k}-{self.attempts[k]}"
        try:
            self.futures[k] = self.executor.submit(_call, self.function, self.arguments[k], ticket)
        except BrokenExecutor as error:
            self.give_up(k, error)

    def is_done(self, k: int) -> bool:
        """Wait a little for task ``k``; submit it again where it was lost."""
        future = self.futures.get(k)
        if future is None:
            return True
        if not wait([future], timeout=POLL).done:
            return False
        error = _loss(future)
        if isinstance(error, BrokenExecutor):
            self.give_up(k, error)
        elif error is not None and self.attempts[k] < ATTEMPTS:
            self.submit(k)
            return False
        return True

    def result(self, k: int) -> R:
        """Return the result of a task that is done, or raise its error."""
        future = self.futures.pop(k, None)
        return self.function(self.arguments[k]) if future is None else future.result()

    def give_up(self, k: int, error: BrokenExecutor) -> None:
        """Leave task ``k`` to this process."""
        self.futures.pop(k, None)
        if not self.warned:
            self.warned = True
            warnings.warn(
                f"the executor is broken ({type(error).__name__}: {error}); "
                "its tasks run in this process instead",
                RuntimeWarning,
                stacklevel=4,
            )

    def cancel(self) -> None:
        for future in self.futures.values():
            future.cancel()


def _call(function: Callable[[A], R], argument: A, ticket: str) -> R:
    """Do a task. The ticket tells equal tasks apart: Dask answers an equal call from memory."""
    return function(argument)


def _loss(future: Future[R]) -> BaseException | None:
    """Return why the result of a task was lost; ``None`` if it has a result or its own error.

    Dask's errors are known by the package that defines them, which need not be installed here.
    """
    try:
        error = future.exception()
    except CancelledError as cancelled:
        return cancelled
    lost = isinstance(error, BrokenExecutor) or (
        type(error).__module__.partition(".")[0] == "distributed"
    )
    return error if lost else None
