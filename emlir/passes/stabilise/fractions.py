"""Expressions as quotients of polynomials, exactly.

What is read is true wherever the expression is defined in ``real``: there every unknown is a
finite real number, and the q-th power of a q-th root is its base.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from emlir.expr.core import Expr
from emlir.passes.stabilise.generators import (
    EXPONENTIALS,
    Exponential,
    Generator,
    Root,
    TooLargeError,
    exponent_of,
    generators,
    inner_nodes,
)
from emlir.passes.stabilise.linear import linear

MAX_DEGREE = 16
MAX_TERMS = 60

Polynomial = Any
Quotient = tuple[Polynomial, Polynomial]


@dataclass(slots=True)
class Reading:
    """A rational function: its unknowns, numerator and denominator, and what it divides by."""

    unknowns: list[Generator]
    ring: Any
    top: Polynomial = None
    bottom: Polynomial = None
    divisors: list[Polynomial] = field(default_factory=list)
    bases: dict[int, Quotient] = field(default_factory=dict)

    def read(self, node: Expr, known: dict[Expr, Quotient]) -> Quotient:
        """Read one node from its arguments."""
        exponent = exponent_of(node)
        if node.is_number:
            return self._constant(node.number), self._constant(Fraction(1))
        if exponent is not None:
            return self._power(node, exponent, known[node.args[0]])
        pairs = [known[arg] for arg in node.args]
        if node.op.name == "neg":
            return -pairs[0][0], pairs[0][1]
        return self._binary(node.op.name, *pairs)

    def leaf(self, node: Expr) -> Quotient:
        """Return the unknown of a leaf, or the powers that an exponential is."""
        top, bottom = self._constant(Fraction(1)), self._constant(Fraction(1))
        if node.op.name not in EXPONENTIALS:
            return self._generator(node), bottom
        terms = linear(node.args[0])
        for unknown, generator in zip(self.unknowns, self.ring.gens(), strict=True):
            if isinstance(unknown, Exponential) and unknown.term in terms:
                power = int(terms[unknown.term] / unknown.step)
                _check_degree(abs(power))
                if power > 0:
                    top *= generator**power
                else:
                    bottom *= generator**-power
        return (top if node.op.name == "exp" else top - bottom), bottom

    def _generator(self, node: Expr) -> Polynomial:
        for unknown, generator in zip(self.unknowns, self.ring.gens(), strict=True):
            if getattr(unknown, "expr", None) is node:
                return generator
        raise LookupError(f"no unknown stands for {node!r}")

    def _constant(self, value: Fraction) -> Polynomial:
        return self.ring.constant(fmpq(value.numerator, value.denominator))

    def _power(self, node: Expr, exponent: Fraction, base: Quotient) -> Quotient:
        if exponent.denominator > 1:
            index = self.unknowns.index(Root(node.args[0], exponent.denominator))
            self.bases[index] = base
            base = self.ring.gens()[index], self._constant(Fraction(1))
        power = abs(exponent.numerator)
        _check_degree(power * max(_degree(base[0]), _degree(base[1])))
        top, bottom = base[0] ** power, base[1] ** power
        if exponent < 0:
            self.divisors.append(base[0])
            return bottom, top
        return top, bottom

    def _binary(self, name: str, x: Quotient, y: Quotient) -> Quotient:
        if name == "mul":
            return _checked(x[0] * y[0]), _checked(x[1] * y[1])
        if name == "div":
            self.divisors.append(y[0])
            return _checked(x[0] * y[1]), _checked(x[1] * y[0])
        left, right, bottom = x[0], y[0], x[1]
        if x[1] != y[1]:
            common = x[1].gcd(y[1])
            left, right = left * (y[1] // common), right * (x[1] // common)
            bottom = x[1] * (y[1] // common)
        return _checked(left + right if name == "add" else left - right), _checked(bottom)

    def reduced(self, polynomial: Polynomial) -> Quotient:
        """Replace powers of roots by their bases."""
        bottom = self._constant(Fraction(1))
        for index, base in sorted(self.bases.items()):
            root = self.unknowns[index]
            assert isinstance(root, Root)
            polynomial, divisor = self._without_powers(polynomial, index, root.index, base)
            bottom *= divisor
        return _checked(polynomial), _checked(bottom)

    def _without_powers(
        self, polynomial: Polynomial, index: int, q: int, base: Quotient
    ) -> Quotient:
        terms = polynomial.to_dict()
        most = max((exponents[index] // q for exponents in terms), default=0)
        if not most:
            return polynomial, self._constant(Fraction(1))
        _check_degree(most * max(_degree(base[0]), _degree(base[1])))
        total = self._constant(Fraction(0))
        for exponents, factor in terms.items():
            turns, rest = divmod(exponents[index], q)
            left = (*exponents[:index], rest, *exponents[index + 1 :])
            single = self.ring.from_dict({left: factor})
            total += single * base[0] ** turns * base[1] ** (most - turns)
        return total, base[1] ** most


def read_quotient(root: Expr) -> Reading:
    """Read an expression; raises ``TooLargeError`` where that is not worth it.

    The numerator and the denominator have no common factor. Raises ``ZeroDivisionError`` if
    it divides by 0, so that it is defined nowhere.
    """
    order, leaves = inner_nodes(root)
    unknowns = generators(order, leaves)
    names = [f"u{k}" for k in range(len(unknowns))]
    reading = Reading(unknowns, fmpq_mpoly_ctx.get(names, Ordering.deglex))
    known = {leaf: reading.leaf(leaf) for leaf in leaves}
    for node in order:
        for arg in node.args:
            if arg.is_number:
                known[arg] = reading.read(arg, known)
        known[node] = reading.read(node, known)
    _finish(reading, known[root])
    return reading


def _finish(reading: Reading, pair: Quotient) -> None:
    (top, over), (bottom, under) = reading.reduced(pair[0]), reading.reduced(pair[1])
    top, bottom = top * under, bottom * over
    reading.divisors = [reading.reduced(divisor)[0] for divisor in reading.divisors]
    if bottom.is_zero() or any(divisor.is_zero() for divisor in reading.divisors):
        raise ZeroDivisionError("a quotient by 0")
    common = top.gcd(bottom) if not top.is_zero() else bottom
    reading.top, reading.bottom = top // common, bottom // common


def _degree(polynomial: Polynomial) -> int:
    return 0 if polynomial.is_zero() else int(polynomial.total_degree())


def _check_degree(degree: int) -> None:
    if degree > MAX_DEGREE:
        raise TooLargeError("the degree is too high")


def _checked(polynomial: Polynomial) -> Polynomial:
    _check_degree(_degree(polynomial))
    if len(polynomial) > MAX_TERMS:
        raise TooLargeError("too many terms")
    return polynomial
