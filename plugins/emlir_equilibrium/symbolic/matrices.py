"""Jacobians as matrices of expressions, and their characteristic polynomials."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from emlir import Expr, jacobian
from emlir.plugin_api import number
from emlir_equilibrium.symbolic.dynamics import Dynamics, Rates, Values, placed, tidy

Matrix = tuple[tuple[Expr, ...], ...]
ZERO, ONE = number(0), number(1)
MOST_ROWS = 6
"""Rows up to which determinants are written out: they have n! terms."""


def symbolic_jacobian(
    system: Dynamics | Rates, at: Values | None = None, assume: Any = None
) -> Matrix:
    """Return dF/dx, a row for each rate and a column for each state variable.

    ``at`` puts values in the places of symbols afterwards; ``assume`` is what
    :meth:`emlir.Assumptions.of` takes. Raises ``ValueError`` for a value of an unknown symbol.

    >>> for row in symbolic_jacobian({"x": "x*y - x", "y": "k - x^2"}):
    ...     print(*row, sep=", ")
    y - 1, x
    -2*x, 0
    """
    dynamics = Dynamics.of(system)
    dynamics.check_names(at)
    entries = jacobian(dynamics.rates.values(), dynamics.states).to_exprs()
    tidied = [tidy(placed(entry, at), assume) for entry in entries]
    size = len(dynamics.states)
    return tuple(tuple(tidied[k : k + size]) for k in range(0, size * size, size))


def characteristic_polynomial(matrix: Matrix, assume: Any = None) -> tuple[Expr, ...]:
    """Return a1, ..., an of s^n + a1 s^(n-1) + ... + an, the determinant of s I - M.

    a_k is (-1)^k times the sum of the principal minors of k rows.
    Raises ``ValueError`` for a matrix that is not square or has more than 6 rows.

    >>> a = symbolic_jacobian({"x": "-x + k*y", "y": "-k*x - y"})
    >>> print(*characteristic_polynomial(a), sep=", ")
    2, k^2 + 1
    """
    size = len(matrix)
    if not size or any(len(row) != size for row in matrix):
        raise ValueError("a characteristic polynomial is of a square matrix")
    _check_rows(size)
    found = []
    for k in range(1, size + 1):
        minors = [determinant(_principal(matrix, rows)) for rows in combinations(range(size), k)]
        total = summed(minors)
        found.append(tidy(-total if k % 2 else total, assume))
    return tuple(found)


def leading_minors(matrix: Matrix, assume: Any = None) -> tuple[Expr, ...]:
    """Return the determinants of the first 1, 2, ..., n rows and columns; n is at most 6."""
    _check_rows(len(matrix))
    sizes = range(1, len(matrix) + 1)
    return tuple(tidy(determinant(_principal(matrix, range(k))), assume) for k in sizes)


def _check_rows(size: int) -> None:
    if size > MOST_ROWS:
        raise ValueError(f"{size} rows are too many to be written out: at most {MOST_ROWS}")


def determinant(matrix: Matrix) -> Expr:
    """Return the determinant, by the first row."""
    if len(matrix) == 1:
        return matrix[0][0]
    terms = []
    for k, entry in enumerate(matrix[0]):
        if entry is not ZERO:
            minor = determinant(tuple(row[:k] + row[k + 1 :] for row in matrix[1:]))
            terms.append(times(entry, -minor if k % 2 else minor))
    return summed(terms)


def summed(terms: Iterable[Expr]) -> Expr:
    """Return the sum; that of nothing is 0. Numbers are added at once."""
    total = ZERO
    for term in terms:
        if total.is_number and term.is_number:
            total = number(total.number + term.number)
        elif term is not ZERO:
            total = term if total is ZERO else total + term
    return total


def times(*factors: Expr) -> Expr:
    """Return the product. Numbers are multiplied at once."""
    product = ONE
    for factor in factors:
        if product.is_number and factor.is_number:
            product = number(product.number * factor.number)
        elif ZERO in (product, factor):
            product = ZERO
        else:
            product = factor if product is ONE else product * factor
    return product


def _principal(matrix: Matrix, rows: Iterable[int]) -> Matrix:
    chosen = tuple(rows)
    return tuple(tuple(matrix[i][j] for j in chosen) for i in chosen)
