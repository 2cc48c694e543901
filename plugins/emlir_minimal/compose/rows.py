"""The rows of the database: which recipe is for what, and where its tree is right.

A row that a plain name is for comes first; ``open_`` rows leave out a point of the domain,
``wide_`` rows are for arguments that the shorter tree would exponentiate.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from emlir_minimal.compose import (
    circular,
    constants,
    finite,
    finite_circular,
    finite_shifted,
    real,
    steps,
)
from emlir_minimal.compose.constants import UNIT
from emlir_minimal.compose.form import Form, X, Y
from emlir_minimal.compose.rationals import rationals

PAPER = "Odrzywolek, arXiv:2603.21852"
HERE = "composed here"


@dataclass(frozen=True, slots=True)
class Row:
    """A tree for ``operator``: an operator's name, a macro's, or the text of a number.

    ``requires`` is what must hold beyond the real domain of the operator, ``floats`` where no
    step leaves the range of float64; both are infix text, empty for no condition.
    """

    name: str
    operator: str
    recipe: Callable[[], Form]
    requires: str = ""
    floats: str = ""
    source: str = HERE


def within(low: str, high: str, *names: str) -> str:
    """Return the truth that the symbols lie between two numbers."""
    return " and ".join(f"{name} > {low} and {name} < {high}" for name in names or ("x",))


_HALF = "x = 0 or (x > 1/40 and x < 1024) or (x < -1/40 and x > -1024)"

_NUMBERS = (
    Row("zero", "0", constants.zero, source=PAPER),
    Row("e", "e", lambda: constants.E, source=PAPER),
    Row("two", "2", constants.two, source=PAPER),
    Row("three", "3", lambda: constants.natural(3)),
    Row("four", "4", lambda: constants.natural(4)),
    Row("minus_one", "-1", constants.minus_one, source=PAPER),
    Row("minus_two", "-2", constants.minus_two),
    Row("minus_three", "-3", constants.minus_three),
    Row("one_half", "1/2", constants.half, source=PAPER),
    Row("minus_half", "-1/2", constants.minus_half),
    Row("third", "1/3", constants.third),
    Row("two_thirds", "2/3", constants.two_thirds, source=PAPER),
    Row("minus_two_thirds", "-2/3", constants.minus_two_thirds, source=PAPER),
    Row("root_two", "sqrt(2)", constants.root_two),
    Row("golden", "golden", constants.golden),
    Row("pi", "pi", constants.pi),
    Row("plus_i", "i", constants.plus_i),
    Row("minus_i", "-i", constants.minus_i),
    Row("pi_i", "i*pi", constants.pi_i),
    Row("minus_pi_i", "-i*pi", constants.minus_pi_i),
)


def _rational_rows() -> Iterator[Row]:
    """Rows of the rationals of a small numerator and denominator that have no name above."""
    named = {row.operator for row in _NUMBERS} | {"1"}
    for denominator, largest in ((1, 12), (2, 9), (3, 8), (4, 9), (5, 6), (10, 9)):
        for numerator in range(-largest, largest + 1):
            value = Fraction(numerator, denominator)
            if value.denominator == denominator and str(value) not in named:
                name = f"number_{value}".replace("-", "minus_").replace("/", "_")
                yield Row(name, str(value), partial(_rational, value))


def _rational(value: Fraction) -> Form:
    return rationals()[value]


_FAR = within("-1000000000", "1000000000", "x", "y")
_SHORT = "x > -340 and x < 340 and y > -340 and y < 340"

_ARITHMETIC = (
    Row("add", "add", lambda: steps.total(X, Y), floats=_SHORT, source=PAPER),
    Row("wide_add", "add", real.wide_add, requires="y != 0"),
    Row("far_add", "add", real.far_add, floats=_FAR),
    Row(
        "sub",
        "sub",
        lambda: steps.difference(X, Y),
        floats=within("-700", "700", "y"),
        source=PAPER,
    ),
    Row("wide_sub", "sub", real.wide_sub, requires="y != 0"),
    Row("far_sub", "sub", real.far_sub, floats=_FAR),
    Row("mul", "mul", lambda: steps.product(X, Y), source=PAPER),
    Row("div", "div", lambda: steps.quotient(X, Y)),
    Row("neg", "neg", lambda: steps.negative(X), floats=within("-700", "700"), source=PAPER),
    Row("wide_neg", "neg", real.wide_neg),
    Row("open_pow", "pow", real.open_power, requires="x != 0", source=PAPER),
    Row("pow", "pow", real.power, requires="x != 0 or y > 0"),
)

_MACROS = (
    Row("inv", "inv", lambda: steps.reciprocal(X), source=PAPER),
    Row("half", "half", real.half, floats=_HALF),
    Row("wide_half", "half", real.wide_half),
    Row("double", "double", lambda: steps.total(X, X), floats=within("-340", "340"), source=PAPER),
    Row("wide_double", "double", real.wide_double),
    Row("sqr", "sqr", lambda: real.square(X), source=PAPER),
    Row("succ", "succ", lambda: steps.total(X, UNIT), floats=within("-700", "700"), source=PAPER),
    Row("wide_succ", "succ", real.wide_succ),
    Row("pred", "pred", lambda: steps.difference(X, UNIT), source=PAPER),
    Row("avg", "avg", real.avg, floats=_SHORT),
    Row("log", "log", real.log, source=PAPER),
    Row("sumsq", "sumsq", real.sum_of_squares, floats=within("-26", "26", "y")),
)

_FUNCTIONS = (
    Row("exp", "exp", lambda: steps.exponential(X), source=PAPER),
    Row("ln", "ln", lambda: steps.logarithm(X), source=PAPER),
    Row("open_sqrt", "sqrt", lambda: real.open_root(X), requires="x > 0", source=PAPER),
    Row("sqrt", "sqrt", lambda: real.root(X)),
    Row("sigmoid", "sigmoid", real.sigmoid, floats="x < 700"),
    Row("softplus", "softplus", real.softplus, floats="x < 700"),
    Row("logaddexp", "logaddexp", real.logaddexp, floats="x < 700 and y < 6"),
    Row("expm1", "expm1", finite.expm1),
    Row("log1p", "log1p", finite.log1p, floats="x < 700"),
    Row("sinh", "sinh", real.sinh, floats=within("-6.5", "700")),
    Row("wide_sinh", "sinh", real.wide_sinh, floats=within("-340", "340")),
    Row("cosh", "cosh", real.cosh, floats=within("-6.5", "700")),
    Row("wide_cosh", "cosh", real.wide_cosh, floats=within("-340", "340")),
    Row("tanh", "tanh", real.tanh, floats=within("-6.5", "700")),
    Row("wide_tanh", "tanh", real.wide_tanh, floats=within("-340", "340")),
    Row("asinh", "asinh", real.asinh, floats=within("-700", "700")),
    Row("open_acosh", "acosh", real.open_acosh, requires="x > 1", floats="x < 700"),
    Row("acosh", "acosh", real.acosh, floats="x < 46"),
    Row("wide_acosh", "acosh", real.wide_acosh, floats="x < 700"),
    Row("atanh", "atanh", real.atanh),
    Row("open_hypot", "hypot", real.open_hypot, "x != 0 or y != 0", within("-26", "26", "y")),
    Row("hypot", "hypot", real.hypot, floats=within("-26", "26", "y")),
)

_CIRCULAR = (
    Row("sin", "sin", circular.sin),
    Row("cos", "cos", circular.cos),
    Row("tan", "tan", circular.tan, floats=within("-340", "340")),
    Row("wide_tan", "tan", circular.wide_tan),
    Row("open_asin", "asin", circular.open_asin, requires="x > -1 and x < 1"),
    Row("asin", "asin", circular.asin),
    Row("acos", "acos", circular.acos),
    Row("atan", "atan", circular.atan),
)

_INVERTIBLE = within("-20", "20", "x", "y") + " and (y > 1/20 or y < -1/20)"
_OFF_EE = "(x < 15 or x > 16)"

_FINITE = (
    Row("finite_minus_one", "-1", finite.minus_one, source=PAPER),
    Row("finite_half", "1/2", finite.half),
    Row("finite_minus_half", "-1/2", finite.minus_half),
    Row("finite_minus_pi_i", "-i*pi", finite.minus_pi_i),
    Row("finite_minus_i", "-i", finite.minus_i),
    Row("finite_i", "i", finite.plus_i),
    Row("finite_pi", "pi", finite.pi),
    Row("finite_short_neg", "neg", finite.short_neg, "x < 2 or x > 3", within("-700", "700")),
    Row("finite_neg", "neg", finite.neg, floats=within("-6", "6")),
    Row("finite_short_inv", "inv", finite.short_inv, _OFF_EE, source=PAPER),
    Row("finite_inv", "inv", finite.inv, floats=within("-600", "600")),
    Row("finite_wide_inv", "inv", finite.wide_inv),
    Row("finite_short_mul", "mul", lambda: steps.product(X, Y), f"x != 0 and y != 0 and {_OFF_EE}"),
    Row("finite_mul", "mul", finite.mul, "x != 0 and y != 0", within("-600", "600")),
    Row("finite_wide_mul", "mul", finite.wide_mul, "x != 0 and y != 0"),
    Row("finite_div", "div", lambda: finite.ratio(X, Y), "x != 0 and x != 1", source=PAPER),
    Row("finite_wide_div", "div", finite.wide_div, "x != 0"),
    Row("finite_short_half", "half", lambda: steps.quotient(X, constants.two()), "x != 0"),
    Row("finite_wide_half", "half", finite.halved, floats=within("-700", "700")),
    Row("finite_short_double", "double", lambda: steps.product(constants.two(), X), "x != 0"),
    Row("finite_double", "double", finite.double, floats=within("-340", "340")),
    Row("finite_short_sqr", "sqr", lambda: real.square(X), f"x != 0 and {_OFF_EE}"),
    Row("finite_sqr", "sqr", finite.sqr, "x != 0", within("-600", "600")),
    Row("finite_succ", "succ", finite.succ, floats=within("-700", "700"), source=PAPER),
    Row("finite_pred", "pred", finite.pred, floats=within("-700", "700")),
    Row("finite_log", "log", real.log, "y != 1 and x < 1000000"),
    Row("finite_pow", "pow", finite.power, "x > 0 and x != 1 and y != 0"),
    Row("finite_open_sqrt", "sqrt", lambda: real.open_root(X), "x > 0 and x != 1"),
    Row("finite_sqrt", "sqrt", finite.root, "x > 0"),
    Row("finite_sigmoid", "sigmoid", finite.sigmoid, floats="x < 700"),
    Row("finite_softplus", "softplus", finite.softplus, floats="x < 700"),
    Row("finite_logaddexp", "logaddexp", finite.logaddexp, floats="x < 700 and y < 6"),
    Row("finite_sinh", "sinh", finite.sinh, floats=within("-6.5", "700")),
    Row("finite_cosh", "cosh", finite.cosh, floats=within("-6.5", "700")),
    Row("finite_tanh", "tanh", finite.tanh, floats=within("-340", "340")),
    Row("finite_asinh", "asinh", finite.asinh, floats=within("-700", "700")),
    Row("finite_acosh", "acosh", finite.acosh, "x > 1", "x < 700"),
    Row("finite_atanh", "atanh", finite.atanh),
    Row("finite_sin", "sin", finite_circular.sin, floats=within("-700", "700")),
    Row("finite_cos", "cos", finite_circular.cos, floats=within("-700", "700")),
    Row("finite_tan", "tan", finite_circular.tan, floats=within("-700", "700")),
    Row("finite_asin", "asin", finite_circular.asin, "x > -1 and x < 1"),
    Row("finite_acos", "acos", finite_circular.acos, "x > -1 and x < 1"),
    Row("finite_atan", "atan", finite_circular.atan, floats=within("-700", "700")),
    Row("finite_any_sqr", "sqr", finite_shifted.sqr, floats=within("-700", "700")),
    Row("finite_any_mul", "mul", finite_shifted.mul, floats=within("-26", "26", "x", "y")),
    Row("finite_any_div", "div", finite_shifted.div, floats=_INVERTIBLE),
    Row("finite_wide_sinh", "sinh", finite_shifted.wide_sinh, floats=within("-340", "340")),
    Row("finite_wide_cosh", "cosh", finite_shifted.wide_cosh, floats=within("-340", "340")),
    Row("finite_wide_add", "add", lambda: finite.sum_of(X, Y), floats=_SHORT),
)
"""Rows without an infinite step, where there is a shorter one with."""

_GROUPS = (_NUMBERS, _rational_rows(), _ARITHMETIC, _MACROS, _FUNCTIONS, _CIRCULAR, _FINITE)
ROWS = {row.name: row for group in _GROUPS for row in group}
"""All rows by name."""
