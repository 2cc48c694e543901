"""Exact numbers from smaller ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from emlir.expr.core import Expr, Operator, build, number
from emlir.expr.table import builtin


@dataclass(frozen=True, slots=True)
class Use:
    """An operator applied to numbers, which constructors would fold."""

    op: Operator
    args: tuple[Expr, ...]


def compositions(value: Fraction) -> Iterator["Use | Expr"]:
    """Yield ways to make a number other than 1 from simpler ones; doubling is among them."""
    if value == 0:
        yield build("ln", number(1))
    elif value == 1:
        yield build("ln", build("e"))
    elif value < 0:
        yield _use("neg", -value)
    elif value.denominator != 1:
        yield _use("div", Fraction(value.numerator), Fraction(value.denominator))
        if value.denominator % 2 == 0 and value.denominator > 2:
            yield _use("div", 2 * value, Fraction(2))
    elif value == 2:
        yield _use("add", Fraction(1), Fraction(1))
    elif value % 2 == 0:
        yield _use("mul", Fraction(2), value / 2)
    else:
        yield _use("add", value - 1, Fraction(1))
        if value > 3:
            yield _use("sub", value + 1, Fraction(1))


def _use(name: str, *values: Fraction) -> Use:
    return Use(builtin(name), tuple(number(value) for value in values))
