"""``emlir fit``: the law in the data, in every notation, and what it does over their range."""

import shlex
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from emlir.cli.common import INTERRUPTED, finish, json_option, show
from emlir.cli.fit_live import LiveView, live_view
from emlir.cli.fit_text import as_data, as_lines
from emlir.data import Measurements, read_csv
from emlir.fitting import FitOptions, FitResult, fit
from emlir.fitting.problem import NOISES
from emlir.fitting.report_source import Source

COUNT = click.IntRange(min=1)


class _NewFile(click.Path):
    """A file to be written after a long search: that it can be is checked before."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        path = str(super().convert(value, param, ctx))
        if not Path(path).absolute().parent.is_dir():
            self.fail(f"there is no folder {str(Path(path).parent)!r}", param, ctx)
        return path


NEW_FILE = _NewFile(dir_okay=False, writable=True)


@click.command("fit")
@click.argument("file", type=click.Path())
@click.option("--target", required=True, metavar="COLUMN", help="The column to explain.")
@click.option("--strategy", default="auto", show_default=True, help="How to search.")
@click.option("--time-limit", default=60.0, show_default=True, metavar="SECONDS")
@click.option("--seed", default=0, show_default=True)
@click.option("--noise", default="auto", show_default=True, type=click.Choice(["auto", *NOISES]))
@click.option("--weights", metavar="COLUMN", help="The column that says how much a row counts.")
@click.option("--drop", multiple=True, metavar="COLUMN", help="A column to leave out; repeatable.")
@click.option(
    "--unit",
    multiple=True,
    metavar="NAME=UNIT",
    help="Such as v=m/s, of the target too; repeatable.",
)
@click.option("--max-size", type=COUNT, metavar="N", help="The most nodes of a formula.")
@click.option("--depth", type=COUNT, metavar="N", help="The most levels of a formula.")
@click.option("--device", metavar="D", help="A torch device, for strategies that use one.")
@click.option(
    "--workers", type=COUNT, metavar="N", help="Processes, for strategies that share work."
)
@click.option("--resume", type=NEW_FILE, metavar="FILE", help="Keep the search in FILE; go on.")
@click.option("--report", type=NEW_FILE, metavar="FILE", help="Also write a page in HTML.")
@json_option
@click.pass_context
def fit_command(
    context: click.Context, /, file: str, report: str | None, as_json: bool, **given: Any
) -> None:
    """Find the law in the CSV file FILE.

    Every column of numbers beside the target is a variable; a column of text names the rows.
    Ctrl-C ends the search and shows what it found, with the exit code 130.
    """
    data = read_csv(file, given["target"], given["drop"], given["weights"])
    with live_view(given["time_limit"]) as view, _pool(given["workers"]) as executor:
        result = _fit(data, {**_options(given, data), "executor": executor}, given, view)
        facts = _facts(result, data, view)
    if report is not None and facts["checked"]:
        result.report(report, _source(context, file, data))
        facts["report"] = report
    show(facts, as_lines(facts), as_json)
    if result.stopped == "interrupted" or not facts["checked"]:
        finish(INTERRUPTED)


def _options(given: dict[str, Any], data: Measurements) -> FitOptions:
    units = _units(given["unit"], data)
    return {
        "sample_weight": data.weights,
        "y_unit": units.pop(data.target, None),
        "units": units,
        "max_size": given["max_size"],
        "depth": given["depth"],
        "device": given["device"],
        "resume": given["resume"],
        "y_name": data.target,
    }


def _units(words: tuple[str, ...], data: Measurements) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, unit = word.rpartition("=")
        columns = (data.target, *data.variables)
        if not equals:
            raise click.UsageError(f"--unit {word}: write NAME=UNIT, such as {columns[-1]}=m/s")
        if name not in columns:
            raise click.UsageError(f"--unit {word}: there is {', '.join(columns)}")
        if name in found:
            raise click.UsageError(f"--unit {word}: {name} has the unit {found[name]} already")
        found[name] = unit
    return found


def _fit(
    data: Measurements, options: FitOptions, given: dict[str, Any], view: LiveView | None
) -> FitResult:
    if view is not None:
        options["on_front"] = view.on_front
    return fit(
        list(zip(*data.variables.values(), strict=True)),
        data.y,
        strategy=given["strategy"],
        time_limit=given["time_limit"],
        seed=given["seed"],
        names=tuple(data.variables),
        noise=given["noise"],
        progress=None if view is None else view.progress,
        **options,
    )


def _facts(result: FitResult, data: Measurements, view: LiveView | None) -> dict[str, Any]:
    """Return all about a result; Ctrl-C leaves out what takes time."""
    if view is not None:
        view.progress("checking the formula", result.work)
    try:
        return as_data(result, data)
    except KeyboardInterrupt:
        return as_data(result, data, checked=False)


@contextmanager
def _pool(workers: int | None) -> Iterator[ProcessPoolExecutor | None]:
    """Start processes that leave Ctrl-C to this one."""
    if workers is None:
        yield None
        return
    pool = ProcessPoolExecutor(
        workers, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _source(context: click.Context, file: str, data: Measurements) -> Source:
    digest = sha256(Path(file).read_bytes()).hexdigest()
    rows = data.labels or [f"line {line}" for line in data.lines]
    return Source(_call(context), f"{file}, SHA-256 {digest}", tuple(rows))


def _call(context: click.Context) -> str:
    """Return the command line with every option that has a value."""
    words = ["emlir", "fit"]
    for parameter in context.command.params:
        value = context.params[str(parameter.name)]
        values = value if isinstance(value, tuple) else (value,)
        for each in values:
            if isinstance(parameter, click.Argument):
                words.append(str(each))
            elif each is not None and not isinstance(each, bool):
                words.extend((parameter.opts[0], str(each)))
    return shlex.join(words)
