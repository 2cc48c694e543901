"""Values at single points, as rigorous balls that can be compared with each other."""

from collections.abc import Mapping
from typing import Any, Literal

from flint import acb, arb

from emlir.plugin_api import Expr, PointValue, Semantics
from emlir_arb.evaluator import Evaluator, prepare, working_precision
from emlir_arb.value import Value
from emlir_arb.winding import hull

SHARP = 40
"""Bits that are right."""

State = Literal["number", "truth", "undefined", "undecided"]


class BallPoint:
    """The enclosure of a value at a point; see :class:`emlir.plugin_api.PointValue`."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    @property
    def state(self) -> State:
        kind = self.value.kind
        if kind == "real" or kind == "plane" or kind == "winding":
            return "number"
        return kind

    @property
    def truth(self) -> bool | None:
        return self.value.lo if self.state == "truth" else None

    @property
    def is_real(self) -> bool | None:
        if self.value.kind == "plane" and not self.value.lo.imag.contains(0):
            return False
        return True if self.value.kind == "real" else None

    @property
    def is_finite(self) -> bool | None:
        if self.value.is_point:
            return bool(self.value.is_finite)
        return True if self.value.is_finite else None

    @property
    def is_sharp(self) -> bool:
        """Whether the ball is so small that another value would hardly meet it by chance."""
        if self.state == "truth":
            return self.truth is not None
        if self.value.is_point:
            return True
        if self.state != "number" or not self.value.is_finite:
            return False
        ball = hull(self.value)
        ball = ball.lo if ball.kind == "plane" else acb(ball.lo.union(ball.hi))
        radius = max(ball.real.rad(), ball.imag.rad())
        return bool(ball.rel_accuracy_bits() >= SHARP) or bool(radius < arb(2) ** -SHARP)

    @property
    def in_strip(self) -> bool | None:
        """Whether the imaginary part is in (-pi, pi]."""
        if self.value.kind not in ("plane", "winding"):
            return True if self.value.kind == "real" else None
        imaginary = hull(self.value).lo.imag
        if imaginary <= arb.pi() and imaginary > -arb.pi():
            return True
        return False if imaginary > arb.pi() or imaginary <= -arb.pi() else None

    def differs(self, other: PointValue) -> bool:
        """Whether the two values are certainly not equal."""
        assert isinstance(other, BallPoint)
        if "truth" in (self.state, other.state):
            both_known = self.truth is not None and other.truth is not None
            return self.state != other.state or (both_known and self.truth != other.truth)
        return _apart(hull(self.value), hull(other.value))

    def __str__(self) -> str:
        if self.state == "truth":
            return {True: "true", False: "false", None: "true or false"}[self.truth]
        if self.state != "number":
            return self.state
        if self.value.is_point and not self.value.is_finite:
            return "inf" if self.value.lo > 0 else "-inf"
        ball = hull(self.value)
        shown = ball.lo if ball.kind == "plane" else ball.lo.union(ball.hi)
        return str(shown.str(12))


def _apart(x: Value, y: Value) -> bool:
    if x.kind == y.kind == "real":
        return bool(x.hi < y.lo) or bool(y.hi < x.lo)
    if x.kind == "real":
        x, y = y, x
    if y.kind == "plane":
        return not x.lo.overlaps(y.lo)
    if y.is_finite:
        return not x.lo.overlaps(acb(y.lo.union(y.hi)))
    return y.is_point or not x.lo.imag.contains(0)


class PointEvaluator:
    """Evaluates expressions at points with a number of bits; remembers prepared ones."""

    def __init__(self, semantics: Semantics, bits: int) -> None:
        self.semantics = semantics
        self.bits = bits
        self._prepared: dict[Expr, Expr] = {}

    def __call__(self, expr: Expr, point: Mapping[str, PointValue]) -> BallPoint:
        prepared = self._prepared.get(expr)
        if prepared is None:
            prepared = self._prepared[expr] = prepare(expr, self.semantics)
        values: dict[str, Any] = {}
        for name, at in point.items():
            assert isinstance(at, BallPoint)
            values[name] = at.value
        with working_precision(self.bits):
            return BallPoint(Evaluator(values, self.semantics)(prepared))
