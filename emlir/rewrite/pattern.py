"""Patterns, expressions whose symbols stand for any subexpression: their heads and variants."""

from collections.abc import Iterator
from itertools import product
from typing import Literal

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, Operator
from emlir.expr.traverse import postorder

Heads = tuple[Operator | Literal["any", "same"], ...]
"""What each argument must be: an application of an operator, anything, or the first argument."""


def heads(pattern: Expr) -> Heads:
    """Return what each argument must be, as far as that can be seen at a glance."""
    if len(pattern.args) == 2 and pattern.args[0] is pattern.args[1]:
        return (*_heads_of(pattern.args[:1]), "same")
    return _heads_of(pattern.args)


def _heads_of(args: tuple[Expr, ...]) -> Heads:
    """Return the operators of arguments, ``any`` for symbols."""
    return tuple("any" if arg.is_symbol else arg.op for arg in args)


def fits(found: Heads, node: Expr) -> bool:
    """Whether a node is what heads say."""
    for head, arg in zip(found, node.args, strict=True):
        if head == "same":
            if arg is not node.args[0]:
                return False
        elif head != "any" and arg.op is not head:
            return False
    return True


def variants(pattern: Expr) -> Iterator[Expr]:
    """Yield the pattern with the arguments of commutative operators in every order.

    Variants that differ only in the names of symbols are still yielded: the right side of
    a rule may tell them apart.
    """
    swappable = [
        node
        for node in postorder((pattern,))
        if node.op.commutative and node.op.arity == 2 and node.args[0] is not node.args[1]
    ]
    seen: set[Expr] = set()
    for choice in product((False, True), repeat=len(swappable)):
        swapped = {node for node, swap in zip(swappable, choice, strict=True) if swap}
        variant = _swap(pattern, swapped)
        if variant not in seen:
            seen.add(variant)
            yield variant


def _swap(pattern: Expr, swapped: set[Expr]) -> Expr:
    result: dict[Expr, Expr] = {}
    for node in postorder((pattern,)):
        args = tuple(result[arg] for arg in node.args)
        result[node] = rebuild(node, args[::-1] if node in swapped else args)
    return result[pattern]


def needed_symbols(expr: Expr) -> frozenset[str]:
    """Return the symbols without whose value ``expr`` has none, whatever the others are."""
    needed: dict[Expr, frozenset[str]] = {}
    for node in postorder((expr,)):
        parts = [needed[arg] for arg in node.args]
        if node.is_symbol:
            needed[node] = frozenset({node.name})
        elif node.op.name == "where":
            needed[node] = _needed_by_choice(node.args[0], parts)
        elif node.op.name in ("and", "or"):
            needed[node] = parts[0] & parts[1]
        else:
            needed[node] = frozenset().union(*parts)
    return needed[expr]


def _needed_by_choice(condition: Expr, parts: list[frozenset[str]]) -> frozenset[str]:
    if condition.op.name in ("true", "false"):
        return parts[1] if condition.op.name == "true" else parts[2]
    return parts[0] | (parts[1] & parts[2])
