"""The unknowns of a rational function: what an expression has besides + - * / and powers.

Three kinds: an ``Atom`` is any expression; a ``Root`` is a^(1/q), whose q-th power is a; an
``Exponential`` is exp(g t), so that exp(2 x) and exp(-x) are powers of one unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from emlir.expr.core import Expr, build, number
from emlir.passes.stabilise.linear import common_measure, linear

MAX_EXPONENT = 8
MAX_NODES = 80
EXPONENTIALS = ("exp", "expm1")
"""Operators that are read through an ``Exponential``."""


class TooLargeError(ValueError):
    """An expression that is not taken up as a rational function."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Any expression."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Root:
    """base^(1/index), for a base that is not negative."""

    base: Expr
    index: int


@dataclass(frozen=True, slots=True)
class Exponential:
    """exp(step * term), where every exponent is a multiple of the step."""

    term: Expr
    step: Fraction


Generator = Atom | Root | Exponential


def exponent_of(node: Expr) -> Fraction | None:
    """Return the exponent of a power or root if it is a small number."""
    if node.op.name == "sqrt":
        return Fraction(1, 2)
    if node.op.name == "pow" and node.args[1].is_number:
        value = node.args[1].number
        if abs(value) <= MAX_EXPONENT and value.denominator <= MAX_EXPONENT:
            return value
    return None


def is_rational_step(node: Expr) -> bool:
    """Whether a node is read as arithmetic on its arguments."""
    if node.op.name in ("add", "sub", "mul", "div", "neg"):
        return True
    return exponent_of(node) is not None


def inner_nodes(root: Expr) -> tuple[list[Expr], list[Expr]]:
    """Return the nodes read as arithmetic, arguments first, and the leaves below them.

    Raises ``TooLargeError``.
    """
    order: list[Expr] = []
    leaves: dict[Expr, None] = {}
    for node in _walk(root):
        if is_rational_step(node):
            order.append(node)
        elif not node.is_number:
            leaves[node] = None
        if len(order) + len(leaves) > MAX_NODES:
            raise TooLargeError("too many nodes")
    return order, list(leaves)


def _walk(root: Expr) -> Iterator[Expr]:
    seen: set[Expr] = set()
    stack = [root]
    while stack:
        node = stack[-1]
        below = arguments(node) if is_rational_step(node) else ()
        pending = [arg for arg in below if arg not in seen and node not in seen]
        if pending:
            stack.extend(reversed(pending))
            continue
        stack.pop()
        if node not in seen:
            seen.add(node)
            yield node


def arguments(node: Expr) -> tuple[Expr, ...]:
    """Return the arguments that are rational functions themselves."""
    return node.args[:1] if exponent_of(node) is not None else node.args


def generators(order: list[Expr], leaves: list[Expr]) -> list[Generator]:
    """Return the unknowns; a root comes before those in its base."""
    exponents: dict[Expr, list[Fraction]] = {}
    found: dict[Generator, None] = {}
    for node in reversed(order):
        exponent = exponent_of(node)
        if exponent is not None and exponent.denominator > 1:
            found[Root(node.args[0], exponent.denominator)] = None
    for leaf in leaves:
        if leaf.op.name in EXPONENTIALS:
            for term, factor in linear(leaf.args[0]).items():
                if not factor:
                    raise TooLargeError("a term cancels within an exponent")
                exponents.setdefault(term, []).append(factor)
        else:
            found[Atom(leaf)] = None
    for term, factors in exponents.items():
        found[Exponential(term, common_measure(factors))] = None
    return list(found)


def write_root(base: Expr, exponent: Fraction) -> Expr:
    """Write base^exponent."""
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return build("sqrt", base)
    return build("pow", base, number(exponent))
