"""Rational functions written anew: over one denominator, reduced, in factors.

An identity of rational functions is decided by calculating, so these steps need no rule. The
domain is kept: a factor that the expression divides by stays below the line, or is shown not
to be 0; an unknown that drops out is shown to be defined.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from emlir.expr.core import Expr, build, number
from emlir.passes.stabilise.fractions import Polynomial, Reading, read_quotient
from emlir.passes.stabilise.generators import Exponential, Root, TooLargeError, write_root
from emlir.passes.stabilise.linear import multiple, write_linear, write_sum
from emlir.rewrite.context import Context

NAME = "rational"
"""How the steps are called in the log."""

Factors = list[tuple[Polynomial, int]]


def rational_forms(node: Expr, context: Context) -> tuple[Expr, ...]:
    """Return ways to write ``node`` as a quotient of products; none if that fails.

    Right in ``real`` only, where every value is finite.
    """
    if context.semantics != "real":
        return ()
    try:
        reading = read_quotient(node)
    except (TooLargeError, ZeroDivisionError):
        return ()
    writer = _Writer(reading)
    if not _keeps_domain(reading, writer, context):
        return ()
    forms = [writer.factored(), writer.expanded()]
    return tuple(dict.fromkeys(form for form in forms if form is not node))


def _keeps_domain(reading: Reading, writer: "_Writer", context: Context) -> bool:
    below = [factor for factor, _ in reading.bottom.factor()[1]]
    for divisor in reading.divisors:
        for factor, _ in divisor.factor()[1]:
            kept = factor in below or writer.is_exponential(factor)
            if not kept and not context.holds(build("ne", writer.polynomial(factor), 0)):
                return False
    return all(context.is_defined(lost) for lost in writer.lost())


class _Writer:
    """Writes polynomials of one reading as expressions."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.names = [str(generator) for generator in reading.ring.gens()]

    def factored(self) -> Expr:
        """The quotient with both sides in factors."""
        factor, top = self.reading.top.factor()
        divisor, bottom = self.reading.bottom.factor()
        return self._quotient(_exact(factor) / _exact(divisor), top, bottom)

    def expanded(self) -> Expr:
        """The quotient with the numerator as one sum, but for its powers of exponentials."""
        divisor, bottom = self.reading.bottom.factor()
        alone = [(f, k) for f, k in self.reading.top.factor()[1] if self.is_exponential(f)]
        rest = self.reading.top
        for factor, power in alone:
            rest = rest // factor**power
        if rest.is_constant():
            return self._quotient(_constant(rest) / _exact(divisor), alone, bottom)
        return self._quotient(1 / _exact(divisor), [(rest, 1), *alone], bottom)

    def _quotient(self, factor: Fraction, top: Factors, bottom: Factors) -> Expr:
        shift: dict[Expr, Fraction] = {}
        top = self._take_exponentials(top, 1, shift)
        bottom = self._take_exponentials(bottom, -1, shift)
        if factor < 0:
            factor, top = _absorb_sign(factor, top)
        above = [self._raised(poly, power) for poly, power in top]
        if any(shift.values()):
            above.append(build("exp", write_linear({t: k for t, k in shift.items() if k})))
        below = [self._raised(poly, power) for poly, power in bottom]
        return _write_quotient(factor, above, below)

    def _take_exponentials(
        self, factors: Factors, sign: int, shift: dict[Expr, Fraction]
    ) -> Factors:
        left: Factors = []
        for poly, power in factors:
            if not self.is_exponential(poly):
                left.append((poly, power))
                continue
            unknown = self.reading.unknowns[self.names.index(str(poly))]
            assert isinstance(unknown, Exponential)
            shift[unknown.term] = shift.get(unknown.term, Fraction(0)) + sign * power * unknown.step
        return left

    def is_exponential(self, factor: Polynomial) -> bool:
        """Whether a factor is an unknown that is never 0."""
        name = str(factor)
        if name not in self.names:
            return False
        return isinstance(self.reading.unknowns[self.names.index(name)], Exponential)

    def _raised(self, poly: Polynomial, power: int) -> Expr:
        base = self.polynomial(poly)
        return base if power == 1 else build("pow", base, number(power))

    def polynomial(self, poly: Polynomial) -> Expr:
        """Write a polynomial as a sum of products; exp(t) - 1 is expm1(t)."""
        terms = [
            (self._monomial(exponents), _exact(factor))
            for exponents, factor in poly.to_dict().items()
        ]
        difference = _expm1(terms)
        return write_sum(terms) if difference is None else difference

    def _monomial(self, exponents: Sequence[int]) -> Expr:
        result: Expr | None = None
        shift: dict[Expr, Fraction] = {}
        for unknown, power in zip(self.reading.unknowns, exponents, strict=True):
            if not power:
                continue
            if isinstance(unknown, Exponential):
                shift[unknown.term] = unknown.step * int(power)
                continue
            if isinstance(unknown, Root):
                part = write_root(unknown.base, Fraction(int(power), unknown.index))
            else:
                part = unknown.expr if power == 1 else build("pow", unknown.expr, int(power))
            result = part if result is None else result * part
        if shift:
            part = build("exp", write_linear(shift))
            result = part if result is None else result * part
        return number(1) if result is None else result

    def lost(self) -> Iterator[Expr]:
        """Yield what must be defined because it is not in the result."""
        used = [False] * len(self.names)
        for poly in (self.reading.top, self.reading.bottom):
            for exponents in poly.to_dict():
                used = [u or bool(k) for u, k in zip(used, exponents, strict=True)]
        for unknown, is_used in zip(self.reading.unknowns, used, strict=True):
            if is_used:
                continue
            if isinstance(unknown, Root):
                yield write_root(unknown.base, Fraction(1, unknown.index))
            else:
                yield unknown.term if isinstance(unknown, Exponential) else unknown.expr


def _expm1(terms: list[tuple[Expr, Fraction]]) -> Expr | None:
    """Write f exp(t) - f."""
    (term, factor), *rest = terms
    if term.op.name != "exp" or rest != [(number(1), -factor)]:
        return None
    size = multiple(build("expm1", term.args[0]), abs(factor))
    return -size if factor < 0 else size


def _absorb_sign(factor: Fraction, top: Factors) -> tuple[Fraction, Factors]:
    """Turn a difference round rather than write a minus before a product."""
    for k, (poly, power) in enumerate(top):
        if power % 2 and any(_exact(c) < 0 for c in poly.coeffs()):
            return -factor, [*top[:k], (-poly, power), *top[k + 1 :]]
    return factor, top


def _write_quotient(factor: Fraction, above: list[Expr], below: list[Expr]) -> Expr:
    size = abs(factor)
    top = _product(above)
    if top is None:
        top = number(size)
    elif size != 1:
        top = multiple(top, size)
    bottom = _product(below)
    result = top if bottom is None else build("div", top, bottom)
    return -result if factor < 0 else result


def _product(factors: list[Expr]) -> Expr | None:
    result: Expr | None = None
    for factor in factors:
        result = factor if result is None else result * factor
    return result


def _constant(polynomial: Polynomial) -> Fraction:
    return sum((_exact(factor) for factor in polynomial.coeffs()), Fraction(0))


def _exact(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))
