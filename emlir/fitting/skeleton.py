"""The skeleton of a formula: what is left when its constants are taken out.

Two formulas have the same skeleton if one becomes the other by changing constants. For this a
formula is written as a sum of products, each with a coefficient of its own (1 where none was
written), so that ``x - y`` and ``2*y + 3*x`` agree. Coefficients move out of powers, products
and sums of which they are factors, out of ``ln`` as offsets, and offsets out of ``exp`` as
factors, so that each constant has one place. Every part without variables counts as one constant.
Exponents that are integers belong to the skeleton: ``x^2`` and ``x^3`` differ.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import exp, isfinite, log
from operator import mul

from emlir.evaluate import evaluate
from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, number, symbol
from emlir.expr.traverse import postorder
from emlir.ops import exp as exp_of, ln as ln_of, sqrt as sqrt_of
from emlir.text.names import quote
from emlir.text.syntax import emit, parse

HOLE = symbol("\ue000")
"""Stands for each constant: a name from the private area, which no data has."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A formula with a hole for each constant, and the constants in the order of the holes."""

    expr: Expr
    values: tuple[float, ...] = ()

    def filled(self, texts: Sequence[str]) -> Expr:
        """Return the formula with these numbers or names in the holes."""
        left = iter(texts)
        text = emit(self.expr, "infix")
        return parse(re.sub(re.escape(quote(HOLE.name)), lambda _: f"({next(left)})", text))


@dataclass(frozen=True, slots=True)
class _Term:
    """A coefficient times a product over a product; a constant where both are empty."""

    factor: float
    over: tuple[Skeleton, ...] = ()
    under: tuple[Skeleton, ...] = ()

    @property
    def product(self) -> Skeleton:
        """All but the coefficient."""
        above, below = (
            reduce(mul, (part.expr for part in side)) if side else None
            for side in (self.over, self.under)
        )
        top = number(1) if above is None else above
        values = tuple(v for part in (*self.over, *self.under) for v in part.values)
        return Skeleton(top if below is None else top / below, values)

    @property
    def is_constant(self) -> bool:
        return not self.over and not self.under

    def times(self, factor: float) -> "_Term":
        return replace(self, factor=self.factor * factor)


_Terms = list[_Term]


def skeleton(expr: Expr) -> Skeleton:
    """Return the skeleton of a formula."""
    known: dict[Expr, _Terms] = {}
    for node in postorder((expr,)):
        known[node] = _terms(node, [known[arg] for arg in node.args])
    return _sum(known[expr])


def _terms(node: Expr, parts: list[_Terms]) -> _Terms:
    if node.is_symbol:
        return [_Term(1.0, (Skeleton(node),))]
    if not node.symbols:
        value = float(evaluate(node, {})) if node.sort == "number" else float("nan")
        return [_Term(value)] if isfinite(value) else [_Term(1.0, (Skeleton(node),))]
    match node.op.name:
        case "neg":
            return [term.times(-1.0) for term in parts[0]]
        case "add":
            return _merged([*parts[0], *parts[1]])
        case "sub":
            return _merged([*parts[0], *(term.times(-1.0) for term in parts[1])])
        case "mul":
            return _times(parts[0], parts[1])
        case "div" | "pow" | "sqrt" | "ln" | "exp":
            return _taken_out(node, parts)
    return [_opaque(node, parts)]


def _merged(terms: _Terms) -> _Terms:
    """Add the coefficients of equal products; leave out what is 0."""
    sums: dict[tuple[tuple[Skeleton, ...], tuple[Skeleton, ...]], float] = {}
    for term in terms:
        place = term.over, term.under
        sums[place] = sums.get(place, 0.0) + term.factor
    kept = [_Term(factor, *place) for place, factor in sums.items() if factor != 0]
    return sorted(kept or [_Term(0.0)], key=_order)


def _order(term: _Term) -> tuple[bool, str, tuple[float, ...]]:
    product = term.product
    return term.is_constant, str(product.expr), product.values


def _sorted(parts: Iterable[Skeleton]) -> tuple[Skeleton, ...]:
    return tuple(sorted(parts, key=lambda part: (str(part.expr), part.values)))


