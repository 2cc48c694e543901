"""Sums read as linear combinations, and what their coefficients have in common."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm

from emlir.expr.core import Expr, build, number

ONE = number(1)


def linear(expr: Expr) -> dict[Expr, Fraction]:
    """Read + - negation and multiples by numbers; a constant is a multiple of 1.

    A term that cancels is kept with the factor 0: its domain still counts.
    """
    found: dict[Expr, Fraction] = {}
    stack = [(expr, Fraction(1))]
    while stack:
        node, factor = stack.pop()
        parts = _parts(node, factor)
        if parts is not None:
            stack.extend(reversed(parts))
        elif node.is_number:
            found[ONE] = found.get(ONE, Fraction(0)) + factor * node.number
        else:
            found[node] = found.get(node, Fraction(0)) + factor
    return found


def _parts(node: Expr, factor: Fraction) -> list[tuple[Expr, Fraction]] | None:
    name, args = node.op.name, node.args
    if name == "neg":
        return [(args[0], -factor)]
    if name in ("add", "sub"):
        return [(args[0], factor), (args[1], factor if name == "add" else -factor)]
    if name == "mul" and args[0].is_number:
        return [(args[1], factor * args[0].number)]
    if name == "mul" and args[1].is_number:
        return [(args[0], factor * args[1].number)]
    if name == "div" and args[1].is_number and args[1].number:
        return [(args[0], factor / args[1].number)]
    return None


def write_sum(terms: Iterable[tuple[Expr, Fraction]]) -> Expr:
    """Write a linear combination, a positive term first if there is one."""
    ordered = sorted(terms, key=lambda item: item[1] < 0)
    result: Expr | None = None
    for term, factor in ordered:
        size = multiple(term, abs(factor))
        if result is None:
            result = -size if factor < 0 else size
        else:
            result = result - size if factor < 0 else result + size
    return number(0) if result is None else result


def multiple(term: Expr, factor: Fraction) -> Expr:
    """Write a multiple by a positive number; a half is written as a division."""
    if term is ONE:
        return number(factor)
    if factor == 1:
        return term
    if factor.numerator == 1:
        return build("div", term, number(factor.denominator))
    return build("mul", number(factor), term)


def write_linear(terms: Mapping[Expr, Fraction]) -> Expr:
    """Write what ``linear`` reads."""
    return write_sum(terms.items())


def common_measure(values: Iterable[Fraction]) -> Fraction:
    """Return the largest positive number of which all are integer multiples."""
    items = list(values)
    above = gcd(*(value.numerator for value in items))
    return Fraction(above, lcm(*(value.denominator for value in items)))
