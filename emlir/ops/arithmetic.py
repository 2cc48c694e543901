"""The operator set ``arithmetic``: + - * /, negation, power."""

import operator
from collections.abc import Callable
from fractions import Fraction

from emlir.expr import signs
from emlir.expr.core import Expr, Operator, as_expr, build, number
from emlir.expr.operator import Lowering
from emlir.ops import trees
from emlir.semantics import Semantics

REAL: tuple[Semantics, ...] = ("real",)
LARGEST_EXPONENT = 1 << 16
"""Larger integer powers are not written out as products."""


def _ne(x: Expr, y: object) -> Expr:
    return build("ne", x, y)


def _ln(x: Expr) -> Expr:
    return build("ln", x)


def _exp(x: Expr) -> Expr:
    return build("exp", x)


def _within(bound: int, *args: Expr) -> Expr:
    """All arguments between -bound and bound."""
    truth: Expr = as_expr(True)
    for arg in args:
        truth = truth & (arg < bound) & (arg > -bound)
    return truth


def _sum_range(x: Expr, y: Expr) -> Expr:
    return _within(700, x, y) & (x + y > -700)


def _small(x: Expr, y: Expr) -> Expr:
    """Where exp(exp(x)) and exp(exp(y)) are floats."""
    return _within(6, x, y)


def _scaled(build_it: Callable[[Expr, Expr], Expr], squarings: int) -> Callable[..., Expr]:
    """Sum or difference in units of exp(exp(e)), which is near 3.8e6, or of powers of it."""

    def scaled(x: Expr, y: Expr) -> Expr:
        unit = _exp(_exp(_exp(number(1))))
        for _ in range(squarings):
            unit = unit * unit
        return unit * build_it(x / unit, y / unit)

    return scaled


def _scales(build_it: Callable[[Expr, Expr], Expr]) -> tuple[Lowering, ...]:
    return tuple(
        Lowering(
            _scaled(build_it, squarings),
            ("complex",),
            floats=lambda x, y, reach=reach: _within(reach, x, y),
            source="in large units, so that floats follow",
        )
        for squarings, reach in ((0, 10**9), (1, 10**15), (4, 10**100))
    )


def _product_everywhere(x: Expr, y: Expr) -> Expr:
    """x*y with x = exp(x) - p and y = exp(y) - q, p and q at least 1: four exponentials."""
    ln_p, ln_q = trees.ln_tree(trees.gap(x)), trees.ln_tree(trees.gap(y))
    return (_exp(ln_p + ln_q) + _exp(x + y)) - (_exp(ln_p + y) + _exp(ln_q + x))


def _integer_power(base: Expr, exponent: int) -> Expr:
    """Repeated squaring; a negative power is a quotient."""
    if exponent < 0:
        return 1 / _integer_power(base, -exponent)
    result: Expr | None = None
    square = base
    while exponent:
        if exponent & 1:
            result = square if result is None else result * square
        exponent >>= 1
        square = square * square if exponent else square
    return number(1) if result is None else result


def _power_by_logarithm(base: Expr, exponent: Expr) -> Expr:
    return _exp(exponent * _ln(base))


def _power_of_literal(base: Expr, exponent: Expr) -> Expr:
    is_small = exponent.is_number and abs(exponent.number) <= LARGEST_EXPONENT
    if is_small and exponent.number.denominator == 1:
        return _integer_power(base, exponent.number.numerator)
    return build("pow", base, exponent)


def _is_integer_literal(base: Expr, exponent: Expr) -> Expr:
    is_small = exponent.is_number and abs(exponent.number) <= LARGEST_EXPONENT
    return as_expr(bool(is_small and exponent.number.denominator == 1))


def _power_domain(base: Expr, exponent: Expr) -> Expr:
    if exponent.is_number:
        if exponent.number.denominator == 1:
            return as_expr(True) if exponent.number >= 0 else _ne(base, 0)
        return base >= 0 if exponent.number > 0 else base > 0
    is_integer = build("eq", exponent, build("floor", exponent))
    return (base > 0) | (build("eq", base, 0) & (exponent >= 0)) | ((base < 0) & is_integer)


