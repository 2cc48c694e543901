"""``emlir convert``: from one notation to another."""

import inspect
from collections.abc import Callable
from typing import Any

import click

from emlir.cli.common import FORMULA, json_option, read_text, show
from emlir.text.reading import Reading
from emlir.text.syntax import emit, find_syntax, read


@click.command(
    context_settings=FORMULA,
    help="Read TEXT (or - for standard input) in one notation and write another. "
    "`emlir plugins` lists the notations. What TEXT says beside its formula goes along: "
    "assumptions to a notation that can hold a box, a title to one that can hold a title.",
)
@click.argument("text")
@click.option("--from", "source", default="infix", show_default=True, help="Notation of TEXT.")
@click.option("--to", "target", default="infix", show_default=True, help="Notation to write.")
@click.option(
    "--read",
    "reading",
    multiple=True,
    metavar="NAME=VALUE",
    help="An option of the reader, such as strict=true or log=log10 for latex.",
)
@click.option(
    "--write",
    "writing",
    multiple=True,
    metavar="NAME=VALUE",
    help="An option of the writer, such as form=presentation for mathml, "
    'functions=cvc5 or "box=x in [0, 1]" for smtlib2.',
)
@json_option
def convert(
    text: str,
    source: str,
    target: str,
    reading: tuple[str, ...],
    writing: tuple[str, ...],
    as_json: bool,
) -> None:
    """Convert a formula."""
    found = read(read_text(text), source, **_options(reading, find_syntax(source).read))
    options = _options(writing, find_syntax(target).write)
    known = find_syntax(target).options("write")
    if found.title and "title" in known:
        options.setdefault("title", found.title)
    if found.assumptions and "box" in known:
        options["box"] = [*found.assumptions, options.get("box")]
    written = emit(found.expr, target, **options)
    remarks = _remarks(found, known)
    show(_data(found, written, source, target), [written.removesuffix("\n")], as_json)
    for remark in remarks:
        click.echo(f"emlir: {remark}", err=True)


def _options(words: tuple[str, ...], function: Callable[..., Any] | None) -> dict[str, Any]:
    """Read NAME=VALUE words as text; options that are truth values by default take those."""
    known = {} if function is None else inspect.signature(function).parameters
    options: dict[str, Any] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise ValueError(f"{word!r} is not NAME=VALUE, for example strict=true")
        if name in options:
            raise ValueError(f"the option {name!r} is given twice")
        is_truth = name in known and isinstance(known[name].default, bool)
        options[name] = _truth(name, value) if is_truth else value
    return options


def _truth(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"the option {name} is true or false, not {value!r}")
    return value == "true"


def _remarks(found: Reading, known: tuple[str, ...]) -> list[str]:
    """Say what was guessed, and what the new text cannot hold."""
    remarks = [f"guess: {note}" for note in found.notes]
    if found.title and "title" not in known:
        remarks.append(f"not in the text, its title is {found.title!r}")
    if found.assumptions and "box" not in known:
        facts = ", ".join(map(str, found.assumptions))
        remarks.append(f"not in the text, it holds under the assumptions {facts}")
    return remarks


def _data(found: Reading, written: str, source: str, target: str) -> dict[str, Any]:
    notes = [{"message": n.message, "line": n.line, "column": n.column} for n in found.notes]
    return {
        "text": written,
        "from": source,
        "to": target,
        "digest": found.expr.digest,
        "assumptions": [str(fact) for fact in found.assumptions],
        "title": found.title,
        "notes": notes,
    }
