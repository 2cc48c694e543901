"""The oracle: values by balls at high precision, for tests."""

from flint import acb

from emlir import Interval
from emlir_arb import Evaluator, box_values, prepare, working_precision

PRECISION = 300


def ball_at(expr, point, semantics="real"):
    """Return the ball of an expression at a point of exact numbers."""
    box = {name: Interval(value, value) for name, value in point.items()}
    with working_precision(PRECISION):
        return Evaluator(box_values(box, semantics), semantics)(prepare(expr, semantics))


def rectangle(ball):
    """Return a finite ball as an acb, else None."""
    if ball.kind == "plane":
        return ball.lo
    if ball.kind == "real" and ball.is_finite:
        return acb(ball.lo.union(ball.hi))
    return None


def assert_same_value(old, new, point, semantics="real", new_semantics=None):
    """Where ``old`` is defined at a point, ``new`` is too, and both balls meet.

    Returns whether there was anything to compare: values that even 300 bits cannot decide
    are left out.
    """
    left = ball_at(old, point, semantics)
    if left.kind in ("undefined", "undecided"):
        return False
    right = ball_at(new, point, new_semantics or semantics)
    assert right.kind != "undefined", f"{new} is undefined at {point}, {old} is not"
    with working_precision(PRECISION):
        a, b = rectangle(left), rectangle(right)
        if a is None or b is None:
            return False
        assert a.overlaps(b), f"{old} is {a}, {new} is {b} at {point}"
    return True
