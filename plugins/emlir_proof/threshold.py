"""Linear thresholds: w . x stays at or below a number for all x in a ball.

The ball has a centre and a radius in the norm linf, l1 or l2. The largest value of w . d over
all d of norm at most r is r times the dual norm of w, which is l1, linf or l2 (Hölder's
inequality and, for l2, that of Cauchy and Schwarz; Horn and Johnson, Matrix Analysis, 5.4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

import emlir
from emlir.plugin_api import Claim, Expr, Interval, fold_closed, number, symbol
from emlir_proof.vectors import Vector, dot, scalar, vector

Norm = Literal["linf", "l1", "l2"]
CLOSE = Fraction(1, 2**20)
"""How far beyond the plane a witness is, in parts of its distance."""


@dataclass(frozen=True, slots=True)
class LinearWitness:
    """A point of the ball at which the threshold is passed.

    ``point`` is the centre plus ``offset``; ``value`` is w . point, exactly. ``distance`` is
    the distance of the centre from the points that pass the threshold, 0 if it is one of them;
    points at that very distance do not pass it, so a witness is a little farther away.
    """

    point: Vector
    offset: Vector
    value: Fraction
    distance: Expr


def linear_threshold(
    weights: Iterable[Any],
    threshold: Any,
    center: Iterable[Any],
    radius: Any,
    norm: Norm = "linf",
    *,
    dyadic: bool = False,
) -> Claim:
    """Claim that w . (c + d) <= threshold for all d with a norm of at most ``radius``.

    For ``linf`` the claim is about d0, d1, ... in a box; for ``l1`` and ``l2`` it compares the
    largest value, by the dual norm, and has no variables. Numbers are exact as in
    :func:`emlir.const`: a float is the shortest decimal that reads back to it, or with
    ``dyadic`` the very double. Raises ``ValueError`` for vectors that are empty or differ in
    length, NaN, infinities, a negative radius, and other norms.

    >>> import emlir
    >>> from emlir_proof import linear_threshold
    >>> claim = linear_threshold([1, 2], 5, [1, 1], "0.5")
    >>> print(claim)
    1*(1 + d0) + 2*(1 + d1) <= 5 for d0 in [-1/2, 1/2], d1 in [-1/2, 1/2]
    >>> emlir.prove(claim).verdict
    'proved'
    """
    plane = _Plane.of(weights, threshold, center, norm, dyadic)
    reach = _radius(radius, dyadic)
    if norm == "linf":
        return plane.on_box(reach)
    most = number(plane.value) + number(reach) * plane.dual
    return Claim(emlir.le(most, number(plane.threshold)), {})


def linear_witness(
    weights: Iterable[Any],
    threshold: Any,
    center: Iterable[Any],
    radius: Any = None,
    norm: Norm = "linf",
    *,
    dyadic: bool = False,
) -> LinearWitness | None:
    """Return a point, nearly the closest, at which :func:`linear_threshold` fails.

    ``None`` means that the threshold holds on the whole ball: both are decided in exact
    arithmetic. Without a radius the ball is the whole space. Takes and raises what
    :func:`linear_threshold` does.

    >>> from emlir_proof import linear_witness
    >>> found = linear_witness([1, 2], 6, [1, 1], norm="l2")
    >>> print(found.distance, *(round(float(x), 5) for x in found.point))
    3/sqrt(5) 1.6 2.2
    >>> found.value > 6
    True
    >>> linear_witness([1, 2], 6, [1, 1], radius=1) is None
    True
    """
    plane = _Plane.of(weights, threshold, center, norm, dyadic)
    reach = None if radius is None else _radius(radius, dyadic)
    if plane.margin < 0:
        return plane.witness(Fraction(0))
    direction = plane.direction
    gain = dot(plane.weights, direction)
    if not gain:
        return None
    least = plane.margin / gain
    step = (least or Fraction(1)) * CLOSE
    if reach is not None:
        most = reach**2 / _squared_length(direction, norm)
        if least**2 >= most:
            return None
        while (least + step) ** 2 > most:
            step /= 2
    return plane.witness(least + step)


@dataclass(frozen=True, slots=True)
class _Plane:
    """The threshold, seen from the centre."""

    weights: Vector
    threshold: Fraction
    center: Vector
    norm: Norm

    @classmethod
    def of(
        cls, weights: Iterable[Any], threshold: Any, center: Iterable[Any], norm: Norm, dyadic: bool
    ) -> "_Plane":
        if norm not in get_args(Norm):
            raise ValueError(f"the norm is one of {', '.join(get_args(Norm))}, not {norm!r}")
        w, c = vector(weights, "weights", dyadic), vector(center, "center", dyadic)
        if len(w) != len(c):
            raise ValueError(f"there are {len(w)} weights, and the center has {len(c)} entries")
        return cls(w, scalar(threshold, "the threshold", dyadic), c, norm)

    @property
    def value(self) -> Fraction:
        """w . c."""
        return dot(self.weights, self.center)

    @property
    def margin(self) -> Fraction:
        return self.threshold - self.value

    @property
    def dual(self) -> Expr:
        """The dual norm of w."""
        sizes = [abs(w) for w in self.weights]
        if self.norm == "l2":
            return fold_closed(emlir.sqrt(number(dot(sizes, sizes))), "real")
        return number(sum(sizes, Fraction(0)) if self.norm == "linf" else max(sizes))

    @property
    def direction(self) -> Vector:
        """Where w . d grows fastest for its norm."""
        if self.norm == "l2":
            return self.weights
        signs = [Fraction((w > 0) - (w < 0)) for w in self.weights]
        if self.norm == "l1":
            best = max(range(len(signs)), key=lambda k: abs(self.weights[k]))
            signs = [sign if k == best else Fraction(0) for k, sign in enumerate(signs)]
        return tuple(signs)

    def on_box(self, reach: Fraction) -> Claim:
        names = [f"d{k}" for k in range(len(self.weights))]
        parts = [
            number(w) * (number(c) + symbol(name))
            for w, c, name in zip(self.weights, self.center, names, strict=True)
        ]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        side = Interval(-reach, reach)
        return Claim(emlir.le(total, number(self.threshold)), dict.fromkeys(names, side))

    def witness(self, scale: Fraction) -> LinearWitness:
        """Go so far in the best direction, and verify that the threshold is passed there."""
        offset = tuple(scale * d for d in self.direction)
        point = tuple(c + d for c, d in zip(self.center, offset, strict=True))
        value = dot(self.weights, point)
        if value <= self.threshold:
            raise ArithmeticError("a witness does not pass the threshold: report this")
        if self.margin < 0:
            return LinearWitness(point, offset, value, number(0))
        distance = number(self.margin) / self.dual
        return LinearWitness(point, offset, value, distance)


def _squared_length(direction: Vector, norm: Norm) -> Fraction:
    """In the norm of the ball; the directions for linf and l1 have length 1."""
    return dot(direction, direction) if norm == "l2" else Fraction(1)


def _radius(value: Any, dyadic: bool) -> Fraction:
    radius = scalar(value, "the radius", dyadic)
    if radius < 0:
        raise ValueError(f"the radius is at least 0, not {value!r}")
    return radius
