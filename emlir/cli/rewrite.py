"""``emlir rewrite`` with its log, and ``emlir replay``, which checks one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from emlir.cli.common import FORMULA, REJECTED, finish, json_option, read_text, show, spinner
from emlir.rewrite.log import Progress
from emlir.rewrite.log_text import log_data, read_log
from emlir.rewrite.pipeline import Rewriting, trace
from emlir.rewrite.replay import ReplayError, replay
from emlir.semantics import SEMANTICS
from emlir.text.syntax import emit, parse

EVERY = 50
"""Steps between two looks at the progress."""


@click.command("rewrite", context_settings=FORMULA)
@click.argument("text")
@click.option("--passes", required=True, help="A pipeline, for example lift,fixpoint(algebra).")
@click.option("--assume", multiple=True, help='For example "x > 0" or "x in [0.1, 10]".')
@click.option("--semantics", type=click.Choice(SEMANTICS), default="real", show_default=True)
@click.option("--allow-obligations", is_flag=True, help="Also extend the domain; list where.")
@click.option("--limit", type=click.IntRange(0), help="Largest number of rules in one pass.")
@click.option("--log", "with_log", is_flag=True, help="Also show every step.")
@click.option("--from", "source", default="infix", show_default=True)
@click.option("--to", "target", default="infix", show_default=True)
@json_option
def rewrite_command(
    text: str,
    passes: str,
    assume: tuple[str, ...],
    semantics: str,
    allow_obligations: bool,
    limit: int | None,
    with_log: bool,
    source: str,
    target: str,
    as_json: bool,
) -> None:
    """Apply the pipeline of passes to the formula TEXT, from left to right.

    With --log and --json the result is a document that emlir replay checks.
    """
    expr = parse(read_text(text), source)
    with _shown_progress() as progress:
        done = trace(
            expr,
            passes,
            assume=assume,
            semantics=semantics,
            allow_obligations=allow_obligations,
            limit=limit,
            progress=progress,
        )
    result = emit(done.expr, target)
    lines = [result, *(f"if {emit(condition)}" for condition in done.obligations)]
    data = _data(done, result, target)
    if with_log:
        lines += str(done.log).splitlines()
        data["log"] = log_data(done.log, done.context)
    else:
        lines += [line for section in done.log.sections for line in section.remarks]
    show(data, lines, as_json)


@contextmanager
def _shown_progress() -> Iterator[Progress | None]:
    """Show the pass that runs, with the steps it took."""
    with spinner("reading") as say:

        def tell(name: str, steps: int) -> None:
            if say is not None and steps % EVERY == 0:
                say(f"{name}: {steps:,} steps" if steps else name)

        yield say and tell


def _data(done: Rewriting, text: str, target: str) -> dict[str, Any]:
    return {
        "text": text,
        "notation": target,
        "tree_size": done.expr.tree_size,
        "digest": done.expr.digest,
        "obligations": [emit(condition) for condition in done.obligations],
    }


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@json_option
def replay_command(file: str, as_json: bool) -> None:
    """Make every step of the log in FILE again (from emlir rewrite --log --json)."""
    text = read_text("-") if file == "-" else Path(file).read_text(encoding="utf-8")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{file} is not JSON: {error}") from None
    except RecursionError:
        raise ValueError(f"{file} is nested too deeply to be a log") from None
    inner = document.get("log", document) if isinstance(document, dict) else document
    log, context = read_log(inner)
    try:
        result = emit(replay(log, context))
    except ReplayError as error:
        show({"replayed": False, "reason": str(error)}, [f"rejected: {error}"], as_json)
        finish(REJECTED)
        return
    steps = sum(1 for _ in log.steps)
    show({"replayed": True, "steps": steps, "text": result}, [f"{steps} steps: {result}"], as_json)
