"""Units: y over a product of powers depends on dimensionless products of the variables alone.

By the theorem of Buckingham (1914): n variables whose units have rank r form n - r independent
products without a unit. Which ones is a matter of choice; the simplest are taken, by the sum of
their exponents. Numbers in formulas are taken to have no unit.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
from flint import fmpq, fmpq_mat

import emlir
from emlir import Expr
from emlir.plugin_api import Problem, number, symbol
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy

Exponents = dict[str, Fraction]
MOST_CHOICES = 500
"""Sets of variables that are tried as what the others are divided by."""


def dimensionless(refiner: Refiner) -> Reduced | None:
    """Return the problem in dimensionless products.

    ``None`` if a unit is unknown, if there is nothing to gain, if y cannot have its unit, or if
    no product has none, so that y is a product of powers. Warns where y cannot have its unit.
    """
    if not _can_have_unit(refiner.problem):
        told = "y_unit cannot be made of the units of the variables: no units are used"
        warnings.warn(told, RuntimeWarning, stacklevel=2)
        return None
    products = choose_products(refiner.problem)
    if products is None or not 0 < len(products.groups) < len(refiner.columns):
        return None
    columns = {}
    for group in products.groups:
        body = _write(group)
        values = np.broadcast_to(emlir.evaluate(body, refiner.columns), refiner.y.shape)
        if not np.isfinite(values).all():
            return None
        columns[body] = values
    return Reduced.of(refiner, columns, _write(products.factor))


@dataclass(frozen=True, slots=True)
class Products:
    """``factor`` has the unit of y, the groups have none: exponents of the variables."""

    factor: Exponents
    groups: tuple[Exponents, ...]

    @property
    def size(self) -> Fraction:
        """The sum of the sizes of all exponents and of their denominators."""
        return sum(
            (abs(e) + e.denominator for part in (self.factor, *self.groups) for e in part.values()),
            Fraction(0),
        )


def _can_have_unit(problem: Problem) -> bool:
    """Whether y's unit is a product of powers of the variables', or some unit is unknown."""
    if not _all_known(problem):
        return True
    rows, bases = [*map(problem.units.__getitem__, problem.names)], _bases(problem)
    return not bases or _rank(rows, bases) == _rank([*rows, problem.y_unit or {}], bases)


def _all_known(problem: Problem) -> bool:
    return problem.y_unit is not None and set(problem.names) <= set(problem.units)


def _bases(problem: Problem) -> list[str]:
    units = (problem.y_unit or {}, *map(problem.units.__getitem__, problem.names))
    return sorted({base for unit in units for base in unit})


def choose_products(problem: Problem) -> Products | None:
    """Return the simplest products; ``None`` if units are unknown or y's cannot be made."""
    if not _all_known(problem):
        return None
    names, bases = problem.names, _bases(problem)
    rank = _rank([problem.units[name] for name in names], bases) if bases else 0
    best: Products | None = None
    for count, pivots in enumerate(combinations(names, rank)):
        if count == MOST_CHOICES:
            break
        made = _products(pivots, names, bases, problem)
        if made is not None and (best is None or made.size < best.size):
            best = made
    return best


def _products(
    pivots: Sequence[str], names: Sequence[str], bases: Sequence[str], problem: Problem
) -> Products | None:
    """Divide y and all other variables by powers of the pivots that have their units."""
    factor = _powers(pivots, problem.y_unit or {}, bases, problem)
    if factor is None:
        return None
    groups: list[Exponents] = []
    for name in names:
        if name not in pivots:
            powers = _powers(pivots, problem.units[name], bases, problem)
            if powers is None:
                return None
            groups.append({name: Fraction(1)} | {pivot: -e for pivot, e in powers.items()})
    return Products(factor, tuple(groups))


def _powers(
    pivots: Sequence[str], unit: Mapping[str, Fraction], bases: Sequence[str], problem: Problem
) -> Exponents | None:
    """Return the powers of the pivots that have a unit; ``None`` if there are none, or many."""
    if not bases:
        return {}
    rows = [
        [_flint(problem.units[pivot].get(base, Fraction(0))) for pivot in pivots]
        + [_flint(unit.get(base, Fraction(0)))]
        for base in bases
    ]
    reduced, rank = fmpq_mat(rows).rref()
    table = reduced.tolist()
    for row in range(len(pivots)):
        if row >= len(table) or table[row][row] != 1:
            return None
    if rank > len(pivots):
        return None
    exponents = [Fraction(int(table[k][-1].p), int(table[k][-1].q)) for k in range(len(pivots))]
    return {pivot: e for pivot, e in zip(pivots, exponents, strict=True) if e}


def _rank(units: Sequence[Mapping[str, Fraction]], bases: Sequence[str]) -> int:
    rows = [[_flint(unit.get(base, Fraction(0))) for unit in units] for base in bases]
    rank: int = fmpq_mat(rows).rank()
    return rank


def _flint(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _write(exponents: Exponents) -> Expr:
    product = number(1)
    for name, exponent in exponents.items():
        product = product * symbol(name) ** number(exponent)
    return tidy(product)