def _times(left: _Terms, right: _Terms) -> _Terms:
    for numbers, others in ((left, right), (right, left)):
        if len(numbers) == 1 and numbers[0].is_constant:
            return _merged([term.times(numbers[0].factor) for term in others])
    one, other = _single(left), _single(right)
    over, under = _sorted(one.over + other.over), _sorted(one.under + other.under)
    return [_Term(one.factor * other.factor, over, under)]


def _single(terms: _Terms) -> _Term:
    """Return a sum as one product: its first coefficient times what is left."""
    if len(terms) == 1:
        return terms[0]
    first = terms[0].factor
    scaled = [term.times(1 / first) for term in terms]
    rest = _sum(scaled[1:])
    leading = scaled[0].product
    return _Term(first, (Skeleton(leading.expr + rest.expr, leading.values + rest.values),))


def _sum(terms: _Terms) -> Skeleton:
    """Return a sum with a hole for each coefficient."""
    if len(terms) == 1 and _is_truth(terms[0]):
        return terms[0].over[0]
    exprs, values = [], []
    for term in terms:
        product = term.product
        exprs.append(HOLE if term.is_constant else HOLE * product.expr)
        values += [term.factor, *product.values]
    return Skeleton(reduce(Expr.__add__, exprs), tuple(values))


def _is_truth(term: _Term) -> bool:
    return any(part.expr.sort == "truth" for part in term.over)


def _power(term: _Term, exponent: int) -> _Term:
    over, under = (term.over, term.under) if exponent > 0 else (term.under, term.over)
    count = abs(exponent)
    if count != 1:
        over, under = (
            _sorted(Skeleton(part.expr**count, part.values) for part in side)
            for side in (over, under)
        )
    return _Term(term.factor**exponent, over, under)


def _taken_out(node: Expr, parts: list[_Terms]) -> _Terms:
    """Take the constants out of a quotient, a power, a root, ``ln`` or ``exp``, if possible."""
    inner = _single(parts[0])
    try:
        match node.op.name:
            case "div":
                return _times(parts[0], [_power(_single(parts[1]), -1)])
            case "exp":
                return [_exponential(parts[0])]
            case "ln":
                signed = _signed(inner)
                return _merged(
                    [
                        _Term(1.0, (Skeleton(ln_of(signed.expr), signed.values),)),
                        _Term(log(abs(inner.factor))),
                    ]
                )
            case "sqrt":
                signed = _signed(inner)
                root = Skeleton(sqrt_of(signed.expr), signed.values)
                return [_Term(abs(inner.factor) ** 0.5, (root,))]
        return [_general_power(node, parts, inner)]
    except (OverflowError, ValueError, ZeroDivisionError):  # such as exp(1000), or ln 0
        return [_opaque(node, parts)]


def _exponential(terms: _Terms) -> _Term:
    factor = exp(sum(term.factor for term in terms if term.is_constant))
    varying = [term for term in terms if not term.is_constant]
    if not varying:
        return _Term(factor)
    rest = _sum(varying)
    return _Term(factor, (Skeleton(exp_of(rest.expr), rest.values),))


def _general_power(node: Expr, parts: list[_Terms], base: _Term) -> _Term:
    exponent = node.args[1]
    if exponent.symbols or len(parts[1]) != 1 or not parts[1][0].is_constant:
        return _opaque(node, parts)
    if exponent.is_number and exponent.number.denominator == 1:
        return _power(base, int(exponent.number))
    value, signed = parts[1][0].factor, _signed(base)
    power = Skeleton(signed.expr**HOLE, (*signed.values, value))
    return _Term(abs(base.factor) ** value, (power,))


def _signed(term: _Term) -> Skeleton:
    """Return the product of a term with its sign: the size of the coefficient was taken out."""
    product = term.product
    return product if term.factor > 0 else Skeleton(-product.expr, product.values)


def _opaque(node: Expr, parts: list[_Terms]) -> _Term:
    inner = [_sum(part) for part in parts]
    expr = rebuild(node, tuple(part.expr for part in inner))
    return _Term(1.0, (Skeleton(expr, tuple(v for part in inner for v in part.values)),))
