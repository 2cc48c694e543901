"""``emlir convert``: from one notation to another."""

import click

from emlir.cli.common import FORMULA, json_option, read_text, show
from emlir.text.syntax import emit, parse


@click.command(
    context_settings=FORMULA,
    help="Read TEXT (or - for standard input) in one notation and write another.",
)
@click.argument("text")
@click.option("--from", "source", default="infix", show_default=True, help="Notation of TEXT.")
@click.option("--to", "target", default="infix", show_default=True, help="Notation to write.")
@json_option
def convert(text: str, source: str, target: str, as_json: bool) -> None:
    """Convert a formula."""
    expr = parse(read_text(text), source)
    written = emit(expr, target)
    data = {"text": written, "from": source, "to": target, "digest": expr.digest}
    show(data, [written], as_json)
