"""The passes ``expand`` and ``collect(x)``: polynomials multiplied out, or in powers of one term.

Both keep value and domain: a term that cancels must be defined, and under ``extended`` and
``complex`` all terms must be finite, else the polynomial is left as it is. ``expand`` then
applies the rules for exp, ln, powers and circular functions of sums and products.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, build, number
from emlir.expr.traverse import postorder
from emlir.passes.polynomials import (
    ONE,
    Monomial,
    Polynomial,
    Terms,
    is_polynomial,
    read_polynomial,
)
from emlir.passes.simplify.chains import Chains
from emlir.passes.simplify.needs import Needs
from emlir.passes.simplify.sums import write_sum
from emlir.rewrite.context import Context, Pass
from emlir.rewrite.library import rules_used_by
from emlir.rewrite.log import Step
from emlir.rewrite.strategy import fixpoint
from emlir.text.syntax import parse

Write = Callable[[Polynomial, Terms], Expr]


def expand(expr: Expr, context: Context) -> Expr:
    """Write powers and products of sums as sums, outermost functions last.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("(x + 1)^2 - x*(x + 2)"), "expand"))
    '1'
    """
    opened = fixpoint(rules_used_by("expand"))(expr, context)
    return _rewrite_polynomials(opened, context, "expand", _write_expanded)


def collect(text: str) -> Pass:
    """Return the pass that writes polynomials in powers of the term in ``text``.

    >>> import emlir
    >>> str(emlir.rewrite(emlir.parse("a*x + x^2*b + x + 2"), "collect(x)"))
    'b*x^2 + (a + 1)*x + 2'
    """
    term = parse(text)

    def write(polynomial: Polynomial, terms: Terms) -> Expr:
        return _write_collected(polynomial, terms, term)

    def run(expr: Expr, context: Context) -> Expr:
        return _rewrite_polynomials(expr, context, f"collect({text})", write)

    return run


def _rewrite_polynomials(root: Expr, context: Context, name: str, write: Write) -> Expr:
    order = list(postorder((root,)))
    chains = Chains(order)
    done: dict[Expr, Expr] = {}
    for node in order:
        done[node] = rebuild(node, tuple([done[arg] for arg in node.args]))
        if not is_polynomial(node) or chains.is_inner(node, is_polynomial):
            continue
        needs = Needs(context)
        written = _rewritten(done[node], needs, write)
        if written is not None and written is not done[node]:
            context.log.note(Step(name, done[node], written, tuple(needs.granted)))
            done[node] = written
    return done[root]


def _rewritten(node: Expr, needs: Needs, write: Write) -> Expr | None:
    terms = Terms()
    polynomial = read_polynomial(node, terms, {})
    if polynomial is None:
        return None
    left = {variable for monomial in polynomial for variable, _ in monomial}
    for k, term in enumerate(terms.by_number):
        if not needs.finite(term) or (k not in left and not needs.defined(term)):
            return None
    return write(polynomial, terms)


def _write_expanded(polynomial: Polynomial, terms: Terms) -> Expr:
    monomials = [
        (_write_monomial(monomial, terms), factor)
        for monomial, factor in sorted(polynomial.items(), key=_descending)
        if monomial
    ]
    return write_sum(monomials, polynomial.get(ONE, Fraction(0)))


def _descending(item: tuple[Monomial, Fraction]) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Higher degrees first, then in the order in which the terms were met."""
    monomial = item[0]
    return -sum(exponent for _, exponent in monomial), tuple((k, -e) for k, e in monomial)


def _write_monomial(monomial: Monomial, terms: Terms) -> Expr:
    return _product(_power(terms.by_number[k], exponent) for k, exponent in monomial)


def _power(base: Expr, exponent: int) -> Expr:
    return base if exponent == 1 else build("pow", base, number(exponent))


def _product(factors: Iterable[Expr]) -> Expr:
    result: Expr | None = None
    for factor in factors:
        result = factor if result is None else build("mul", result, factor)
    return number(1) if result is None else result


def _write_collected(polynomial: Polynomial, terms: Terms, term: Expr) -> Expr:
    variable = terms.numbers.get(term)
    by_degree: dict[int, Polynomial] = {}
    for monomial, factor in polynomial.items():
        degree = dict(monomial).get(variable, 0) if variable is not None else 0
        rest = tuple(part for part in monomial if part[0] != variable)
        by_degree.setdefault(degree, {})[rest] = factor
    return _write_powers(by_degree, terms, term)


def _write_powers(by_degree: dict[int, Polynomial], terms: Terms, term: Expr) -> Expr:
    """Write the powers with their coefficients; a number is taken out as a factor."""
    parts: list[tuple[Expr, Fraction]] = []
    constant = Fraction(0)
    for degree in sorted(by_degree, reverse=True):
        coefficients = by_degree[degree]
        if list(coefficients) == [ONE]:
            if degree:
                parts.append((_power(term, degree), coefficients[ONE]))
            else:
                constant = coefficients[ONE]
            continue
        coefficient = _write_expanded(coefficients, terms)
        parts.append(
            (_product([coefficient, *([_power(term, degree)] if degree else [])]), Fraction(1))
        )
    return write_sum(parts, constant)
