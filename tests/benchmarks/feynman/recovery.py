"""Whether a formula is the true one, up to a constant factor or a constant term.

SRBench (La Cava et al., arXiv:2107.14351, section 4) calls a solution symbolic when the
difference to the truth, or the ratio, simplifies to a constant, after numbers are rounded to
three decimals. Here numbers stay as they are, and a rule of its own takes the place of rounding.

1. At 1000 fresh points the difference or the ratio is constant to 1e-6. Then it is recovered if
   emlir or sympy simplify one of them to a constant (``emlir``, ``sympy``); or else, if the
   formula has the structure of a law (``numeric``): no variable that the truth has not, at most
   twice its size, and constant also in a box twice as wide.
2. Otherwise the numbers in the formula are fitted again, to the truth without noise: if that
   makes it constant to 1e-6, moves no number by more than 5 %, and the structure is that of a
   law, the structure was found and noise moved the numbers (``refitted``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir.plugin_api import postorder
from tests.benchmarks.feynman.algebra import constant_by
from tests.benchmarks.feynman.table import Equation

Array = NDArray[np.float64]

POINTS = 1000
SAME = 1e-6
"""What is constant: error over the standard deviation of the truth."""
MOVED = 0.05
"""How far noise may move a number, relative to it."""
RULES = ("emlir", "sympy", "numeric", "refitted")


@dataclass(frozen=True, slots=True)
class Recovery:
    """The verdict, and the rule that decided it."""

    recovered: bool
    rule: str


def judge(found: emlir.Expr, equation: Equation, seed: int = 0) -> Recovery:
    """Return whether ``found`` is the equation, by the rules of this module."""
    inside = draw(equation, seed)
    if is_constant(found, equation.truth, inside):
        name = constant_by(found, equation.truth)
        if name:
            return Recovery(True, name)
        alike = has_structure(found, equation, seed)
        return Recovery(alike, "numeric" if alike else "numeric, without the structure")
    if has_names_and_size(found, equation):
        again = refit(found, equation.truth, inside)
        if again is not None and has_structure(again, equation, seed + 1):
            return Recovery(True, "refitted")
    return Recovery(False, "differs")


def draw(equation: Equation, seed: int, wider: float = 1.0) -> dict[str, Array]:
    """Draw points from the ranges, or from ``wider`` ones around the same middle, above 0."""
    source, columns = np.random.default_rng([seed, 7]), {}
    for name, (low, high) in equation.ranges.items():
        half = (high - low) / 2 * wider
        lowest = max((low + high) / 2 - half, low / wider)
        columns[name] = source.uniform(lowest, (low + high) / 2 + half, POINTS)
    return columns


def is_constant(found: emlir.Expr, truth: emlir.Expr, columns: Mapping[str, Array]) -> bool:
    """Whether difference or ratio are constant where the truth is defined."""
    if not set(found.symbols) <= set(columns):
        return False
    y, f = (_values(expr, columns) for expr in (truth, found))
    defined = np.isfinite(y)
    return bool(np.isfinite(f[defined]).all()) and _constant_values(f[defined], y[defined])


def _constant_values(f: Array, y: Array) -> bool:
    with np.errstate(all="ignore"):
        spread = float(np.std(y))
        factor = float(f @ y / (y @ y))
        difference = np.max(np.abs(f - y - np.mean(f - y)))
        ratio = np.max(np.abs(f / factor - y)) if factor else np.inf
    return bool(min(difference, ratio) <= SAME * spread)


def has_structure(found: emlir.Expr, equation: Equation, seed: int) -> bool:
    """Whether a formula that agrees in the box looks like the law, and agrees around the box."""
    wider = draw(equation, seed, wider=2.0)
    return has_names_and_size(found, equation) and is_constant(found, equation.truth, wider)


def has_names_and_size(found: emlir.Expr, equation: Equation) -> bool:
    """Whether a formula uses the variables of the law, and is at most twice as large."""
    same = set(found.symbols) == set(equation.truth.symbols)
    return same and found.tree_size <= 2 * max(equation.truth.tree_size, 5)


def refit(found: emlir.Expr, truth: emlir.Expr, columns: Mapping[str, Array]) -> emlir.Expr | None:
    """Fit the numbers of a formula to the truth; nothing if one moves far."""
    from scipy.optimize import least_squares

    numbers = _free_numbers(found)
    y = _values(truth, columns)
    if not numbers or not np.isfinite(y).all():
        return None
    start = np.array([float(node.number) for node in numbers])

    def residuals(factors: Array) -> Array:
        values = _values(_with_numbers(found, numbers, start * factors), columns)
        return np.nan_to_num((values - y) / np.std(y), nan=1e6, posinf=1e6, neginf=-1e6)

    fitted = least_squares(residuals, np.ones(start.size), method="trf", xtol=1e-15, ftol=1e-15)
    if np.max(np.abs(fitted.x - 1)) > MOVED:  # a term that is not in the truth goes to 0
        return None
    return _with_numbers(found, numbers, start * fitted.x)


def _free_numbers(expr: emlir.Expr) -> list[emlir.Expr]:
    """Return the numbers that are no small integers or halves: those may have been fitted."""
    leaves = (node for node in postorder((expr,)) if node.is_number)
    return [node for node in leaves if node.number.denominator > 2 or abs(node.number) > 10]


def _with_numbers(expr: emlir.Expr, old: list[emlir.Expr], new: Array) -> emlir.Expr:
    places = {node: emlir.const(float(value)) for node, value in zip(old, new, strict=True)}
    return expr.subs(places)


def _values(expr: emlir.Expr, columns: Mapping[str, Array]) -> Array:
    needed = {name: columns[name] for name in expr.symbols}
    return np.asarray(np.broadcast_to(emlir.evaluate(expr, needed), POINTS))
