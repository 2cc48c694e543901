"""``emlir lower`` and ``emlir lift``."""

from collections.abc import Callable
from typing import Any

import click

from emlir.cli.common import FORMULA, json_option, read_text, show
from emlir.expr.core import Expr
from emlir.passes.lift import lift
from emlir.passes.lower import lower
from emlir.semantics import SEMANTICS
from emlir.text.syntax import emit, parse

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that both commands share."""
    decorators: list[Decorator] = [
        click.argument("text"),
        click.option("--assume", multiple=True, help='For example "x > 0" or "x in [0.1, 10]".'),
        click.option(
            "--semantics", type=click.Choice(SEMANTICS), default="real", show_default=True
        ),
        click.option("--from", "source", default="infix", show_default=True),
        click.option("--to", "target", default="infix", show_default=True),
        json_option,
    ]
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


@click.command(
    "lower", context_settings=FORMULA, help="Write TEXT as a tree of eml, 1 and symbols."
)
@click.option(
    "--constants", type=click.Choice(["keep", "expand"]), default="keep", show_default=True
)
@_options
def lower_command(
    text: str,
    constants: Any,
    assume: tuple[str, ...],
    semantics: str,
    source: str,
    target: str,
    as_json: bool,
) -> None:
    """Lower to pure EML."""
    expr = parse(read_text(text), source)
    lowered = lower(expr, assume=assume, semantics=semantics, constants=constants)
    _show(lowered, target, as_json)


@click.command(
    "lift", context_settings=FORMULA, help="Write the EML of TEXT with exp, ln and minus."
)
@_options
def lift_command(
    text: str,
    assume: tuple[str, ...],
    semantics: str,
    source: str,
    target: str,
    as_json: bool,
) -> None:
    """Lift from EML."""
    expr = parse(read_text(text), source)
    _show(lift(expr, assume=assume, semantics=semantics), target, as_json)


def _show(expr: Expr, target: str, as_json: bool) -> None:
    text = emit(expr, target)
    data = {"text": text, "notation": target, "tree_size": expr.tree_size, "digest": expr.digest}
    show(data, [text], as_json)
