"""The operator set ``arithmetic``: + - * /, negation, power."""

import operator
from fractions import Fraction

from emlir.expr import signs
from emlir.expr.core import Expr, Operator, as_expr, build, number
from emlir.expr.operator import Lowering
from emlir.ops import trees
from emlir.semantics import Semantics

REAL: tuple[Semantics, ...] = ("real",)


def _ne(x: Expr, y: object) -> Expr:
    return build("ne", x, y)


def _ln(x: Expr) -> Expr:
    return build("ln", x)


def _exp(x: Expr) -> Expr:
    return build("exp", x)


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


def _lower_power(base: Expr, exponent: Expr) -> Expr:
    if exponent.is_number and exponent.number.denominator == 1:
        return _integer_power(base, exponent.number.numerator)
    return _exp(exponent * _ln(base))


def _power_needs(base: Expr, exponent: Expr) -> Expr:
    if exponent.is_number and exponent.number.denominator == 1:
        return as_expr(True) if exponent.number >= 0 else _ne(base, 0)
    return base > 0


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
        Lowering(trees.total, ("complex",), source="K = 19, paper"),
        Lowering(trees.total, REAL, lambda x, y: x < 2, "K = 19, paper; needs x < e"),
        Lowering(lambda x, y: trees.real_difference(x, trees.wide_negation(y))),
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
        Lowering(trees.minus, ("complex",), source="K = 11, paper"),
        Lowering(trees.minus, REAL, lambda x, y: x > 0, "K = 11, paper"),
        Lowering(trees.minus, ("extended",), lambda x, y: x >= 0, "K = 11, paper"),
        Lowering(trees.real_difference),
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
        Lowering(
            trees.product,
            ("complex",),
            lambda x, y: (x > 0) | (_ne(x, 0) & _ne(y, 0)) | ((x >= 0) & (y >= 0)),
            "K = 17, paper",
        ),
        Lowering(
            trees.product,
            REAL,
            lambda x, y: (x > 0) & (x < 15) & (y > 0),
            "K = 17, paper; needs x < exp(e)",
        ),
        Lowering(lambda x, y: _exp(_ln(x) + _ln(y)), requires=lambda x, y: (x > 0) & (y > 0)),
        Lowering(_product_everywhere),
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
        Lowering(trees.quotient, ("complex",), lambda x, y: _ne(x, 0) & _ne(y, 0), "K = 17, paper"),
        Lowering(trees.quotient, REAL, lambda x, y: (x > 1) & (y > 0), "K = 17, paper"),
        Lowering(lambda x, y: _exp(_ln(x) - _ln(y)), requires=lambda x, y: (x > 0) & (y > 0)),
        Lowering(
            lambda x, y: (x * y) * _exp(-trees.ln_tree(y * y)),
            requires=lambda x, y: _ne(y, 0),
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
        Lowering(trees.extended_negation, ("extended", "complex"), source="K = 15, paper"),
        Lowering(trees.real_negation, REAL, source="K = 17: (exp(x) - x) - exp(x)"),
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
    lowerings=(Lowering(_lower_power, requires=_power_needs, source="exp(y ln x)"),),
    spellings={"infix": "^", "rpn": "^"},
)
