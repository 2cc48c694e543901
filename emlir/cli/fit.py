"""``emlir fit``: the law in the data, in every notation, and what it does over their range."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from emlir.cli.common import json_option, show, spinner
from emlir.cli.fit_text import as_data, as_lines
from emlir.data import Measurements, read_csv
from emlir.fitting import FitResult, fit
from emlir.fitting.problem import NOISES

Progress = Callable[[str, int], None]


@click.command("fit")
@click.argument("file", type=click.Path())
@click.option("--target", required=True, metavar="COLUMN", help="The column to explain.")
@click.option("--strategy", default="auto", show_default=True, help="How to search.")
@click.option("--time-limit", default=60.0, show_default=True, metavar="SECONDS")
@click.option("--seed", default=0, show_default=True)
@click.option("--noise", default="auto", show_default=True, type=click.Choice(["auto", *NOISES]))
@click.option("--report", type=click.Path(), metavar="FILE", help="Also write a page in HTML.")
@json_option
def fit_command(
    file: str,
    target: str,
    strategy: str,
    time_limit: float,
    seed: int,
    noise: str,
    report: str | None,
    as_json: bool,
) -> None:
    """Find the law in the CSV file FILE.

    Every column of numbers beside the target is a variable; a column of text names the rows.
    """
    data = read_csv(file, target)
    with _shown_progress() as progress:
        result = _fit(data, strategy, time_limit, seed, noise, progress)
        if progress is not None:
            progress("checking the formula", result.work)
        facts = as_data(result, data)
    if report is not None:
        result.report(report)
        facts["report"] = report
    show(facts, as_lines(facts), as_json)


def _fit(
    data: Measurements,
    strategy: str,
    time_limit: float,
    seed: int,
    noise: str,
    progress: Progress | None,
) -> FitResult:
    rows = list(zip(*data.variables.values(), strict=True))
    return fit(
        rows,
        data.y,
        strategy=strategy,
        time_limit=time_limit,
        seed=seed,
        names=tuple(data.variables),
        noise=noise,
        progress=progress,
    )


@contextmanager
def _shown_progress() -> Iterator[Progress | None]:
    with spinner("reading") as say:
        yield say and (lambda doing, work: say(f"{doing}: {work:,} formulas compared"))
