"""Names for the points where exp, sin and cos have bounds, and for the bounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from emlir_proof.smtlib.ladders import turning
from emlir_proof.smtlib.names import real

BOUNDS = ("sl", "sh", "cl", "ch")
"""Lower and upper bound on sin, then on cos."""


@dataclass(eq=False)
class Points:
    """The points, in the order of the certificate."""

    knots: dict[Fraction, tuple[Fraction, ...]]
    circles: dict[Fraction, tuple[Fraction, ...]]
    turns: list[Fraction] = field(default_factory=list)
    """Points that pi is compared with."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Points":
        """Read the points of a certificate."""
        return cls(_table(data["knots"]), _table(data["circles"]))

    def knot(self, k: Fraction) -> tuple[str, str, str]:
        """Return the names of a point and of the bounds on its exp."""
        place = list(self.knots).index(k)
        return f"k_{place}", f"lo_{place}", f"hi_{place}"

    def circle(self, k: Fraction) -> tuple[str, ...]:
        """Return the names of a point and of the bounds on its sin and cos."""
        place = list(self.circles).index(k)
        return tuple(f"{name}_{place}" for name in ("g", *BOUNDS))

    def turn(self, value: Fraction) -> Fraction:
        """Return the bound on the sine of a number that pi is compared with, and note it."""
        if value not in self.turns:
            self.turns.append(value)
        return turning(value)[1]

    def definitions(self) -> Iterator[str]:
        """Define the names."""
        for k, ends in self.knots.items():
            yield from map(_definition, self.knot(k), (k, *ends))
        for k, ends in self.circles.items():
            yield from map(_definition, self.circle(k), (k, *ends))


def _table(codes: Sequence[Sequence[str]]) -> dict[Fraction, tuple[Fraction, ...]]:
    return {Fraction(k): tuple(map(Fraction, ends)) for k, *ends in codes}


def _definition(name: str, value: Fraction) -> str:
    return f"(define-fun {name} () Real {real(value)})"
