"""The pass ``define``: operators replaced by their definition in other operators."""

from collections.abc import Callable

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, Operator


def define(root: Expr, keep: Callable[[Operator], bool] = lambda op: False) -> Expr:
    """Expand definitions until every operator is kept or has no definition."""
    result: dict[Expr, Expr] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        body = None if keep(node.op) else node.op.definition
        target = node if body is None else body(*node.args)
        children = node.args if body is None else (target,)
        pending = [child for child in children if child not in result]
        if node in result or not pending:
            stack.pop()
            if node not in result:
                result[node] = result[target] if body is not None else _with(node, result)
        else:
            stack.extend(reversed(pending))
    return result[root]


def _with(node: Expr, result: dict[Expr, Expr]) -> Expr:
    return rebuild(node, tuple(result[arg] for arg in node.args))
