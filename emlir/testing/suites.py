"""The numeric suites of the paper: 21 functions of one and 8 of two variables, on grids.

Cases and grids are those of the paper's toolkit (Odrzywolek, arXiv:2603.21852): 2,545 points
for the first kind, and [-8, 8]^2 in steps of 1/2 for the second, 8,712 points of which 7,557
are in the real domains. Runners for a given EML tree are in ``emlir.testing``: ``run_numpy``
and ``run_c`` use nothing but exp and log of complex doubles, node by node, as the paper does;
``run_emlir`` is emlir's evaluation under ``complex``, and ``run_balls`` is rigorous.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from emlir.evaluate import evaluate
from emlir.expr.core import Expr
from emlir.text.syntax import parse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Point = dict[str, Fraction]
Axis = tuple[Fraction, Fraction, Fraction]
"""First value, last value, step."""

TOLERANCE = 1e-12
SQUARE: Axis = (Fraction(-8), Fraction(8), Fraction(1, 2))
WIDE: Axis = (Fraction(-4), Fraction(4), Fraction(1, 4))


@dataclass(frozen=True, slots=True)
class Case:
    """A function of the suites, with its grid and how far a tree may be off in float64."""

    name: str
    formula: str
    axis: Axis = SQUARE
    tolerance: float = TOLERANCE

    @property
    def expr(self) -> Expr:
        """The function, as emlir writes it."""
        return parse(self.formula)

    def points(self, every: int = 1, wide: bool = False) -> list[Point]:
        """Return the exact points of the grid that are in the real domain of the function.

        Args:
            every: take only every so many of them.
            wide: take [-4, 4] in steps of 1/4 too, where the grid leaves out a part of the
                domain (the paper's has no negative x for 1/x).
        """
        names = self.expr.symbols
        values = sorted({*_values(self.axis), *(_values(WIDE) if wide and len(names) == 1 else ())})
        grid = [dict(zip(names, at, strict=True)) for at in product(values, repeat=len(names))]
        inside = self.values_at(grid)
        defined = [point for point, value in zip(grid, inside, strict=True) if value == value]
        return [point for point in defined if not self._is_excluded(point)][::every]

    def values_at(self, points: list[Point]) -> "NDArray[np.float64]":
        """Return the function at exact points in float64; NaN outside its real domain."""
        return evaluate(self.expr, columns(points))

    def _is_excluded(self, point: Point) -> bool:
        return self.name == "pow" and not any(point.values())  # the paper leaves out 0^0


def columns(points: list[Point]) -> "dict[str, NDArray[np.float64]]":
    """Return points as columns of floats."""
    import numpy as np

    names = points[0] if points else {}
    return {name: np.array([float(point[name]) for point in points]) for name in names}


def _values(axis: Axis) -> Iterator[Fraction]:
    first, last, step = axis
    return (first + step * k for k in range(int((last - first) / step) + 1))


def _axis(first: str, last: str, step: str = "1/8") -> Axis:
    return Fraction(first), Fraction(last), Fraction(step)


_NEAR, _POSITIVE, _EIGHT = _axis("-4", "4"), _axis("1/8", "8"), _axis("-8", "8")
_UNIT = _axis("-1", "1", "0.01")

CASES: tuple[Case, ...] = (
    Case("identity", "x", _EIGHT),
    Case("exp", "exp(x)", _NEAR),
    Case("ln", "ln(x)", _POSITIVE),
    Case("inv", "1/x", _POSITIVE),
    Case("half", "x/2", _NEAR),
    Case("neg", "-x", _NEAR),
    Case("sqr", "x^2", _NEAR),
    Case("sqrt", "sqrt(x)", _axis("0", "8")),
    Case("sigmoid", "sigmoid(x)", _EIGHT),
    Case("sin", "sin(x)", _axis("-20", "20")),
    Case("cos", "cos(x)", _axis("-20", "20")),
    Case("tan", "tan(x)", _axis("-1.25", "1.25", "1/32")),
    Case("asin", "asin(x)", _UNIT, 1e-7),
    Case("acos", "acos(x)", _UNIT, 1e-7),
    Case("atan", "atan(x)", _EIGHT),
    Case("sinh", "sinh(x)", _NEAR),
    Case("cosh", "cosh(x)", _NEAR),
    Case("tanh", "tanh(x)", _NEAR),
    Case("asinh", "asinh(x)", _EIGHT),
    Case("acosh", "acosh(x)", _axis("1", "9")),
    Case("atanh", "atanh(x)", _axis("-0.95", "0.95", "0.01")),
    Case("add", "x + y"),
    Case("sub", "x - y"),
    Case("mul", "x*y"),
    Case("div", "x/y"),
    Case("pow", "x^y", tolerance=1e-6),
    Case("log", "ln(y)/ln(x)"),
    Case("avg", "(x + y)/2"),
    Case("hypot", "hypot(x, y)"),
)
"""The 29 cases."""


def find_case(name: str) -> Case:
    """Return a case by name; raises ``ValueError`` for one that there is not."""
    for case in CASES:
        if case.name == name:
            return case
    raise ValueError(f"no suite case {name!r}; there are {', '.join(c.name for c in CASES)}")


@dataclass(frozen=True, slots=True)
class Report:
    """How a tree did on the points of a case.

    ``nonfinite`` counts points without a finite value (by balls: without a decided one),
    the errors are the largest of the real and of the imaginary part over the other points,
    and ``where`` is the worst point: a nonfinite one if there is any.
    """

    case: str
    runner: str
    points: int
    nonfinite: int
    real_error: float
    imaginary_error: float
    where: Mapping[str, float]
    tolerance: float

    @property
    def error(self) -> float:
        """The larger of both errors."""
        return max(self.real_error, self.imaginary_error)

    @property
    def passed(self) -> bool:
        """Whether every value is finite and within the tolerance."""
        return self.nonfinite == 0 and self.error <= self.tolerance


def judge(case: Case, runner: str, points: list[Point], values: Any) -> Report:
    """Compare complex values at points with the function."""
    import numpy as np

    differences = np.asarray(values, dtype=np.complex128) - case.values_at(points)
    return report(case, runner, points, differences, case.tolerance)


def report(
    case: Case, runner: str, points: list[Point], differences: Any, tolerance: float
) -> Report:
    """Summarise complex differences from the true values; what is not finite counts apart."""
    import numpy as np

    finite = np.isfinite(differences)
    sizes = np.where(finite, np.maximum(abs(differences.real), abs(differences.imag)), np.inf)
    good = differences[finite]
    worst = points[int(np.argmax(sizes))] if points else {}
    return Report(
        case.name,
        runner,
        len(points),
        int((~finite).sum()),
        float(abs(good.real).max(initial=0)),
        float(abs(good.imag).max(initial=0)),
        {name: float(value) for name, value in worst.items()},
        tolerance,
    )
