"""A picture of a comparison: the rates, and the validation losses."""

from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

from emlir.plugin_api import new_figure, write_picture
from emlir_schedules.compare.records import Comparison, Run

COLUMNS = 5
"""Of the legend."""


def plot(comparison: Comparison, path: str | Path) -> None:
    """Write the picture; the losses are means over the seeds, in the band of all of them.

    Runs that diverged are left out. Raises what
    :func:`emlir.plugin_api.check_picture` raises.
    """
    figure = new_figure(10, 4)
    left, right = figure.subplots(1, 2)
    for name in comparison.schedules:
        good = [run for run in comparison.of(name) if not run.diverged]
        if good:
            _draw(left, right, name, good)
    left.set(xlabel="step", ylabel="learning rate")
    right.set(xlabel="steps done", ylabel="validation loss")
    if left.lines:
        figure.legend(handles=list(left.lines), loc="outside lower center", ncols=COLUMNS)
    write_picture(figure, path)


def _draw(left: Any, right: Any, name: str, runs: list[Run]) -> None:
    rates = [step.lr for step in runs[0].steps]
    (line,) = left.plot(range(len(rates)), rates, label=name)
    losses = list(_columns(runs))
    steps = range(len(losses))
    right.plot(steps, [fmean(column) for column in losses], color=line.get_color())
    low, high = [min(column) for column in losses], [max(column) for column in losses]
    right.fill_between(steps, low, high, color=line.get_color(), alpha=0.15, linewidth=0)


def _columns(runs: list[Run]) -> Iterator[tuple[float, ...]]:
    """The validation losses of all runs, before the first step and after each."""
    yield tuple(run.validation.initial for run in runs)
    for steps in zip(*(run.steps for run in runs), strict=True):
        yield tuple(step.val_loss for step in steps)
