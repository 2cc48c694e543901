"""Sums and products of several terms with two of them brought together."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from emlir.expr.core import Expr, build
from emlir.passes.stabilise.linear import ONE, linear, multiple, write_sum
from emlir.rewrite.context import Context

NAME = "regroup"
FEWEST, MOST = 3, 6

Term = tuple[Expr, Fraction]


def regrouped(node: Expr, context: Context) -> tuple[Expr, ...]:
    """Return the sum or product ``node`` with each two of its terms brought together.

    Right in ``real`` only, where every term is finite.
    """
    if context.semantics != "real":
        return ()
    name = node.op.name
    if name in ("add", "sub"):
        return tuple(dict.fromkeys(_sums(node)))
    if name in ("mul", "div"):
        return tuple(dict.fromkeys(_products(node)))
    return ()


def _sums(node: Expr) -> Iterator[Expr]:
    terms = _terms(node)
    if not FEWEST <= len(terms) <= MOST or not all(factor for _, factor in terms):
        return
    for i, j in combinations(range(len(terms)), 2):
        rest = [term for k, term in enumerate(terms) if k not in (i, j)]
        yield _joined(write_sum([terms[i], terms[j]]), rest)
    if len(terms) > FEWEST:
        for i in range(len(terms)):
            rest = [term for k, term in enumerate(terms) if k != i]
            yield _joined(write_sum(rest), [terms[i]])


def _joined(first: Expr, rest: list[Term]) -> Expr:
    if len(rest) > 1:
        other = write_sum(rest)
        return first - other.args[0] if other.op.name == "neg" else first + other
    term, factor = rest[0]
    size = multiple(term, abs(factor))
    return first - size if factor < 0 else first + size


def _terms(node: Expr) -> list[Term]:
    found = linear(node)
    one = found.pop(ONE, None)
    terms = list(found.items())
    return terms if one is None else [*terms, (ONE, one)]


def _products(node: Expr) -> Iterator[Expr]:
    above, below = _factors(node)
    if not FEWEST <= len(above) + len(below) <= MOST:
        return
    for i, j in combinations(range(len(above)), 2):
        yield _quotient([above[i] * above[j], *_without(above, i, j)], below)
    for i in range(len(above)):
        for j in range(len(below)):
            pair = build("div", above[i], below[j])
            yield _quotient([pair, *_without(above, i)], _without(below, j))


def _without(items: list[Expr], *places: int) -> list[Expr]:
    return [item for k, item in enumerate(items) if k not in places]


def _quotient(above: list[Expr], below: list[Expr]) -> Expr:
    result = above[0]
    for factor in above[1:]:
        result = result * factor
    for divisor in below:
        result = build("div", result, divisor)
    return result


def _factors(node: Expr) -> tuple[list[Expr], list[Expr]]:
    above: list[Expr] = []
    below: list[Expr] = []
    stack = [(node, True)]
    while stack:
        part, on_top = stack.pop()
        if part.op.name == "mul":
            stack.extend((arg, on_top) for arg in reversed(part.args))
        elif part.op.name == "div" and on_top:
            stack.extend([(part.args[1], False), (part.args[0], True)])
        else:
            (above if on_top else below).append(part)
    return above, below
