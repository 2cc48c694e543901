"""The ``emlir`` command line: commands come from plugins, errors never as tracebacks."""

import json
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import click

import emlir
from emlir.cli.common import BAD_INPUT, DONE, INTERRUPTED
from emlir.errors import GuessWarning, ParseError, PluginError
from emlir.plugins import manager

_MISTAKES = (
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    ImportError,
    OSError,
    PluginError,
)


class Commands(click.Group):
    """A group whose commands are looked up by name when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return manager().names("commands")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = manager().get("commands", cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (name, manager().entry("commands", name).declaration.summary)
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=Commands, help="One symbolic IR for elementary functions, built on EML.")
@click.version_option(emlir.__version__, prog_name="emlir")
def root() -> None:
    """The command line."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    words = list(sys.argv[1:] if args is None else args)
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run the command line on ``words`` and return its exit code."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", GuessWarning)
        warnings.showwarning = _show_warning
        return _run(words)


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    click.echo(f"emlir: {message}", err=True)


def _run(words: list[str]) -> int:
    try:
        code = root.main(args=words, prog_name="emlir", standalone_mode=False)
    except click.exceptions.Abort:
        return _complain("interrupted", words, INTERRUPTED)
    except KeyboardInterrupt:
        return _complain("interrupted", words, INTERRUPTED)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return BAD_INPUT
    except click.ClickException as error:
        hint = (
            f"\n{error.ctx.get_usage()}"
            if isinstance(error, click.UsageError) and error.ctx
            else ""
        )
        return _complain(error.format_message() + hint, words, BAD_INPUT)
    except ParseError as error:
        place = {"line": error.line, "column": error.column}
        return _complain(error.show(), words, BAD_INPUT, place, error.message)
    except _MISTAKES as error:
        return _complain(_message(error), words, BAD_INPUT)
    return code if isinstance(code, int) else DONE


def _message(error: BaseException) -> str:
    if isinstance(error, KeyError) and error.args:
        return str(error.args[0])
    return str(error) or type(error).__name__


def _complain(
    message: str, words: list[str], code: int, place: dict[str, Any] | None = None, short: str = ""
) -> int:
    if "--json" in words:
        click.echo(json.dumps({"error": short or message, **(place or {})}, ensure_ascii=False))
    click.echo(f"emlir: {message}", err=True)
    return code


if __name__ == "__main__":
    main()