def _power_derivative(base: Expr, exponent: Expr) -> tuple[Expr, Expr]:
    if exponent.is_number:
        lowered = exponent.number - 1
        inner = number(1) if lowered == 0 else base if lowered == 1 else base ** number(lowered)
        return exponent if lowered == 0 else exponent * inner, number(0)
    power = build("pow", base, exponent)
    return exponent * base ** (exponent - 1), power * _ln(base)


def _fold_sign(x: Expr) -> Expr | None:
    return number(-x.number) if x.is_number else None


def _fold_quotient(x: Expr, y: Expr) -> Expr | None:
    if x.is_number and y.is_number and y.number:
        return number(Fraction(x.number, y.number))
    return None


add: Operator = Operator(
    name="add",
    arity=2,
    family="arithmetic",
    commutative=True,
    summary="sum",
    kernel="emlir.kernels.arithmetic:add",
    signs=signs.sum_sign,
    entire=True,
    enclosure=operator.add,
    derivative=lambda x, y: (number(1), number(1)),
    lowerings=(
        Lowering(
            trees.total,
            ("complex",),
            source="K = 19, paper",
            everywhere=True,
            floats=_sum_range,
        ),
        Lowering(
            trees.total,
            ("complex",),
            lambda x, y: (x < 2) | (x > 3),
            "K = 19, paper; e - x must not vanish",
            floats=_sum_range,
            finite=True,
        ),
        Lowering(
            trees.total,
            REAL,
            lambda x, y: x < 2,
            "K = 19, paper; needs x < e",
            floats=_sum_range,
            finite=True,
        ),
        Lowering(
            lambda x, y: trees.real_difference(x, trees.wide_negation(y)),
            floats=lambda x, y: _within(6, y) & (x < 700),
            finite=True,
        ),
        *_scales(trees.total),
    ),
    spellings={"infix": "+", "rpn": "+"},
)

sub: Operator = Operator(
    name="sub",
    arity=2,
    family="arithmetic",
    summary="difference",
    kernel="emlir.kernels.arithmetic:sub",
    signs=signs.difference_sign,
    entire=True,
    enclosure=operator.sub,
    derivative=lambda x, y: (number(1), number(-1)),
    lowerings=(
        Lowering(
            trees.minus,
            ("complex",),
            source="K = 11, paper",
            everywhere=True,
            floats=lambda x, y: _within(700, y),
        ),
        Lowering(
            trees.minus,
            ("complex",),
            lambda x, y: _ne(x, 0),
            "K = 11, paper",
            floats=lambda x, y: _within(700, y),
            finite=True,
        ),
        Lowering(
            trees.minus,
            REAL,
            lambda x, y: x > 0,
            "K = 11, paper",
            floats=lambda x, y: _within(700, y),
            finite=True,
        ),
        Lowering(
            trees.minus,
            ("extended",),
            lambda x, y: x >= 0,
            "K = 11, paper",
            floats=lambda x, y: _within(700, y),
        ),
        Lowering(
            trees.real_difference,
            source="K = 19: (exp(y) - y) - (exp(y) - x)",
            floats=lambda x, y: _within(6, y) & _within(700, x),
            finite=True,
        ),
        *_scales(trees.minus),
    ),
    spellings={"infix": "-", "rpn": "-"},
)

