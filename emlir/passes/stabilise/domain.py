"""What an expression says by itself: sqrt(x) has a value only where x >= 0.

Such facts may be used to rewrite it if the result still says the same. Where they do not
hold the original has no value, and the result, which contains the same restriction, has none
either.
"""

from collections.abc import Iterable

from emlir.assumptions import conjuncts
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.passes.stabilise.tidy import Tidier
from emlir.rewrite.context import Context

_MIRRORED = {"lt": "gt", "le": "ge", "gt": "gt", "ge": "ge", "eq": "eq", "ne": "ne"}


def restrictions(expr: Expr) -> tuple[Expr, ...]:
    """Return truths that hold wherever ``expr`` is defined in ``real``."""
    facts: dict[Expr, None] = {}
    for node in _always_needed(expr):
        if node.op.domain is not None:
            facts.update(dict.fromkeys(conjuncts(node.op.domain(*node.args))))
    return tuple(fact for fact in facts if fact.symbols)


def _always_needed(expr: Expr) -> list[Expr]:
    """Return the nodes that must be defined: none in the branches of a choice."""
    found: dict[Expr, None] = {}
    stack = [expr]
    while stack:
        node = stack.pop()
        if node in found:
            continue
        found[node] = None
        if node.op.name == "where":
            stack.append(node.args[0])
        elif node.op.name not in ("and", "or"):
            stack.extend(node.args)
    return [node for node in postorder((expr,)) if node in found]


def says(expr: Expr, facts: Iterable[Expr]) -> bool:
    """Whether ``expr`` is defined only where the facts hold, as far as its operators say."""
    reduce = Tidier((), Context(), shorten=True)
    said = {_normal(fact, reduce) for fact in restrictions(expr)}
    return all(_normal(fact, reduce) in said for fact in facts)


def _normal(fact: Expr, reduce: Tidier) -> tuple[str, Expr]:
    """Write a relation as one between a difference and 0."""
    name = fact.op.name
    if name not in _MIRRORED:
        return name, fact
    left, right = fact.args
    difference = right - left if name in ("lt", "le") else left - right
    return _MIRRORED[name], reduce(difference).expr
