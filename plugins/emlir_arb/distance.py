"""How far two expressions are apart at points, bounded rigorously."""

from collections.abc import Iterable, Mapping
from typing import Any

from flint import acb

from emlir.plugin_api import Expr, Semantics, exact, number
from emlir_arb.evaluator import Evaluator, prepare, working_precision
from emlir_arb.outward import float_above
from emlir_arb.value import Value

BITS_PER_DIGIT = 3.3219280948873626


def distances(
    first: Expr,
    second: Expr,
    points: Iterable[Mapping[str, Any]],
    digits: int,
    semantics: Semantics,
) -> list[float]:
    """Return upper bounds of ``|first - second|`` at exact points; inf where not decided.

    Both are evaluated at a working precision of so many ``digits``, after the numbers of the
    point were put in and closed subterms folded. The distance of equal infinities
    is 0; where one of both is undefined, or known only up to a multiple of 2 pi i, it is not
    decided.
    """
    with working_precision(round(digits * BITS_PER_DIGIT)):
        return [_distance(first, second, point, semantics) for point in points]


def _distance(first: Expr, second: Expr, point: Mapping[str, Any], semantics: Semantics) -> float:
    evaluator = Evaluator({}, semantics)
    numbers = {name: number(exact(value)) for name, value in point.items()}
    a, b = (evaluator(prepare(expr.subs(numbers), semantics)) for expr in (first, second))
    if a.is_point and b.is_point and a.lo == b.lo:
        return 0.0
    x, y = _rectangle(a), _rectangle(b)
    if x is None or y is None:
        return float("inf")
    return float_above((x - y).abs_upper())


def _rectangle(value: Value) -> Any | None:
    if value.kind == "plane":
        return value.lo
    return acb(value.lo.union(value.hi)) if value.kind == "real" and value.is_finite else None
