"""Units of measurement as exponents of base units, from text such as ``kg*m/s^2``."""

from collections.abc import Mapping
from fractions import Fraction

from emlir.errors import DataError, ParseError
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.text.syntax import parse

Dimension = dict[str, Fraction]
"""The exponent of each base unit; those that are 0 are left out."""


def read_units(units: Mapping[str, str] | None, names: tuple[str, ...]) -> dict[str, Dimension]:
    """Return the dimension of each variable that has one.

    Raises :class:`emlir.DataError` for a name that is no variable, and for text that is no
    product of powers of units.
    """
    found: dict[str, Dimension] = {}
    for name, text in (units or {}).items():
        if name not in names:
            raise DataError(f"a unit is given for {name!r}; the variables are {', '.join(names)}")
        found[name] = read_unit(text)
    return found


def read_unit(text: str) -> Dimension:
    """Return the dimension that a unit has: a product of powers; ``1`` has none.

    >>> from emlir.fitting.dimensions import read_unit
    >>> {name: str(power) for name, power in read_unit("kg*m/s^2").items()}
    {'kg': '1', 'm': '1', 's': '-2'}
    """
    try:
        expr = parse(text)
    except ParseError as error:
        raise DataError(f"{text!r} is no unit: {error.message}; write kg*m/s^2") from error
    done: dict[Expr, Dimension] = {}
    for node in postorder((expr,)):
        done[node] = _dimension(node, done, text)
    return done[expr]


def _dimension(node: Expr, done: dict[Expr, Dimension], text: str) -> Dimension:
    if node.is_symbol:
        return {node.name: Fraction(1)}
    if node.is_number:
        return {}
    if node.op.name in ("mul", "div"):
        sign = 1 if node.op.name == "mul" else -1
        return combined(done[node.args[0]], done[node.args[1]], sign)
    if node.op.name == "pow" and node.args[1].is_number:
        return combined({}, done[node.args[0]], node.args[1].number)
    if node.op.name == "sqrt":
        return combined({}, done[node.args[0]], Fraction(1, 2))
    raise DataError(f"{text!r} is no product of powers of units, as kg*m/s^2 is")


def combined(first: Dimension, second: Dimension, power: Fraction | int) -> Dimension:
    """Return the dimension of first * second^power."""
    total = {
        name: first.get(name, Fraction(0)) + power * second.get(name, Fraction(0))
        for name in (*first, *second)
    }
    return {name: exponent for name, exponent in total.items() if exponent}
