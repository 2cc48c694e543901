"""``emlir minimal``: the shortest known EML tree of a formula."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from emlir import emit, parse
from emlir.plugin_api import FORMULA, UNKNOWN, finish, json_option, read_text, show, spinner
from emlir_minimal.api import MAX_ROWS, minimal
from emlir_minimal.cache import user_cache
from emlir_minimal.result import MinimalResult, SizeLog
from emlir_minimal.search import Progress


@click.command("minimal", context_settings=FORMULA)
@click.argument("text")
@click.option("--from", "source", default="infix", show_default=True, help="Notation of TEXT.")
@click.option(
    "--semantics",
    type=click.Choice(["real", "extended", "complex"]),
    default="complex",
    show_default=True,
    help="What the steps of a tree may be.",
)
@click.option("--basis", default="eml", show_default=True, help="Operators and constants.")
@click.option("--finite", is_flag=True, help="No step may be an infinity.")
@click.option("--assume", multiple=True, help='For example "x > 0" or "x in [0.1, 10]".')
@click.option("--max-k", default=21, show_default=True, help="The largest size searched.")
@click.option("--table-k", type=int, help="The largest size of which all trees are kept.")
@click.option("--rows", default=MAX_ROWS, show_default=True, help="How many trees are kept.")
@click.option("--seconds", default=60.0, show_default=True, help="Stop after so long.")
@click.option("--alternatives", default=1, show_default=True, help="Trees to look for.")
@click.option("--cache", type=click.Path(file_okay=False), help="Where tables are kept.")
@click.option("--no-cache", is_flag=True, help="Keep no tables.")
@click.option("--log", "with_log", is_flag=True, help="Show what was done for each size.")
@json_option
def minimal_command(
    text: str,
    source: str,
    cache: str | None,
    no_cache: bool,
    with_log: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Search the shortest tree of eml, 1 and symbols that equals TEXT.

    All trees of size 1, 3, 5, ... are compared, so the first one found is proven shortest,
    as far as the log shows no gap. Tables are kept in the cache folder of the user; what was
    finished before an interruption is not done again.
    """
    expr = parse(read_text(text), source)
    folder = None if no_cache else Path(cache) if cache else user_cache()
    options["max_rows"] = options.pop("rows")
    with _shown_progress() as progress:
        result = minimal(expr, cache=folder, progress=progress, **options)
    show(result.data, _lines(result, with_log), as_json)
    if result.tree is None and result.known is None:
        finish(UNKNOWN)


def _lines(result: MinimalResult, with_log: bool) -> list[str]:
    lines = [*_found(result), *_known(result), *(f"note: {note}" for note in result.notes)]
    if with_log:
        lines += [_row(row) for row in result.log]
        lines.append(f"log {result.digest}, point {', '.join(map(repr, result.point)) or 'none'}")
    return lines


def _found(result: MinimalResult) -> list[str]:
    limit = result.proven_up_to
    if result.tree is None and result.known is not None:
        return []
    if result.tree is None:
        return [f"no tree found; {_limit(limit)}"]
    claim = "proven shortest" if result.proven else _limit(limit)
    lines = [f"K = {result.k}, {claim}", emit(result.tree, "eml"), emit(result.tree, "rpn")]
    if result.alternatives:
        lines.append(f"and {len(result.alternatives)} other trees of this size")
    lines += [f"not at {exception}" for exception in result.exceptions]
    return lines


def _limit(size: int) -> str:
    return f"proven: none with K <= {size}" if size else "not proven"


def _known(result: MinimalResult) -> list[str]:
    known = result.known
    if known is None or (result.k is not None and result.k <= known.k):
        return []
    where = "" if known.requires is None else f" where {emit(known.requires)}"
    return [
        f"best known: K = {known.k}{where}, {known.command}; {_limit(result.proven_up_to)}",
        emit(known.tree, "rpn"),
    ]


def _row(row: SizeLog) -> str:
    parts = [f"{row.pairs:,} pairs", f"{row.goals:,} goals"]
    for name in ("equal", "different", "numerical", "undecided", "lost", "open", "doubtful"):
        count = getattr(row, name)
        if count:
            parts.append(f"{count:,} {name}")
    complete = "complete" if row.exhaustive else "stopped" if row.stopped else "not complete"
    return f"K = {row.size}: {complete}; {', '.join(parts)}; {row.seconds:.2f} s"


@contextmanager
def _shown_progress() -> Iterator[Progress | None]:
    done = 0
    with spinner("starting") as say:

        def tell(doing: str, count: int) -> None:
            nonlocal done
            done += count
            if say is not None:
                say(f"{doing}: {done:,}")

        yield say and tell
