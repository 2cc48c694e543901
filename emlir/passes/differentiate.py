"""The pass ``differentiate(x)``: the derivative by the operator records."""

from emlir.expr.core import Expr
from emlir.rewrite.context import Context, Pass
from emlir.text.syntax import parse


def differentiate(text: str) -> Pass:
    """Return the pass that takes the derivative with respect to the symbol in ``text``.

    The derivative is meant where the expression is differentiable. Raises ``TypeError`` if
    the text is no symbol.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("x*exp(x)"), "differentiate(x)"))
    'exp(x) + x*exp(x)'
    """
    variable = parse(text)
    if not variable.is_symbol:
        raise TypeError(f"differentiate with respect to a symbol, not to {text!r}")

    def run(expr: Expr, context: Context) -> Expr:
        return expr.diff(variable)

    return run
