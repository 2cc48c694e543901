"""Operators written by exp, ln, roots, sine and cosine, before a rule is decided."""

from collections.abc import Callable
from functools import lru_cache

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, Operator
from emlir.expr.table import all_operators
from emlir.rewrite.axioms import AXIOMS
from emlir.rewrite.matching import fill
from emlir.semantics import Semantics

_FACTS = (
    *("eml_def", "tan_quotient", "sinh_exp", "cosh_exp", "tanh_exp"),
    *("asinh_ln", "acosh_ln", "atanh_ln", "acos_asin", "mod_floor"),
)
_ON_LINE_ONLY = ("hypot", "logaddexp")
"""Beside an infinity these are not what their definitions are in ``complex``."""


def unfolded(root: Expr, semantics: Semantics) -> Expr:
    """Return a term of the same value and domain with fewer operators."""
    bodies = _bodies(semantics, tuple(all_operators()))
    result: dict[Expr, Expr] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node in result:
            continue
        body = bodies.get(node.op)
        target = None if body is None else body(*node.args)
        waiting = [n for n in (node.args if target is None else (target,)) if n not in result]
        if waiting:
            stack.extend((node, *waiting))
        elif target is not None:
            result[node] = result[target]
        else:
            result[node] = rebuild(node, tuple(result[arg] for arg in node.args))
    return result[root]


@lru_cache(maxsize=3)
def _bodies(
    semantics: Semantics, operators: tuple[Operator, ...]
) -> dict[Operator, Callable[..., Expr]]:
    bodies = {
        op: op.definition
        for op in operators
        if op.definition is not None and not (op.name in _ON_LINE_ONLY and semantics == "complex")
    }
    for fact in AXIOMS:
        if fact.name in _FACTS and semantics in fact.semantics and not fact.when:
            bodies[fact.left.op] = _by(fact.left, fact.right)
    return bodies


def _by(left: Expr, right: Expr) -> Callable[..., Expr]:
    names = [arg.name for arg in left.args]

    def body(*args: Expr) -> Expr:
        return fill(right, dict(zip(names, args, strict=True)))

    return body
