"""``emlir schedule compare``: schedules on a tiny task."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from emlir.plugin_api import INTERRUPTED, check_picture, finish, json_option, show
from emlir_schedules.calibrate import WHAT
from emlir_schedules.compare.experiment import compare
from emlir_schedules.compare.plot import plot
from emlir_schedules.compare.runs import Told
from emlir_schedules.compare.settings import BASE_RATE
from emlir_schedules.compare.table import lines, rows
from emlir_schedules.core import Schedule


@click.command("compare")
@click.option(
    "--schedule",
    "texts",
    multiple=True,
    metavar="TEXT",
    help='Compare these instead, for example "cosine(total=128, warmup=12)". May be repeated.',
)
@click.option("--steps", default=32, show_default=True, help="Steps of training.")
@click.option(
    "--base-rate", default=BASE_RATE, show_default=True, help="What the schedules multiply."
)
@click.option("--seeds", default="3", show_default=True, help="How many, or which: 0,1,5.")
@click.option(
    "--label-noise",
    default=0.0,
    show_default=True,
    help="The part of the training labels that is flipped.",
)
@click.option("--match", type=click.Choice(WHAT), help="Scale all schedules to this of the first.")
@click.option("--log", type=click.File("w", lazy=False), help="A line for each step; - to print.")
@click.option(
    "--plot", "picture", metavar="FILE", help="Draw rates and losses: .png, .svg or .pdf."
)
@json_option
def compare_command(
    texts: tuple[str, ...], seeds: str, picture: str | None, as_json: bool, **options: Any
) -> None:
    """Train a tiny BERT classifier under several schedules.

    By default these are an EML-shaped, cosine, linear, inverse-sqrt and constant one, all with
    warm-up. Every seed gives all of them the same weights and the same data. Ctrl-C shows the
    runs that are finished, with the exit code 130.
    """
    if picture is not None:
        check_picture(picture)
    chosen = _read(texts, options["steps"])
    with _bar() as progress:
        found = compare(chosen, seeds=_seeds(seeds), progress=progress, **options)
    if picture is not None:
        plot(found, picture)
    table = [asdict(row) for row in rows(found)]
    show({**found.to_json(), "table": table}, list(lines(found)), as_json)
    if found.stopped == "interrupted":
        finish(INTERRUPTED)


def _read(texts: tuple[str, ...], steps: int) -> dict[str, Schedule] | None:
    from emlir_schedules.reading import read_schedule

    return {text: read_schedule(text, total=steps) for text in texts} or None


def _seeds(text: str) -> tuple[int, ...]:
    """Read a count, or a list with commas."""
    try:
        numbers = [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise click.UsageError(f"--seeds {text}: write a count, or a list such as 0,1,2") from None
    return tuple(numbers) if "," in text else tuple(range(*numbers))


@contextmanager
def _bar() -> Iterator[Told | None]:
    """Show on standard error how far training is, if that is a terminal; else yield ``None``."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda doing, done, of: bar.update(
            task, description=escape(doing), completed=done, total=of
        )
