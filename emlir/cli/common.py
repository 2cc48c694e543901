"""What the commands share: exit codes, output for people and for machines, errors."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

DONE, REJECTED, BAD_INPUT, UNKNOWN, INTERRUPTED = 0, 1, 2, 3, 130

FORMULA = {"ignore_unknown_options": True}
"""Context settings of commands whose argument is a formula, which may begin with a minus."""

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON for machines.")


def show(data: dict[str, Any], lines: list[str], as_json: bool) -> None:
    """Print a result: ``data`` as JSON, or ``lines`` for people."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            click.echo(line)


def read_text(text: str) -> str:
    """Return ``text``, or standard input if it is ``-``."""
    if text != "-":
        return text
    return sys.stdin.read().removesuffix("\n")


def finish(code: int) -> None:
    """End the command with an exit code."""
    click.get_current_context().exit(code)


@contextmanager
def spinner(first: str) -> Iterator[Callable[[str], None] | None]:
    """Show on standard error what is being done, if that is a terminal; else yield ``None``.

    What is yielded is called with the text that replaces ``first``.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(first) as status:
        yield lambda text: status.update(Text(text))
