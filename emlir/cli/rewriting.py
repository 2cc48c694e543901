"""``emlir lower`` and ``emlir lift``."""

from collections.abc import Callable
from typing import Any

import click

from emlir.cli.common import FORMULA, json_option, read_text, show
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.ops.basis import find_basis
from emlir.passes.lift import lift
from emlir.passes.lower import lowered
from emlir.semantics import SEMANTICS
from emlir.text.syntax import emit, parse

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

REAL_FUNCTION = (
    "Where the result is to be right. Without it, TEXT is meant as a real function, and the "
    "steps of its EML tree may leave the real line."
)


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that both commands share."""
    decorators: list[Decorator] = [
        click.argument("text"),
        click.option("--assume", multiple=True, help='For example "x > 0" or "x in [0.1, 10]".'),
        click.option("--semantics", type=click.Choice(SEMANTICS), help=REAL_FUNCTION),
        click.option("--from", "source", default="infix", show_default=True),
        click.option("--to", "target", default="infix", show_default=True),
        json_option,
    ]
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


@click.command("lower", context_settings=FORMULA)
@click.option(
    "--constants",
    type=click.Choice(["keep", "expand"]),
    default="keep",
    show_default=True,
    help="Whether numbers stay as parameters, each counting 1, or are built from 1.",
)
@click.option("--basis", default="eml", show_default=True, help="eml, edl, ...")
@click.option("--finite", is_flag=True, help="No step of the tree may be infinite.")
@_options
def lower_command(
    text: str,
    constants: Any,
    basis: str,
    finite: bool,
    assume: tuple[str, ...],
    semantics: str | None,
    source: str,
    target: str,
    as_json: bool,
) -> None:
    """Write TEXT as a tree of eml, 1 and symbols, the shortest that is shown to be right.

    The size K goes to standard error; numbers that stay are its parameters. Where, without
    --semantics, no tree is shown to be right, lines beginning with "if" follow it, with the
    conditions under which this one is. Where no tree found is accurate in float64 over the
    assumed box, a line beginning with "warning" says how large the error is, and where.
    """
    done = lowered(
        parse(read_text(text), source),
        assume=assume,
        semantics=semantics,
        constants=constants,
        basis=basis,
        finite=finite,
    )
    size = _size(done.tree, basis)
    conditions = [emit(condition) for condition in done.obligations]
    if not as_json:
        for line in (size, *(f"if {condition}" for condition in conditions)):
            click.echo(line, err=True)
        if done.inaccuracy is not None:
            click.echo(f"warning: {done.inaccuracy}", err=True)
    more = {} if done.inaccuracy is None else {"inaccuracy": done.inaccuracy.as_json()}
    _show(done.tree, target, as_json, k=size, obligations=conditions, **more)


@click.command("lift", context_settings=FORMULA)
@_options
def lift_command(
    text: str,
    assume: tuple[str, ...],
    semantics: str | None,
    source: str,
    target: str,
    as_json: bool,
) -> None:
    """Write the EML of TEXT in elementary functions."""
    expr = parse(read_text(text), source)
    _show(lift(expr, assume=assume, semantics=semantics), target, as_json)


def _size(tree: Expr, basis: str) -> str:
    """K, and how many of the leaves are numbers that are no constants of the basis."""
    own = find_basis(basis)
    numbers = [node for node in postorder((tree,)) if node.is_number and not own.has(node)]
    plural = "" if len(numbers) == 1 else "s"
    return f"K = {tree.tree_size}" + (f" + {len(numbers)} parameter{plural}" if numbers else "")


def _show(expr: Expr, target: str, as_json: bool, **more: Any) -> None:
    text = emit(expr, target)
    data = {"text": text, "notation": target, "tree_size": expr.tree_size, "digest": expr.digest}
    show({**data, **more}, [text], as_json)
