"""Sums of terms as expressions, with the functions that are sums of exponentials."""

from dataclasses import dataclass
from fractions import Fraction

from emlir.expr.core import Expr, build, number
from emlir.passes.lifting.gauss import Gauss, real

HALF = real(Fraction(1, 2))
LOOK_AHEAD = 32


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient times an expression; ``None`` stands for 1."""

    factor: Gauss
    of: Expr | None


def combine(terms: list[Term]) -> Expr:
    """Return the sum of terms; where a function of fewer terms is known it is used."""
    if len(terms) == 1:
        return _signed(terms[0])
    terms = sorted(terms, key=_order)
    for rule in (_sigmoid_of_tanh, _tanh_of_sigmoid, _arccosine):
        terms = rule(terms)
    if not terms:
        return number(0)
    rising = sorted(terms, key=lambda term: not _is_rising(term.factor))
    result = _signed(rising[0])
    for term in rising[1:]:
        if _is_rising(term.factor):
            result = result + _signed(term)
        else:
            result = result - _signed(Term(-term.factor, term.of))
    return _exponential_minus_one(result)


def _order(term: Term) -> tuple[bool, "Leading"]:
    return term.of is None, Leading(number(1) if term.of is None else term.of)


class Leading:
    """By what terms and factors are put in order: the first symbol, the shape, the digest."""

    def __init__(self, expr: Expr) -> None:
        self.expr = expr
        names: list[str] = []
        node = expr
        for _ in range(LOOK_AHEAD):
            if not node.args:
                break
            names.append(node.op.name)
            node = next((arg for arg in node.args if not arg.is_number), node.args[0])
        self.text = node.name if node.is_symbol else "", len(names), names

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leading) and self.expr is other.expr

    def __hash__(self) -> int:
        return hash(self.expr)

    def __lt__(self, other: "Leading") -> bool:
        if self.text != other.text:
            return self.text < other.text
        return self.expr.digest < other.expr.digest


def _is_rising(factor: Gauss) -> bool:
    return factor.re > 0 or (not factor.re and factor.im > 0)


def _signed(term: Term) -> Expr:
    """A term by itself, with its sign."""
    of, factor = term.of, term.factor
    if of is None:
        return _constant(factor)
    if factor.im:
        size = _constant(factor)
        return size * of
    value = factor.re
    if value < 0:
        return -_signed(Term(-factor, of))
    if value == 1:
        return of
    if of.op.name == "div":
        top, bottom = of.args
        return _scaled(top, value.numerator) / _scaled(bottom, value.denominator)
    if value.denominator == 1:
        return number(value) * of
    return _scaled(of, value.numerator) / value.denominator


def _scaled(x: Expr, by: int) -> Expr:
    if by == 1:
        return x
    return number(by * x.number) if x.is_number else number(by) * x


def _constant(value: Gauss) -> Expr:
    if not value.im:
        return number(value.re)
    i: Expr = build("i")
    turned = i if value.im == 1 else -i if value.im == -1 else number(value.im) * i
    return turned if not value.re else number(value.re) + turned


def _sigmoid_of_tanh(terms: list[Term]) -> list[Term]:
    """c + c tanh z = 2 c sigmoid(2 z)."""
    numbers = [term for term in terms if term.of is None]
    for term in terms:
        if term.of is not None and term.of.op.name == "tanh":
            for constant in numbers:
                if constant.factor == term.factor:
                    rest = [kept for kept in terms if kept not in (term, constant)]
                    angle = _doubled(term.of.args[0])
                    return [*rest, Term(term.factor + term.factor, build("sigmoid", angle))]
    return terms


def _tanh_of_sigmoid(terms: list[Term]) -> list[Term]:
    """c - 2 c sigmoid z = -c tanh(z/2)."""
    for term in terms:
        if term.of is None or term.of.op.name != "sigmoid":
            continue
        for constant in terms:
            if constant.of is None and term.factor == -(constant.factor + constant.factor):
                rest = [kept for kept in terms if kept not in (term, constant)]
                z = term.of.args[0]
                if z.op.name == "neg":
                    return [*rest, Term(constant.factor, build("tanh", _halved(z.args[0])))]
                return [*rest, Term(-constant.factor, build("tanh", _halved(z)))]
    return terms


def _halved(z: Expr) -> Expr:
    if z.op.name == "mul" and z.args[0] is number(2):
        return z.args[1]
    return z / 2


def _doubled(z: Expr) -> Expr:
    if z.op.name == "div" and z.args[1] is number(2):
        return z.args[0]
    return number(2) * z


def _arccosine(terms: list[Term]) -> list[Term]:
    """c pi / 2 - c asin z = c acos z, and c pi / 2 + c asin z = c acos(-z)."""
    for term in terms:
        if term.of is None or term.of.op.name != "asin":
            continue
        for other in terms:
            size = term.factor * HALF
            if other.of is not build("pi") or other.factor not in (size, -size):
                continue
            z = term.of.args[0]
            factor, angle = (term.factor, -z) if other.factor == size else (-term.factor, z)
            rest = [kept for kept in terms if kept not in (term, other)]
            return [*rest, Term(factor, build("acos", angle))]
    return terms


def _exponential_minus_one(x: Expr) -> Expr:
    if x.op.name == "sub" and x.args[1] is number(1) and x.args[0].op.name == "exp":
        return build("expm1", *x.args[0].args)
    return x
