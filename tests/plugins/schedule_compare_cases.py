"""Small comparisons of schedules, and made-up ones."""

from emlir_schedules import schedule
from emlir_schedules.compare import Task, compare
from emlir_schedules.compare.records import Comparison, Losses, Run, Step, Trace
from emlir_schedules.compare.settings import Settings

SMALL = Task(vocabulary=16, length=4, train_rows=64, validation_rows=32, batch=16)


def small(schedules=None, **options):
    return compare(schedules, **{"steps": 4, "seeds": [0], "task": SMALL, **options})


def a_run(name="a", seed=0, losses=(0.7, 0.6, 0.5)):
    rest = losses[1:]
    steps = tuple(Step(k, loss, loss, 0.1) for k, loss in enumerate(rest))
    return Run(
        name, seed, Trace(0.1, 0.1, 0.1, 0.1, 0.1), steps, Losses.of(losses), Losses.of(rest)
    )


def a_comparison(*runs, stopped="done", **options):
    settings = Settings(**{"steps": 2, "seeds": (0, 1, 2), **options})
    names = {run.schedule: schedule("constant", total=2) for run in runs}
    return Comparison(names, settings, runs, stopped)
