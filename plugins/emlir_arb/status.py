"""Why a float value is, or is not, to be relied on, point by point.

A float evaluation of a point is good when every node that it reaches is decided and is
exactly 0, an infinity of the semantics, or of a magnitude in the normal range. Rounding is
taken into account by widening every operation by 4 units in the last place of the dtype.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from emlir.plugin_api import Expr, Semantics
from emlir_arb.ball import arithmetic
from emlir_arb.evaluator import Evaluator, prepare, working_precision
from emlir_arb.value import Arithmetic, Value
from emlir_arb.winding import hull

OK, UNDEFINED, OVERFLOW, UNDECIDED = range(4)
PRECISION = 128


@dataclass(frozen=True, slots=True)
class Floats:
    """What is allowed to a dtype: the normal range, and the rounding of one operation.

    ``ulps`` is in units of float64.
    """

    largest: Any
    smallest: Any
    ulps: int

    @classmethod
    def of(cls, dtype: Any) -> "Floats":
        """Return the limits of a real dtype, or of the parts of a complex one."""
        info = np.finfo(dtype)
        ulps = 4 * round(float(info.eps) / float(np.finfo(np.float64).eps))
        return cls(arb(float(info.max)), arb(float(info.tiny)), ulps)


def status_of(
    expr: Expr, columns: Mapping[str, NDArray[Any]], semantics: Semantics, dtype: Any
) -> NDArray[np.uint8]:
    """Return the status of each point of ``columns``, which have one common shape."""
    result = np.empty(_shape(columns), dtype=np.uint8)
    for index, (status, _) in _judge(expr, columns, semantics, Floats.of(dtype)):
        result[index] = status
    return result


def compare_with(
    expr: Expr,
    columns: Mapping[str, NDArray[Any]],
    values: NDArray[Any],
    semantics: Semantics,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where ``values`` agree with the balls, and where agreement is required.

    It is required where the status is ``ok`` (the value lies in the ball) and where it is
    ``undefined`` (the value is NaN); elsewhere everything agrees.
    """
    agrees = np.ones(_shape(columns), dtype=np.bool_)
    required = np.zeros(_shape(columns), dtype=np.bool_)
    for index, (status, ball) in _judge(expr, columns, semantics, Floats.of(values.dtype)):
        required[index] = status in (OK, UNDEFINED)
        if status == UNDEFINED:
            agrees[index] = np.isnan(values[index])
        elif status == OK:
            agrees[index] = _holds(ball, values[index])
    return agrees, required


def _shape(columns: Mapping[str, NDArray[Any]]) -> tuple[int, ...]:
    return np.broadcast_shapes(*(array.shape for array in columns.values()))


def _judge(
    expr: Expr, columns: Mapping[str, NDArray[Any]], semantics: Semantics, floats: Floats
) -> Iterator[tuple[tuple[int, ...], tuple[int, Value]]]:
    prepared = prepare(expr, semantics)
    with working_precision(PRECISION):
        for index in np.ndindex(_shape(columns)):
            point = {name: array[index] for name, array in columns.items()}
            yield index, classify(prepared, point, semantics, floats)


def _holds(ball: Value, value: Any) -> bool:
    if ball.kind == "truth":
        return bool(value == float(ball.lo))
    if np.isnan(value):
        return False
    if ball.kind == "plane":
        real, imaginary = arb(float(value.real)), arb(float(value.imag))
        return bool(ball.lo.real.contains(real) and ball.lo.imag.contains(imaginary))
    if np.isinf(value.real):
        return ball.is_point and bool(float(ball.lo) == value.real)
    return ball.contains(arb(float(value.real))) and value.imag == 0


def classify(
    prepared: Expr, point: Mapping[str, Any], semantics: Semantics, floats: Floats
) -> tuple[int, Value]:
    """Return the status of one point of a prepared expression, and its ball."""
    values = point_values(point, semantics, floats.ulps)
    evaluator = Evaluator(values, semantics, floats.ulps)
    root = evaluator(prepared)
    reached = [evaluator.known[node] for node in _reached(prepared, evaluator)]
    if any(_too_large(ball, semantics, floats) for ball in reached):
        return OVERFLOW, root
    if any(_too_small(ball, floats) for ball in reached):
        return UNDECIDED, root
    if root.kind == "undefined":
        return UNDEFINED, root
    open_truth = root.kind == "truth" and root.lo is None
    undecided = root.kind in ("winding", "undecided") or open_truth
    return (UNDECIDED if undecided else OK), root


def point_values(point: Mapping[str, Any], semantics: Semantics, ulps: int) -> dict[str, Value]:
    """Return exact balls for float or complex scalars; NaN is undefined."""
    field = arithmetic(semantics, ulps)
    return {name: _scalar(field, value) for name, value in point.items()}


def _scalar(field: Arithmetic, value: Any) -> Value:
    if np.isnan(value) or (np.iscomplexobj(value) and not np.isfinite(value) and value.imag):
        return field.undefined()
    if np.iscomplexobj(value) and value.imag:
        return field.build(field, "plane", acb(float(value.real), float(value.imag)), None)
    number = float(value.real)
    if np.isinf(number) and field.semantics == "real":
        return field.undefined()
    end = arb(number) if np.isfinite(number) else (arb.pos_inf() if number > 0 else arb.neg_inf())
    return field.real(end, end)


def _reached(root: Expr, evaluator: Evaluator) -> set[Expr]:
    """Return the nodes whose value enters the result: not the branches that were not taken."""
    seen: set[Expr] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        args = node.args
        if node.op.qualified_name == "piecewise.where":
            choice = evaluator.known[args[0]]
            if choice.kind == "truth" and choice.lo is not None:
                args = (args[0], args[1] if choice.lo else args[2])
        stack.extend(args)
    return seen


def _ends(ball: Value) -> list[Any]:
    if ball.kind == "real":
        return [ball.lo, ball.hi]
    if ball.kind in ("plane", "winding"):
        rectangle = hull(ball).lo
        return [rectangle.abs_lower(), rectangle.abs_upper()]
    return []


def _too_large(ball: Value, semantics: Semantics, floats: Floats) -> bool:
    if semantics != "real" and ball.is_point and not ball.is_finite:
        return False
    return any(abs(end) > floats.largest for end in _ends(ball))


def _too_small(ball: Value, floats: Floats) -> bool:
    ends = _ends(ball)
    if not ends or ball.is_zero:
        return False
    return all(abs(end) < floats.smallest for end in ends)
