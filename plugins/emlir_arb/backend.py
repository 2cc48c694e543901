"""The backend ``arb``: enclosures over boxes, status of points, correct digits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emlir.plugin_api import DomainError, Dtype, Expr, Interval, Semantics
from emlir_arb.digits import correct_digits
from emlir_arb.distance import distances
from emlir_arb.evaluator import (
    Decider,
    Evaluator,
    Everywhere,
    box_values,
    prepare,
    working_precision,
)
from emlir_arb.nearest import nearest
from emlir_arb.outward import float_above, float_below
from emlir_arb.points import PointEvaluator
from emlir_arb.status import compare_with, status_of
from emlir_arb.value import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PRECISION = 80
PIECES = 256
"""How often ``enclose`` splits the box to make its bounds tight, at most."""
WORK = 200_000
"""Nodes that it evaluates for that, at most."""

Box = dict[str, Interval]


class ArbBackend:
    """Rigorous evaluation with Arb's balls."""

    name = "arb"

    def enclose(
        self, expr: Expr, box: Mapping[str, Any], semantics: Semantics
    ) -> tuple[float, float]:
        """Bound ``expr`` over ``box``, splitting where that makes the bounds tighter."""
        intervals = {name: Interval.of(box[name]) for name in _needed(expr, box)}
        with working_precision(PRECISION):
            prepared = prepare(expr, semantics)
            whole = _Piece.over(prepared, intervals, semantics)
            pieces = _refine(prepared, whole, semantics)
        for piece in pieces:
            if piece.ball.kind != "real":
                raise DomainError(_not_defined(expr, piece))
        return min(float_below(p.ball.lo) for p in pieces), max(
            float_above(p.ball.hi) for p in pieces
        )

    def status(
        self,
        expr: Expr,
        columns: "Mapping[str, NDArray[Any]]",
        semantics: Semantics,
        dtype: Dtype = "float64",
    ) -> "NDArray[np.uint8]":
        """Classify every point; see :func:`emlir.evaluate`."""
        return status_of(expr, columns, semantics, dtype)

    def compare(
        self,
        expr: Expr,
        columns: "Mapping[str, NDArray[Any]]",
        values: "NDArray[Any]",
        semantics: Semantics,
    ) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
        """Judge float values point by point; see :func:`emlir_arb.status.compare_with`."""
        return compare_with(expr, columns, values, semantics)

    def digits(
        self, expr: Expr, point: Mapping[str, Any], digits: int, semantics: Semantics
    ) -> str:
        """Return the value, correctly rounded to ``digits`` significant digits."""
        return correct_digits(expr, point, digits, semantics)

    def distances(
        self,
        first: Expr,
        second: Expr,
        points: Iterable[Mapping[str, Any]],
        digits: int,
        semantics: Semantics,
    ) -> list[float]:
        """Bound the distance of two values; see :func:`emlir_arb.distance.distances`."""
        return distances(first, second, points, digits, semantics)

    def at_points(self, semantics: Semantics, bits: int) -> PointEvaluator:
        """Return an evaluator at points, whose values can be compared."""
        return PointEvaluator(semantics, bits)

    def nearest(
        self,
        exprs: Sequence[Expr],
        columns: "Mapping[str, NDArray[Any]]",
        semantics: Semantics,
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Return the values at points as two floats each; see :mod:`emlir_arb.nearest`."""
        return nearest(exprs, columns, semantics)

    def decider(self, box: Mapping[str, Interval]) -> Decider:
        """Return a function that decides truth expressions over the whole box."""
        with working_precision(PRECISION):
            evaluator = Evaluator(Everywhere(box_values(box)))

        def decide(condition: Expr) -> bool | None:
            with working_precision(PRECISION):
                ball = evaluator(prepare(condition, "real"))
            return ball.lo if ball.kind == "truth" else None

        return decide


def _needed(expr: Expr, box: Mapping[str, Any]) -> tuple[str, ...]:
    missing = [name for name in expr.symbols if name not in box]
    if missing:
        raise ValueError(f"the box has no interval for {', '.join(map(repr, missing))}")
    return expr.symbols


@dataclass(frozen=True, slots=True)
class _Piece:
    box: Box
    ball: Value

    @classmethod
    def over(cls, prepared: Expr, box: Box, semantics: Semantics) -> "_Piece":
        return cls(box, Evaluator(box_values(box, semantics), semantics)(prepared))

    @property
    def splittable(self) -> bool:
        return any(i.is_bounded and i.lo != i.hi for i in self.box.values())


def split(box: Box) -> tuple[Box, Box]:
    """Cut a box in the middle of its widest bounded side."""
    widths = {name: i.hi - i.lo for name, i in box.items() if i.lo is not None and i.hi is not None}
    name = max(widths, key=lambda key: widths[key])
    side = box[name]
    assert side.lo is not None
    assert side.hi is not None
    middle = (side.lo + side.hi) / 2
    return {**box, name: Interval(side.lo, middle)}, {**box, name: Interval(middle, side.hi)}


def _refine(prepared: Expr, whole: _Piece, semantics: Semantics) -> list[_Piece]:
    """Split, in turn, the pieces that hold the lower and the upper bound."""
    pieces = [whole]
    steps = min(PIECES, WORK // prepared.dag_size)
    for step in range(steps):
        index = _most_urgent(pieces, lower=step % 2 == 0)
        if not pieces[index].splittable:
            break
        halves = split(pieces.pop(index).box)
        pieces.extend(_Piece.over(prepared, half, semantics) for half in halves)
    return pieces


def _most_urgent(pieces: list[_Piece], lower: bool) -> int:
    for index, piece in enumerate(pieces):
        if piece.ball.kind != "real":
            return index
    if lower:
        return min(range(len(pieces)), key=lambda k: float(pieces[k].ball.lo))
    return max(range(len(pieces)), key=lambda k: float(pieces[k].ball.hi))


def _not_defined(expr: Expr, piece: _Piece) -> str:
    where = ", ".join(f"{name} in {interval}" for name, interval in piece.box.items())
    known = "is not defined" if piece.ball.kind == "undefined" else "is not shown to be defined"
    if piece.ball.kind == "truth":
        known = "is not a real number"
    if piece.ball.kind in ("plane", "winding"):
        known = "is not shown to be a real number"
    return f"the expression {known}" + (f" for {where}" if where else "")


BACKEND = ArbBackend()
