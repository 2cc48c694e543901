"""A picture of a comparison: the rates, and the validation losses."""

from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

from emlir import MissingDependencyError
from emlir_schedules.compare.records import Comparison, Run

FORMATS = (".png", ".svg")
COLUMNS = 5
"""Of the legend."""


def check_plot(path: str | Path) -> None:
    """Say before the work whether a picture can be written.

    Raises ``emlir.MissingDependencyError`` without matplotlib, ``ValueError`` for a file that is
    no PNG or SVG, ``FileNotFoundError`` for a folder that is not there.
    """
    file = Path(path)
    if file.suffix.lower() not in FORMATS:
        raise ValueError(f"a plot is a file {' or '.join(FORMATS)}, not {file.name}")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"no folder {file.parent}")
    _figure_class()


def plot(comparison: Comparison, path: str | Path) -> None:
    """Write the picture; the losses are means over the seeds, in the band of all of them.

    Runs that diverged are left out. Raises what :func:`check_plot` raises.
    """
    check_plot(path)
    from matplotlib import rc_context

    figure = _figure_class()(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name in comparison.schedules:
        good = [run for run in comparison.of(name) if not run.diverged]
        if good:
            _draw(left, right, name, good)
    left.set(xlabel="step", ylabel="learning rate")
    right.set(xlabel="steps done", ylabel="validation loss")
    if left.lines:
        figure.legend(handles=list(left.lines), loc="outside lower center", ncols=COLUMNS)
    with rc_context({"svg.hashsalt": "emlir"}):  # the same runs give the same file
        figure.savefig(path, metadata={"Date": None} if _is_vector(path) else None)


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


def _is_vector(path: str | Path) -> bool:
    return Path(path).suffix.lower() == ".svg"


def _figure_class() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependencyError(
            "a plot needs matplotlib: pip install 'emlir[schedules]'"
        ) from error
    return Figure
