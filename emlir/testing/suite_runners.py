"""Running one EML tree over the points of a suite case: NumPy, emlir, balls."""

from typing import Any

from emlir.evaluate import ball_backend, evaluate
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.testing.suites import Case, Report, columns, judge, report

BALL_TOLERANCE = 1e-25


def run_numpy(tree: Expr, case: Case, *, every: int = 1, wide: bool = False) -> Report:
    """Evaluate with ``np.exp(a) - np.log(b)`` on complex128, node by node: no kernel of emlir.

    Raises ``ValueError`` for a tree that is not pure EML, here and in the other runners.
    """
    points = case.points(every, wide)
    return judge(case, "numpy", points, _plain_values(tree, columns(points), len(points)))


def _plain_values(tree: Expr, data: dict[str, Any], size: int) -> Any:
    import numpy as np

    known: dict[Expr, Any] = {}
    with np.errstate(all="ignore"):
        for node in eml_nodes(tree):
            if node.is_symbol:
                known[node] = data[node.name].astype(np.complex128)
            elif node.is_number:
                known[node] = np.full(size, float(node.number), dtype=np.complex128)
            else:
                a, b = node.args
                known[node] = np.exp(known[a]) - np.log(known[b])
    return known[tree]


def run_emlir(tree: Expr, case: Case, *, every: int = 1, wide: bool = False) -> Report:
    """Evaluate with emlir's NumPy backend under ``complex``."""
    eml_nodes(tree)
    points = case.points(every, wide)
    values = evaluate(tree, columns(points), semantics="complex")
    return judge(case, "emlir", points, values)


def run_balls(
    tree: Expr, case: Case, *, digits: int = 40, every: int = 1, wide: bool = False
) -> Report:
    """Compare with the function by balls of ``digits`` digits; undecided counts as nonfinite.

    The errors are rigorous upper bounds of the distance; the tolerance is 1e-25.
    """
    import numpy as np

    eml_nodes(tree)
    points = case.points(every, wide)
    found = ball_backend().distances(tree, case.expr, points, digits, "complex")
    differences = np.array([complex(distance) for distance in found])
    return report(case, "balls", points, differences, BALL_TOLERANCE)


def eml_nodes(tree: Expr) -> list[Expr]:
    """Return the distinct nodes of a pure EML tree, arguments first."""
    nodes = list(postorder((tree,)))
    for node in nodes:
        if not (node.is_symbol or node.is_number or node.op.name == "eml"):
            raise ValueError(f"not a pure EML tree: it has {node.op.name}; use lower() first")
    return nodes
