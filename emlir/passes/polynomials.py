"""Polynomials over arbitrary terms: what ``expand`` and ``collect`` calculate with.

A polynomial maps monomials to coefficients; a monomial is a tuple of (term, exponent) in the
order in which the terms were met. Everything that is not + - *, negation, division by a
number or a power with a small literal exponent is a term.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from emlir.expr.core import Expr
from emlir.expr.traverse import postorder

MAX_TERMS = 2_000
MAX_POWER = 100

Monomial = tuple[tuple[int, int], ...]
Polynomial = dict[Monomial, Fraction]
ONE: Monomial = ()


@dataclass(slots=True)
class Terms:
    """Numbers for terms, in the order in which they are met."""

    numbers: dict[Expr, int] = field(default_factory=dict)
    by_number: list[Expr] = field(default_factory=list)

    def variable(self, term: Expr) -> Polynomial:
        """The polynomial that is just this term."""
        number = self.numbers.setdefault(term, len(self.by_number))
        if number == len(self.by_number):
            self.by_number.append(term)
        return {((number, 1),): Fraction(1)}


def power_of(node: Expr) -> int | None:
    """Return the exponent of a power that is multiplied out."""
    if node.op.name != "pow" or not node.args[1].is_number:
        return None
    value = node.args[1].number
    usable = value.denominator == 1 and 1 <= value <= MAX_POWER
    return value.numerator if usable else None


def is_polynomial(node: Expr) -> bool:
    """Whether the node is one of the operations that make polynomials."""
    if node.op.name in ("add", "sub", "neg", "mul") or power_of(node) is not None:
        return True
    divisor = node.args[1] if node.op.name == "div" else None
    return divisor is not None and divisor.is_number and divisor.number != 0


def read_polynomial(
    root: Expr, terms: Terms, known: dict[Expr, Polynomial | None]
) -> Polynomial | None:
    """Multiply ``root`` out; ``None`` if that has more than ``MAX_TERMS`` monomials.

    ``known`` remembers the polynomials of nodes, so that shared parts are read once.
    """
    for node in postorder((root,)):
        if node not in known:
            known[node] = _read(node, terms, known)
    return known[root]


def _read(node: Expr, terms: Terms, known: dict[Expr, Polynomial | None]) -> Polynomial | None:
    if node.is_number:
        return {ONE: node.number} if node.number else {}
    if not is_polynomial(node):
        return terms.variable(node)
    args = [known[arg] for arg in node.args]
    if args[0] is None or (node.op.arity == 2 and args[1] is None):
        return None
    return _combine(node, args)


def _combine(node: Expr, args: list[Polynomial | None]) -> Polynomial | None:
    left, name = args[0] or {}, node.op.name
    right = (args[1] or {}) if node.op.arity == 2 else {}
    if name == "neg":
        return scaled(left, Fraction(-1))
    if name == "add":
        return _sum(left, right)
    if name == "sub":
        return _sum(left, scaled(right, Fraction(-1)))
    if name == "mul":
        return _product(left, right)
    if name == "div":
        return scaled(left, 1 / node.args[1].number)
    return _power(left, power_of(node) or 1)


def scaled(polynomial: Polynomial, factor: Fraction) -> Polynomial:
    """Return a multiple."""
    return {monomial: value * factor for monomial, value in polynomial.items()}


def _sum(left: Polynomial, right: Polynomial) -> Polynomial | None:
    total = dict(left)
    for monomial, value in right.items():
        total[monomial] = total.get(monomial, Fraction(0)) + value
    return _bounded(total)


def _product(left: Polynomial, right: Polynomial) -> Polynomial | None:
    if len(left) * len(right) > 4 * MAX_TERMS:
        return None
    total: Polynomial = {}
    for a, p in left.items():
        for b, q in right.items():
            monomial = _times(a, b)
            total[monomial] = total.get(monomial, Fraction(0)) + p * q
    return _bounded(total)


def _times(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    exponents = dict(a)
    for term, exponent in b:
        exponents[term] = exponents.get(term, 0) + exponent
    return tuple(sorted(exponents.items()))


def _power(base: Polynomial, exponent: int) -> Polynomial | None:
    result: Polynomial | None = {ONE: Fraction(1)}
    for _ in range(exponent):
        if result is None:
            return None
        result = _product(result, base)
    return result


def _bounded(polynomial: Polynomial) -> Polynomial | None:
    kept = {monomial: value for monomial, value in polynomial.items() if value}
    return kept if len(kept) <= MAX_TERMS else None
