"""The comparison: every schedule under every seed, from the same weights, on the same data."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TextIO

from emlir import MissingDependencyError
from emlir_schedules.compare.defaults import five
from emlir_schedules.compare.matching import all_matched
from emlir_schedules.compare.records import Comparison, Run
from emlir_schedules.compare.runs import Audience, Told, runs
from emlir_schedules.compare.settings import BASE_RATE, Settings
from emlir_schedules.compare.task import Task
from emlir_schedules.core import Schedule


def compare(
    schedules: Mapping[str, Schedule] | None = None,
    *,
    steps: int = 32,
    base_rate: float = BASE_RATE,
    seeds: Iterable[int] = (0, 1, 2),
    label_noise: float = 0.0,
    match: str | None = None,
    task: Task | None = None,
    log: TextIO | None = None,
    progress: Told | None = None,
) -> Comparison:
    """Train a tiny BERT classifier under each schedule, once for each seed.

    A seed decides weights, data, their order and the noise, and all schedules get the same
    ones. By default the schedules are those of :func:`emlir_schedules.compare.defaults.five`.
    ``label_noise`` is the part of the training labels that is flipped; ``match`` scales the
    schedules to one figure of the first, see
    :func:`emlir_schedules.compare.matching.all_matched`. ``log`` gets a line for each step, see
    :mod:`emlir_schedules.compare.log`. Ctrl-C ends it with the runs that are finished, if
    there is one.

    Raises ``emlir.MissingDependencyError`` without torch or transformers, ``ValueError`` for
    options out of range and for a schedule without a rate at some step.
    """
    settings = Settings(steps, base_rate, tuple(seeds), label_noise, match, task or Task())
    chosen = five(steps) if schedules is None else dict(schedules)
    if not chosen:
        raise ValueError("there is no schedule to compare")
    if match is not None:
        chosen = all_matched(chosen, steps, match)
    check_installed()
    done, stopped = _finished(runs(chosen, settings, Audience(log, progress)))
    return Comparison(chosen, settings, tuple(done), stopped)


def check_installed() -> None:
    """Raise ``emlir.MissingDependencyError`` if torch or transformers is not installed."""
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            "comparing schedules needs torch and transformers: pip install 'emlir[schedules]'"
        ) from error


def _finished(each: Iterator[Run]) -> tuple[list[Run], Literal["done", "interrupted"]]:
    done: list[Run] = []
    try:
        for run in each:
            done.append(run)
    except KeyboardInterrupt:
        if not done:
            raise
        return done, "interrupted"
    return done, "done"