mul: Operator = Operator(
    name="mul",
    arity=2,
    family="arithmetic",
    commutative=True,
    summary="product",
    kernel="emlir.kernels.arithmetic:mul",
    signs=signs.product_sign,
    entire=True,
    enclosure=operator.mul,
    derivative=lambda x, y: (y, x),
    lowerings=(
        Lowering(trees.product, ("complex",), source="K = 17, paper", everywhere=True),
        Lowering(
            trees.product,
            ("complex",),
            lambda x, y: _ne(x, 0) & _ne(y, 0) & (x < 15),
            "K = 17, paper; e - ln x must not vanish",
            finite=True,
        ),
        Lowering(
            trees.product,
            REAL,
            lambda x, y: (x > 0) & (x < 15) & (y > 0),
            "K = 17, paper; needs x < exp(e)",
            finite=True,
        ),
        Lowering(
            lambda x, y: _exp(_ln(x) + _ln(y)),
            requires=lambda x, y: (x > 0) & (y > 0),
            basis="any",
        ),
        Lowering(_product_everywhere, floats=_small, finite=True),
    ),
    spellings={"infix": "*", "rpn": "*"},
)

div: Operator = Operator(
    name="div",
    arity=2,
    family="arithmetic",
    summary="quotient; undefined for a zero divisor",
    domain=lambda x, y: _ne(y, 0),
    kernel="emlir.kernels.arithmetic:div",
    signs=signs.quotient_sign,
    enclosure=operator.truediv,
    derivative=lambda x, y: (1 / y, -(x / (y * y))),
    canonical=_fold_quotient,
    lowerings=(
        Lowering(trees.quotient, ("complex",), source="K = 17"),
        Lowering(
            trees.quotient,
            ("complex",),
            lambda x, y: _ne(x, 0) & (y < 15),
            "K = 17; e - ln y must not vanish",
            finite=True,
        ),
        Lowering(
            trees.quotient,
            REAL,
            lambda x, y: (x > 0) & (y > 0) & (y < 15),
            "K = 17; needs y < exp(e)",
            finite=True,
        ),
        Lowering(
            trees.large_quotient,
            REAL,
            lambda x, y: (x > 1) & (y > 0),
            "K = 17, paper",
            finite=True,
        ),
        Lowering(
            lambda x, y: _exp(_ln(x) - _ln(y)),
            requires=lambda x, y: (x > 0) & (y > 0),
            basis="any",
        ),
        Lowering(
            lambda x, y: (x * y) * _exp(-_ln(y * y)),
            basis="any",
            source="y * y is above 0",
        ),
    ),
    spellings={"infix": "/", "rpn": "/"},
)

neg: Operator = Operator(
    name="neg",
    arity=1,
    family="arithmetic",
    summary="negation",
    kernel="emlir.kernels.arithmetic:neg",
    signs=signs.negation_sign,
    entire=True,
    enclosure=operator.neg,
    derivative=lambda x: (number(-1),),
    canonical=_fold_sign,
    lowerings=(
        Lowering(
            trees.extended_negation,
            ("extended", "complex"),
            source="K = 15, paper",
            everywhere=True,
            floats=lambda x: _within(700, x),
        ),
        Lowering(
            trees.real_negation,
            source="K = 17: (exp(x) - x) - exp(x)",
            floats=lambda x: _within(6, x),
            finite=True,
        ),
        Lowering(
            trees.wide_negation,
            source="K = 29: e - (exp(e) - ((exp(e) - e) - x))",
            floats=lambda x: _within(700, x),
            finite=True,
        ),
    ),
    spellings={"infix": "-"},
)

power: Operator = Operator(
    name="pow",
    arity=2,
    family="arithmetic",
    summary="power; x^0 = 1, and a negative base needs an integer exponent in real",
    domain=_power_domain,
    kernel="emlir.kernels.arithmetic:power",
    signs=signs.power_sign,
    enclosure=operator.pow,
    derivative=_power_derivative,
    lowerings=(
        Lowering(
            _power_by_logarithm, requires=lambda x, y: x > 0, basis="any", source="exp(y ln x)"
        ),
        Lowering(
            _power_of_literal,
            requires=_is_integer_literal,
            basis="any",
            literal=True,
            source="repeated squaring",
        ),
    ),
    spellings={"infix": "^", "rpn": "^"},
)
