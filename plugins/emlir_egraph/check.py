"""The last check: the result is compared with the original by balls, point by point."""

from emlir.plugin_api import Context, Expr, PointEvaluator, PointValue, ball_backend
from emlir_egraph.points import Point, points
from emlir_egraph.probe import UnsoundError

POINTS = 64
FEWEST = 8
WORK = 100_000
"""Nodes that it evaluates: of very large expressions fewer points are compared."""
BITS = 160


def check_equal(original: Expr, found: Expr, context: Context) -> None:
    """Raise :class:`UnsoundError` if values or domains differ at a point."""
    if found is original:
        return
    evaluate: PointEvaluator = ball_backend().at_points(context.semantics, BITS)
    size = original.dag_size + found.dag_size
    count = max(FEWEST, min(POINTS, WORK // size))
    for point in points(original.symbols, context, evaluate, count):
        _compare(original, found, evaluate, point)


def _compare(original: Expr, found: Expr, evaluate: PointEvaluator, point: Point) -> None:
    before, after = evaluate(original, point), evaluate(found, point)
    if _contradict(before, after):
        at = ", ".join(f"{name} = {value}" for name, value in point.items())
        raise UnsoundError(
            f"unsound rules: {original!r} was made equal to {found!r}, but at {at or 'no point'} "
            f"they are {before} and {after}"
        )


def _contradict(before: PointValue, after: PointValue) -> bool:
    states = before.state, after.state
    if "undecided" in states:
        return False
    if "undefined" in states:
        return states[0] != states[1]
    return before.differs(after)
