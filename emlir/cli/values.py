"""``emlir eval``: the value of a formula at a point, correctly rounded."""

import click

from emlir.cli.common import FORMULA, UNKNOWN, finish, json_option, read_text, show
from emlir.errors import DomainError
from emlir.evaluate import ball_backend
from emlir.expr.core import Expr
from emlir.semantics import SEMANTICS, check_semantics
from emlir.text.syntax import parse


@click.command(
    "eval", context_settings=FORMULA, help="Evaluate TEXT at a point, given as NAME=VALUE."
)
@click.argument("text")
@click.argument("point", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--semantics", type=click.Choice(SEMANTICS), default="real", show_default=True)
@click.option("--digits", type=click.IntRange(1, 10_000), default=17, show_default=True)
@click.option("--from", "source", default="infix", show_default=True, help="Notation of TEXT.")
@json_option
def evaluate_command(
    text: str, point: tuple[str, ...], semantics: str, digits: int, source: str, as_json: bool
) -> None:
    """Print the value, or say why there is none."""
    expr = parse(read_text(text), source)
    values = read_point(point)
    _check_names(expr, values)
    status, value = _value(expr, values, digits, semantics)
    shown = value if status == "ok" else f"{status}: {value}"
    data = {"status": status, "value" if status == "ok" else "reason": value}
    show({**data, "semantics": semantics, "digits": digits}, [shown], as_json)
    if status == "undecided":
        finish(UNKNOWN)


def _value(expr: Expr, point: dict[str, Expr], digits: int, semantics: str) -> tuple[str, str]:
    try:
        return "ok", ball_backend().digits(expr, point, digits, check_semantics(semantics))
    except DomainError as error:
        return "undefined", str(error)
    except ArithmeticError as error:
        return "undecided", str(error)


def read_point(words: tuple[str, ...]) -> dict[str, Expr]:
    """Read NAME=VALUE words; values have no symbols (``1/3``, ``1e-05``, ``1 + 2*i``, ``pi``)."""
    point: dict[str, Expr] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            raise ValueError(f"{word!r} is not NAME=VALUE, for example x=0.5")
        name = name.strip().strip("`")
        if name in point:
            raise ValueError(f"{name!r} is given twice")
        constant = parse(value)
        if constant.symbols or constant.sort != "number":
            raise ValueError(f"the value of {name!r} is not a number: {value!r}")
        point[name] = constant
    return point


def _check_names(expr: Expr, point: dict[str, Expr]) -> None:
    unknown = [name for name in point if name not in expr.symbols]
    if unknown:
        known = ", ".join(expr.symbols) or "none"
        raise ValueError(f"the formula has no {', '.join(unknown)}; its symbols: {known}")
