"""The pass ``cse``: what the shared graph saves, as statistics.

Expressions share equal parts from the start, so there is nothing to eliminate: the pass
changes nothing and notes the figures in the log.
"""

from collections import Counter
from dataclasses import dataclass

from emlir.expr.core import Expr
from emlir.expr.traverse import postorder, use_counts
from emlir.rewrite.context import Context
from emlir.rewrite.log import brief

LISTED = 8


@dataclass(frozen=True, slots=True)
class Sharing:
    """How an expression shares its parts.

    ``tree_size`` and ``dag_size`` are the nodes without and with sharing, ``operators`` how
    often each operator occurs among distinct nodes, ``shared`` the parts used more than
    once, with the number of uses, those that save the most nodes first.
    """

    tree_size: int
    dag_size: int
    depth: int
    operators: dict[str, int]
    shared: tuple[tuple[Expr, int], ...]

    def lines(self) -> list[str]:
        """Return the figures as text."""
        counts = ", ".join(f"{name} {count}" for name, count in self.operators.items())
        head = f"{self.tree_size} nodes as a tree, {self.dag_size} distinct, depth {self.depth}"
        parts = [f"{uses} uses of {brief(part)}" for part, uses in self.shared]
        return [head, f"distinct nodes by operator: {counts}", *parts]


def sharing(expr: Expr) -> Sharing:
    """Return the statistics of an expression.

    >>> import emlir
    >>> figures = sharing(emlir.parse("exp(x + 1)*sin(x + 1)"))
    >>> figures.tree_size, figures.dag_size, [str(part) for part, _ in figures.shared]
    (9, 6, ['x + 1'])
    """
    order = list(postorder((expr,)))
    uses = use_counts(order)
    sizes = _capped_sizes(order)
    repeated = [node for node in order if node.args and uses[node] > 1]
    repeated.sort(key=lambda node: -sizes[node] * (uses[node] - 1))
    operators = Counter(node.op.name for node in order if node.args)
    return Sharing(
        expr.tree_size,
        len(order),
        expr.depth,
        dict(sorted(operators.items(), key=lambda item: (-item[1], item[0]))),
        tuple((node, uses[node]) for node in repeated[:LISTED]),
    )


def _capped_sizes(order: list[Expr]) -> dict[Expr, int]:
    """Tree sizes, capped so that they stay machine numbers."""
    sizes: dict[Expr, int] = {}
    for node in order:
        sizes[node] = min(1 + sum(sizes[arg] for arg in node.args), 1 << 60)
    return sizes


def cse(expr: Expr, context: Context) -> Expr:
    """Note the statistics in the log; the expression stays as it is."""
    context.log.remark(sharing(expr).lines())
    return expr
