"""The pass ``specialise(x = 2, y = z + 1)``: partial evaluation."""

from emlir.closed import fold_closed
from emlir.expr.calculus import substitute
from emlir.expr.core import Expr
from emlir.rewrite.context import Context, Pass
from emlir.text.pieces import split_at_commas
from emlir.text.syntax import parse


def specialise(text: str) -> Pass:
    """Return the pass that puts values in the place of symbols and folds what became closed.

    ``text`` is a list of equations, a symbol on the left of each. The result is the value
    of the expression where the equations hold; a number that the assumptions exclude
    raises ``ValueError``.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("x^2 + y*x"), "specialise(x = 3)"))
    '9 + y*3'
    """
    values = _equations(text)

    def run(expr: Expr, context: Context) -> Expr:
        for symbol, value in values.items():
            _check(symbol, value, context)
        return fold_closed(substitute(expr, values), context.semantics)

    return run


def _equations(text: str) -> dict[Expr, Expr]:
    values: dict[Expr, Expr] = {}
    for part in split_at_commas(text):
        symbol, value = _equation(part)
        if values.setdefault(symbol, value) is not value:
            raise ValueError(f"specialise is given two values for {symbol}")
    return values


def _equation(text: str) -> tuple[Expr, Expr]:
    equation = parse(text)
    if equation.op.name != "eq" or not equation.args[0].is_symbol:
        raise ValueError(f"specialise takes equations such as x = 2, not {text.strip()!r}")
    return equation.args[0], equation.args[1]


def _check(symbol: Expr, value: Expr, context: Context) -> None:
    interval = context.assumptions.boxes.get(symbol.name)
    if interval is not None and value.is_number and not interval.contains(value.number):
        raise ValueError(f"{symbol} = {value} contradicts the assumption {symbol} in {interval}")
