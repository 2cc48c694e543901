"""Taylor series of smooth expressions in one variable, with balls as coefficients."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from emlir.plugin_api import Expr, postorder

Series = Any
"""An ``arb_series``; python-flint has no types."""


def taylor(expr: Expr, lo: Fraction, hi: Fraction, order: int) -> list[Any] | None:
    """Return balls around the derivatives from ``lo`` to ``hi``, each over its factorial.

    The list begins with the value itself and ends with the derivative of that order. ``None``
    if a derivative is not shown to be finite on the whole interval, or if there is an operator of
    which no series is known. ``expr`` has one symbol at most, at the working precision.
    """
    before, ctx.cap = ctx.cap, order + 1
    try:
        line = arb_series([arb(_exact(lo)).union(arb(_exact(hi))), 1])
        known: dict[Expr, Series] = {}
        for node in postorder((expr,)):
            known[node] = _series(node, [known[arg] for arg in node.args], line)
        found = [known[expr][k] for k in range(order + 1)]
    except (KeyError, ValueError, ZeroDivisionError):
        return None
    finally:
        ctx.cap = before
    return found if all(one.is_finite() for one in found) else None


def _exact(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)


def _series(node: Expr, args: list[Series], line: Series) -> Series:
    if node.is_symbol:
        return line
    if node.is_number:
        return arb_series([arb(_exact(node.number))])
    return _OPERATORS[node.op.name](*args) if node.op.name != "pow" else _power(node, *args)


def _power(node: Expr, base: Series, exponent: Series) -> Series:
    """Whole powers by products; the others need a base above 0."""
    power = node.args[1]
    if power.is_number and power.number.denominator == 1 and 0 <= power.number <= _MOST:
        product = arb_series([1])
        for _ in range(int(power.number)):
            product = product * base
        return product
    return (exponent * base.log()).exp()


_MOST = 64


def _logistic(x: Series) -> Series:
    return 1 / (1 + (-x).exp())


_OPERATORS: dict[str, Callable[..., Series]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "exp": lambda x: x.exp(),
    "ln": lambda x: x.log(),
    "eml": lambda x, y: x.exp() - y.log(),
    "sqrt": lambda x: x.sqrt(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "atan": lambda x: x.atan(),
    "sigmoid": _logistic,
    "tanh": lambda x: 2 * _logistic(2 * x) - 1,
    "pi": lambda: arb_series([arb.pi()]),
    "e": lambda: arb_series([arb.const_e()]),
}
"""Series by the name of the operator; a name that is not here has none."""
