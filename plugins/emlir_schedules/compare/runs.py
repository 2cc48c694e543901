"""The runs of a comparison, one after the other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from emlir_schedules.compare.log import run_lines, step_line
from emlir_schedules.compare.records import Losses, Run, Step, Trace
from emlir_schedules.compare.settings import Settings
from emlir_schedules.core import Schedule

if TYPE_CHECKING:
    from emlir_schedules.compare.task import Data

Told = Callable[[str, int, int], None]
"""Is told what is trained, how many steps are done, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears of a run while it goes on."""

    log: TextIO | None = None
    progress: Told | None = None

    def write(self, line: str) -> None:
        """Write a line to the log."""
        if self.log is not None:
            self.log.write(f"{line}\n")

    def tell(self, doing: str, done: int, of: int) -> None:
        """Tell how far the work is."""
        if self.progress is not None:
            self.progress(doing, done, of)


def runs(
    schedules: Mapping[str, Schedule], settings: Settings, audience: Audience
) -> Iterator[Run]:
    """Yield each run when it is done.

    They go seed by seed, so that an end in between leaves about as many of each schedule.
    ``ValueError`` before the first one if a schedule has no rate at some step.
    """
    traces = {
        name: Trace.of(one, settings.steps, settings.base_rate) for name, one in schedules.items()
    }
    of, done = settings.steps * len(schedules) * len(settings.seeds), 0
    for seed in settings.seeds:
        data = settings.task.draw(seed, settings.steps, settings.label_noise)
        for name, schedule in schedules.items():
            audience.tell(f"{name}, seed {seed}", done, of)
            yield _run(name, schedule, traces[name], seed, data, settings, audience)
            done += settings.steps
    audience.tell("done", of, of)


def _run(
    name: str,
    schedule: Schedule,
    trace: Trace,
    seed: int,
    data: "Data",
    settings: Settings,
    audience: Audience,
) -> Run:
    from emlir_schedules.compare.model import classifier
    from emlir_schedules.compare.train import train, validation_loss

    model = classifier(settings.task, seed)
    first = validation_loss(model, data)
    steps: list[Step] = []
    for step in train(model, data, schedule, settings.base_rate):
        audience.write(step_line(name, seed, step))
        steps.append(step)
    validation = Losses.of([first, *(step.val_loss for step in steps)])
    train_losses = Losses.of([step.train_loss for step in steps])
    run = Run(name, seed, trace, tuple(steps), validation, train_losses)
    for line in run_lines(run):
        audience.write(line)
    return run
