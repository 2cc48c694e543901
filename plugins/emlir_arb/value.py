"""Value: the enclosure of one value, and what is known about whether it is defined.

A value is one of

    real       an interval of reals with exact ends (an end may be infinite)
    plane      a rectangle of complex numbers
    winding    a rectangle, up to 2 pi i times an unknown integer from a range
    truth      True, False, or None: defined but not known
    undefined  certainly not defined
    undecided  perhaps defined, perhaps not

The operations on values are in ``interval`` (reals), ``plane`` (complex), ``winding`` and
``logic``; ``ball`` puts them together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from struct import pack, unpack
from typing import Any, Literal

from flint import acb, arb

from emlir.plugin_api import Semantics

Kind = Literal["real", "plane", "winding", "truth", "undefined", "undecided"]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How to calculate: the semantics, and the rounding error to add to every operation.

    With ``ulps`` = 4 the result of each inexact operation is widened by 4 units in the last
    place of float64, so that a float64 evaluation lies inside; 2^29 times as many are for
    float32.
    """

    semantics: Semantics
    ulps: int
    build: "Callable[[Arithmetic, Kind, Any, Any], Value]"

    def is_exact(self, value: Fraction) -> bool:
        """Whether the floats that ``ulps`` is for hold a number."""
        code = "f" if self.ulps > 4 else "d"
        try:
            (nearest,) = unpack(code, pack(code, float(value)))
            return Fraction(nearest) == value
        except OverflowError:
            return False

    def e(self) -> "Value":
        return self.enclosing(arb.const_e())

    def pi(self) -> "Value":
        return self.enclosing(arb.pi())

    def i(self) -> "Value":
        if self.semantics != "complex":
            return self.undefined()
        return self.build(self, "plane", acb(0, 1), None)

    def inf(self) -> "Value":
        if self.semantics == "real":
            return self.undefined()
        return self.real(arb.pos_inf(), arb.pos_inf())

    def truth(self, value: bool | None) -> "Value":
        return self.build(self, "truth", value, None)

    def real(self, lo: Any, hi: Any) -> "Value":
        """The interval between two exact ends."""
        return self.build(self, "real", lo, hi)

    def enclosing(self, value: Any) -> "Value":
        """The interval of an ``arb``."""
        if value.is_nan():
            return self.undecided()
        return self.rounded(value.lower(), value.upper())

    def plane(self, value: Any) -> "Value":
        """A complex rectangle; an exactly real one is made an interval."""
        if not value.is_finite():
            return self.undecided()
        if value.imag.is_zero():
            return self.enclosing(value.real)
        return self.build(self, "plane", self.widened(value, value.abs_upper()), None)

    def widened(self, value: Any, size: Any) -> Any:
        """A complex rectangle with the rounding error of numbers of that size."""
        if not self.ulps:
            return value
        slack = size * arb(0, 1) * self._unit()
        return acb(value.real + slack, value.imag + slack)

    def rounded(self, lo: Any, hi: Any) -> "Value":
        """The interval, widened by the rounding error."""
        if self.ulps:
            unit = self._unit()
            if lo.is_finite():
                lo = (lo - abs(lo) * unit).lower()
            if hi.is_finite():
                hi = (hi + abs(hi) * unit).upper()
        return self.build(self, "real", lo, hi)

    def slack(self, size: Any) -> Any:
        """The rounding error of a number of that size; 0 if none is added."""
        return size * self._unit() if self.ulps and size.is_finite() else arb(0)

    def _unit(self) -> Any:
        return arb(self.ulps) * arb(2) ** -52

    def undefined(self) -> "Value":
        return self.build(self, "undefined", None, None)

    def undecided(self) -> "Value":
        return self.build(self, "undecided", None, None)


@dataclass(frozen=True, slots=True)
class Value:
    """The enclosure of one value; see the module for the kinds.

    ``lo`` and ``hi`` are the ends of an interval (exact ``arb``); of a rectangle ``lo`` is
    the ``acb``, and ``hi`` its imaginary part in units of pi, a Fraction, where that is known
    exactly (see ``turn``); where it is known up to 2 pi i times an integer, ``hi`` is the
    ``range`` of that integer; of a truth value ``lo`` is True, False or None.
    """

    arithmetic: Arithmetic
    kind: Kind
    lo: Any
    hi: Any

    @property
    def is_point(self) -> bool:
        """Whether this is exactly one real number or infinity."""
        return self.kind == "real" and bool(self.lo == self.hi)

    @property
    def is_zero(self) -> bool:
        return self.is_point and bool(self.lo == 0)

    @property
    def is_finite(self) -> bool:
        """Whether no end is infinite."""
        return self.kind != "real" or (self.lo.is_finite() and self.hi.is_finite())

    def contains(self, value: Any) -> bool:
        """Whether an exact real is inside."""
        return self.kind == "real" and bool(self.lo <= value) and bool(self.hi >= value)


def lost_argument(*balls: Value) -> Value | None:
    """Return the argument that makes the result undefined, or undecided, if there is one."""
    for kind in ("undefined", "undecided"):
        for ball in balls:
            if ball.kind == kind:
                return ball
    return None
