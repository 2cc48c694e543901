"""Ball: a value with its operations, under the rules of the three semantics.

The enclosures in operator records are written with these methods. On the real line the
operations are those of ``interval``; in ``complex`` what is not defined there is taken to
the plane.
"""

from typing import cast

from emlir.plugin_api import Semantics
from emlir_arb import interval, logic, plane, turn, winding
from emlir_arb.value import Arithmetic, Value, lost_argument


class Ball(Value):
    """The enclosure of one value; see :mod:`emlir_arb.value` for the kinds."""

    __slots__ = ()

    def __add__(self, other: "Ball") -> "Ball":
        return binary("add", self, other)

    def __sub__(self, other: "Ball") -> "Ball":
        return binary("sub", self, other)

    def __mul__(self, other: "Ball") -> "Ball":
        return binary("mul", self, other)

    def __truediv__(self, other: "Ball") -> "Ball":
        return binary("div", self, other)

    def __pow__(self, other: "Ball") -> "Ball":
        return binary("pow", self, other)

    def __neg__(self) -> "Ball":
        return unary("neg", self)

    def __abs__(self) -> "Ball":
        return unary("abs", self)

    def square(self) -> "Ball":
        return unary("square", self)

    def exp(self) -> "Ball":
        return unary("exp", self)

    def ln(self) -> "Ball":
        return unary("ln", self)

    def sqrt(self) -> "Ball":
        return unary("sqrt", self)

    def sin(self) -> "Ball":
        return unary("sin", self)

    def cos(self) -> "Ball":
        return unary("cos", self)

    def tan(self) -> "Ball":
        return unary("tan", self)

    def asin(self) -> "Ball":
        return unary("asin", self)

    def acos(self) -> "Ball":
        return unary("acos", self)

    def atan(self) -> "Ball":
        return unary("atan", self)

    def sinh(self) -> "Ball":
        return unary("sinh", self)

    def cosh(self) -> "Ball":
        return unary("cosh", self)

    def tanh(self) -> "Ball":
        return unary("tanh", self)

    def asinh(self) -> "Ball":
        return unary("asinh", self)

    def acosh(self) -> "Ball":
        return unary("acosh", self)

    def atanh(self) -> "Ball":
        return unary("atanh", self)

    def log1p(self) -> "Ball":
        return unary("log1p", self)

    def expm1(self) -> "Ball":
        return unary("expm1", self)

    def sigmoid(self) -> "Ball":
        return unary("sigmoid", self)

    def softplus(self) -> "Ball":
        return unary("softplus", self)

    def floor(self) -> "Ball":
        return unary("floor", self)

    def hypot(self, other: "Ball") -> "Ball":
        return binary("hypot", self, other)

    def logaddexp(self, other: "Ball") -> "Ball":
        return binary("logaddexp", self, other)

    def mod(self, other: "Ball") -> "Ball":
        return binary("mod", self, other)

    def minimum(self, other: "Ball") -> "Ball":
        return binary("min", self, other)

    def maximum(self, other: "Ball") -> "Ball":
        return binary("max", self, other)

    def compare(self, other: "Ball", relation: str) -> "Ball":
        """Return the truth value of a relation (``lt``, ``le``, ``gt``, ``ge``, ``eq``, ``ne``)."""
        lost = lost_argument(self, other)
        if lost is not None:
            return cast(Ball, lost)
        return cast(Ball, logic.compare(winding.hull(self), winding.hull(other), relation))

    def both(self, other: "Ball") -> "Ball":
        return cast(Ball, logic.both(self, other))

    def either(self, other: "Ball") -> "Ball":
        return self.opposite().both(other.opposite()).opposite()

    def opposite(self) -> "Ball":
        if self.kind != "truth" or self.lo is None:
            return self
        return cast(Ball, self.arithmetic.truth(not self.lo))

    def choose(self, yes: "Ball", no: "Ball") -> "Ball":
        """Return ``yes`` or ``no`` by this truth value, or an enclosure of both."""
        return cast(Ball, logic.choose(self, yes, no))


def arithmetic(semantics: Semantics = "real", ulps: int = 0) -> Arithmetic:
    """Return the arithmetic of balls under a semantics."""
    return Arithmetic(semantics, ulps, Ball)


def unary(name: str, x: Value) -> Ball:
    """Apply a function of one argument, on the reals if that is where it is."""
    if x.kind in ("undefined", "undecided"):
        return cast(Ball, x)
    if x.kind == "winding":
        if name == "neg":
            return cast(Ball, winding.negative(x))
        x = winding.one_branch(x) if name in winding.PERIODIC else winding.hull(x)
    if x.kind == "plane":
        exact = turn.periodic(name, x)
        if exact is not None:
            return cast(Ball, x.arithmetic.plane(exact))
        return cast(Ball, turn.kept(name, plane.unary(name, x), x))
    return _or_on_the_plane(interval.UNARY[name](x), name, x)


def binary(name: str, x: Value, y: Value) -> Ball:
    """Apply a function of two arguments, on the reals if that is where they are."""
    lost = lost_argument(x, y)
    if lost is not None:
        return cast(Ball, lost)
    if "winding" in (x.kind, y.kind):
        if name in ("add", "sub") and x.is_finite and y.is_finite:
            return cast(Ball, winding.add(x, unary("neg", y) if name == "sub" else y))
        x, y = winding.hull(x), winding.hull(y)
    on_axis = x.kind == y.kind == "real"
    result = interval.BINARY[name](x, y) if on_axis else x.arithmetic.undefined()
    return cast(Ball, turn.kept(name, _or_on_the_plane(result, name, x, y), x, y))


def _or_on_the_plane(on_axis: Value, name: str, *args: Value) -> Ball:
    lost = on_axis.kind in ("undefined", "undecided")
    if lost and on_axis.arithmetic.semantics == "complex":
        return cast(Ball, plane.leaving_the_axis(on_axis, name, *args))
    return cast(Ball, on_axis)
