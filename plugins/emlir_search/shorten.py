"""Multiplying a factor into a sum where the formula gets shorter: a*(b + c/a) is a*b + c."""

import operator
from functools import reduce

from emlir import Expr
from emlir.plugin_api import number
from emlir_search.tidy import tidy

MOST_TERMS = 12


def shortest(expr: Expr) -> Expr:
    """Return ``expr``, or the shortest of what it is with a factor multiplied into a sum."""
    above, below = _factors(expr)
    written = [expr]
    for place, factor in enumerate(above):
        terms = summands(factor)
        if 1 < len(terms) <= MOST_TERMS:
            rest = _product([*above[:place], *above[place + 1 :]]) / _product(below)
            written.append(tidy(reduce(operator.add, (rest * term for term in terms))))
    return min(written, key=lambda one: one.tree_size)


def _factors(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    """What is multiplied, and what it is divided by."""
    above: list[Expr] = []
    below: list[Expr] = []
    pending = [(expr, True)]
    while pending:
        node, is_above = pending.pop()
        if node.op.name in ("mul", "div"):
            pending.append((node.args[1], is_above == (node.op.name == "mul")))
            pending.append((node.args[0], is_above))
        elif node.op.name == "neg":
            above.append(number(-1))
            pending.append((node.args[0], is_above))
        else:
            (above if is_above else below).append(node)
    return above, below


def summands(expr: Expr) -> list[Expr]:
    """Return the terms of a sum, with their signs."""
    terms: list[Expr] = []
    pending = [(expr, 1)]
    while pending:
        node, sign = pending.pop()
        if node.op.name in ("add", "sub"):
            pending.append((node.args[1], sign if node.op.name == "add" else -sign))
            pending.append((node.args[0], sign))
        else:
            terms.append(node if sign > 0 else -node)
    return terms


def _product(factors: list[Expr]) -> Expr:
    return reduce(operator.mul, factors, number(1))
