"""Snapping: a free constant becomes an integer, a small quotient, or a multiple of pi or e.

A snap is taken when the description length falls, that is when the data cannot tell the
difference well enough to pay for a free constant. The other constants are fitted again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import floor, log1p, log10

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import exact, number
from emlir_search.form import Form, is_parameter
from emlir_search.polish import Fitted, Snapped, polish
from emlir_search.score import number_cost
from emlir_search.shorten import shortest
from emlir_search.tidy import tidy

Array = NDArray[np.float64]

NEAR = 4.0
"""Snaps are tried within this many standard errors."""
BLUR = {"integer": 0.25, "quotient": 0.1, "constant": 0.01, "rare": 1e-7}
"""Largest relative standard error at which a value is taken for one of a kind (0 aside)."""
TRIES = 5
"""Values that are tried for each constant."""
ROUNDS = 4
"""Snaps that are fitted in each round, the most promising first."""
DENOMINATORS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
DIGITS = (1, 2, 3, 4, 5, 6)


def snap(fitted: Fitted, columns: Mapping[str, Array], spend: Callable[[int, str], None]) -> Fitted:
    """Snap one constant after the other, the most rewarding first, while it pays."""
    if is_parameter(fitted.form.expr):
        return fitted  # a constant alone: its mean is the better estimate
    while True:
        for index, value in _offers(fitted)[:ROUNDS]:
            spend(1, "snapping constants")
            tried = _with(fitted, index, value, columns)
            if tried is not None and tried.score < fitted.score:
                fitted = tried
                break
        else:
            return fitted


def _offers(fitted: Fitted) -> list[tuple[int, Expr]]:
    """Return constants and values for them, by the cost that the snap should have.

    For a change by z standard errors the sum of squares grows by z² of its variance, if the
    other constants follow.
    """
    offers: list[tuple[float, int, Expr]] = []
    free = fitted.noise.rows - fitted.theta.size
    for index in range(fitted.theta.size):
        at, error = float(fitted.theta[index]), float(fitted.errors[index])
        if fitted.is_loose:
            offers.append((number_cost(Fraction(1)), index, number(1)))
        for value, away, cost in _targets(at, error):
            z = away / error if error else 0.0
            offers.append((cost + 0.5 * free * log1p(z * z / max(free, 1)), index, value))
    offers.sort(key=lambda offer: (offer[0], offer[1]))
    return [(index, value) for _, index, value in offers]


def _with(fitted: Fitted, index: int, value: Expr, columns: Mapping[str, Array]) -> Fitted | None:
    fixed = fitted.form.fix(index, value, fitted.theta)
    expr = shortest(tidy(fixed.expr))
    used = set(expr.symbols)
    kept = [k for k, p in enumerate(fixed.parameters) if p.name in used]
    parameters = tuple(fixed.parameters[k] for k in kept)
    found = polish(Form(expr, parameters, fixed.start[kept]), columns, fitted.noise)
    return None if found is None else replace(found, snapped=_traced(fitted, index, value))


def _traced(fitted: Fitted, index: int, value: Expr) -> Snapped | None:
    """Remember a snap; one that only chose among constants that mean the same is none."""
    if fitted.is_loose:
        return None
    before = fitted.snapped or Snapped(replace(fitted.form, start=fitted.theta), {})
    return Snapped(before.form, {**before.exact, fitted.form.parameters[index]: value})


def _targets(value: float, error: float) -> list[tuple[Expr, float, float]]:
    """Return the simplest values near ``value``, how far away they are, and what they cost."""
    reach = NEAR * error + 1e-13 * abs(value)
    blur = error / abs(value) if value else 0.0
    found: dict[Expr, tuple[float, float]] = {}
    for rational in _rationals(value):
        kind = "integer" if rational.denominator == 1 else "quotient"
        away = abs(float(rational) - value)
        if away <= reach and (not rational or blur <= BLUR[kind]):
            found.setdefault(number(rational), (away, number_cost(rational)))
    for constant, size, cost, sharp in _constants():
        if blur <= sharp:
            for rational in _rationals(value / size, small=True):
                away = abs(float(rational) * size - value)
                if rational and away <= reach:
                    target = tidy(number(rational) * constant)
                    found.setdefault(target, (away, cost + number_cost(rational)))
    cheapest = sorted(found, key=lambda expr: found[expr][1])[:TRIES]
    return [(expr, *found[expr]) for expr in cheapest]


@cache
def _constants() -> tuple[tuple[Expr, float, float, float], ...]:
    """What multiples are of: a constant, its value, its cost, and the blur that it stands."""
    pi, e = emlir.pi(), emlir.e()
    rare = ((1 / pi, 1 / np.pi), (pi**2, np.pi**2), (emlir.sqrt(pi), np.sqrt(np.pi)))
    rarer = ((1 / pi**2, np.pi**-2), (1 / emlir.sqrt(2 * pi), 1 / np.sqrt(2 * np.pi)))
    return (
        (pi, np.pi, 4.0, BLUR["constant"]),
        (e, np.e, 4.0, BLUR["constant"]),
        *((expr, float(value), 7.0, BLUR["rare"]) for expr, value in rare),
        *((expr, float(value), 9.0, BLUR["rare"]) for expr, value in rarer),
    )


def _rationals(value: float, small: bool = False) -> Iterator[Fraction]:
    """Yield 0 and the nearest quotients and short decimals."""
    if not small:
        yield Fraction(0)
    if abs(value) < 1e6:
        for denominator in DENOMINATORS[:6] if small else DENOMINATORS:
            yield Fraction(round(value * denominator), denominator)
    if not small and value:
        for digits in DIGITS:
            yield round_to(value, abs(value) * 10.0 ** (1 - digits))


def round_to(value: float, step: float) -> Fraction:
    """Round to the decimal place of ``step``, at most 15 significant digits."""
    if not value:
        return Fraction(0)
    places = -floor(log10(step)) if step > 0 else 400
    digits = floor(log10(abs(value))) + 1 + places
    return exact(float(f"{value:.{min(max(digits, 1), 15) - 1}e}"))
