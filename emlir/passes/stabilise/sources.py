"""Where the error comes from: nodes that are inaccurate although their arguments are not."""

import numpy as np

from emlir.evaluate import ball_backend
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.passes.stabilise.measure import FULL, agreement, measure
from emlir.rewrite.context import Context

POINTS = 64
GOOD, BAD = 50.0, 48.0


def sources(expr: Expr, context: Context) -> list[Expr]:
    """Return the nodes at which accuracy is lost, arguments before their users."""
    points = measure(expr, context.assumptions, POINTS, 0, context.semantics)
    nodes = [node for node in postorder((expr,)) if node.sort == "number" and node.args]
    if not points.size:
        return []
    high, low = ball_backend().nearest(nodes, points.columns, context.semantics)
    means: dict[Expr, float] = {}
    for row, node in enumerate(nodes):
        known = np.isfinite(high[row]) & np.isfinite(low[row])
        bits = agreement(points.values(node), high[row], low[row])[known]
        means[node] = float(bits.mean()) if bits.size else FULL
    return [
        node
        for node in nodes
        if means[node] < BAD and all(means.get(arg, FULL) >= GOOD for arg in node.args)
    ]
