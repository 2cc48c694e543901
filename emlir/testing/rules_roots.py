"""Points at which some term of a rule takes the value 0, 1 or -1: where domains begin and end."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from emlir.closed import fold_closed
from emlir.evaluate import evaluate
from emlir.expr.core import Expr, build, number
from emlir.rewrite.rule import Rule
from emlir.semantics import Semantics
from emlir.testing.rules_values import all_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TARGETS = (0, 1, -1)
OTHERS = (Fraction(2), Fraction(-1, 3), Fraction(1), Fraction(3))
MOST_TERMS = 24
MOST_ROOTS = 4
LARGEST_DENOMINATOR = 1000
STEP = Fraction(1, 2**25)

Point = dict[str, Expr]
Fixed = tuple[tuple[str, Fraction], ...]


def critical_points(rule: Rule, semantics: Semantics) -> Iterator[Point]:
    """Yield points at which a term of the rule is 0, 1 or -1, and such just beside.

    Roots of quadratic terms are exact, and complex in ``complex``; others are rational guesses.
    """
    for term in _terms(rule):
        for name in term.symbols:
            for other in OTHERS if len(term.symbols) > 1 else OTHERS[:1]:
                fixed = {symbol: other for symbol in rule.left.symbols if symbol != name}
                yield from _roots(term, name, fixed)
                yield from _quadratic_roots(term, name, fixed, semantics)


def _quadratic_roots(
    term: Expr, name: str, fixed: Mapping[str, Fraction], semantics: Semantics
) -> Iterator[Point]:
    others = {symbol: number(value) for symbol, value in fixed.items()}
    found = _quadratic(term.subs(others), name)
    if found is None:
        return
    square, linear, constant = found
    discriminant = linear * linear - 4 * square * constant
    if discriminant < 0 and semantics != "complex":
        return
    root = build("sqrt", number(abs(discriminant)))
    for step in (root, -root):
        turned = step if discriminant >= 0 else step * build("i")
        yield {**others, name: (turned - number(linear)) / number(2 * square)}


def _quadratic(term: Expr, name: str) -> tuple[Fraction, Fraction, Fraction] | None:
    """Return the coefficients of a term that is a quadratic polynomial in one symbol."""
    values = [_exact_value(term, name, Fraction(at)) for at in (0, 1, -1)]
    if None in values:
        return None
    at_0, at_1, at_minus_1 = (value or Fraction(0) for value in values)
    square, linear = (at_1 + at_minus_1) / 2 - at_0, (at_1 - at_minus_1) / 2
    for at in (Fraction(5, 7), Fraction(-13, 3), Fraction(11)):
        if _exact_value(term, name, at) != square * at * at + linear * at + at_0:
            return None
    return (square, linear, at_0) if square else None


def _exact_value(term: Expr, name: str, at: Fraction) -> Fraction | None:
    value = fold_closed(term.subs({name: number(at)}), "real")
    return value.number if value.is_number else None


def _terms(rule: Rule) -> list[Expr]:
    nodes = [node for node in all_terms(rule) if node.symbols and not node.is_symbol]
    numeric = [node for node in nodes if node.sort == "number"]
    relations = [node for node in nodes if node.op.name in ("lt", "le", "gt", "ge", "eq", "ne")]
    return [*numeric, *(build("sub", *node.args) for node in relations)][:MOST_TERMS]


def _roots(term: Expr, name: str, fixed: Mapping[str, Fraction]) -> Iterator[Point]:
    others = {symbol: number(value) for symbol, value in fixed.items()}
    for target in TARGETS:
        for root in _real_roots(term - target, name, tuple(fixed.items())):
            guess = root.limit_denominator(LARGEST_DENOMINATOR)
            for value in (guess, root, root + STEP, root - STEP):
                yield {**others, name: number(value)}


@lru_cache(maxsize=1 << 12)
def _real_roots(term: Expr, name: str, fixed: Fixed) -> tuple[Fraction, ...]:
    grid = _grid()
    values = _values(term, name, grid, fixed)
    return tuple(
        Fraction(_narrowed(term, name, fixed, float(grid[k]), float(grid[k + 1])))
        for k in _sign_changes(values)[:MOST_ROOTS]
    )


def _grid() -> "NDArray[np.float64]":
    import numpy as np

    positive = np.concatenate([np.geomspace(1e-6, 0.05, 20), np.arange(0.0613, 12, 0.0977)])
    positive = np.concatenate([positive, np.geomspace(12, 1e9, 40)])
    grid: NDArray[np.float64] = np.concatenate([-positive[::-1], positive])
    return grid


def _values(
    term: Expr, name: str, at: "NDArray[np.float64]", fixed: Fixed
) -> "NDArray[np.float64]":
    import numpy as np

    columns = {symbol: float(value) for symbol, value in fixed}
    with np.errstate(all="ignore"):
        values: NDArray[np.float64] = evaluate(term, {**columns, name: at})
    return values


def _sign_changes(values: "NDArray[np.float64]") -> list[int]:
    """Return where the sign changes, or values begin or cease to be defined."""
    import numpy as np

    signs = np.nan_to_num(np.sign(values), nan=5.0)
    found: list[int] = np.flatnonzero(signs[1:] != signs[:-1]).tolist()
    return found


def _narrowed(term: Expr, name: str, fixed: Fixed, low: float, high: float) -> float:
    import numpy as np

    for _ in range(2):
        grid = np.linspace(low, high, 1 << 14)
        changes = _sign_changes(_values(term, name, grid, fixed))
        if not changes:
            break
        low, high = float(grid[changes[0]]), float(grid[changes[0] + 1])
    return (low + high) / 2
