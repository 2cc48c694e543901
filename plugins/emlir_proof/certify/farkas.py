"""Farkas multipliers: a polynomial as a sum of rows with factors that are not negative.

A linear program in floating point finds which rows serve; then the factors are made exact, the
highest monomials first: what is left of a monomial is taken up by its largest row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from emlir_proof.certify.relax import Row
from emlir_proof.checker.polynomials import ONE, Monomial, Poly, number

TINY = 1e-9
"""Factors below this part of the largest are taken for 0."""
SIMPLE = 60
"""Denominators of factors that are tried before longer ones."""
BITS = 40


@dataclass(frozen=True, slots=True)
class Combination:
    """Rows with their factors, and the number that is left, not negative."""

    parts: tuple[tuple[Fraction, Row], ...]
    rest: Fraction

    @property
    def is_strict(self) -> bool:
        """Whether the sum is above 0."""
        return self.rest > 0 or any(row.is_strict for _, row in self.parts)


def combine(goal: Poly, rows: Sequence[Row]) -> Combination | None:
    """Return ``goal`` as a combination of rows, with as much as possible left over."""
    factors = _floats(goal, rows)
    if factors is None:
        return None
    best: Combination | None = None
    for exact in (_simple, _long):
        found = _exactly(goal, rows, [exact(value) for value in factors])
        if found is not None and (best is None or found.rest > best.rest):
            best = found
        if best is not None and best.rest >= 0:
            return best
    return None


def _floats(goal: Poly, rows: Sequence[Row]) -> list[float] | None:
    """Solve: minimise the constant of the sum, which agrees with ``goal`` elsewhere."""
    monomials = {m: k for k, m in enumerate(sorted({m for r in rows for m in r.poly.terms if m}))}
    if not all(m in monomials for m in goal.terms if m) or not rows:
        return None
    target = np.zeros(len(monomials))
    for monomial, c in goal.terms.items():
        if monomial:
            target[monomials[monomial]] = float(c)
    columns, places, values, costs = [], [], [], np.empty(len(rows))
    for column, row in enumerate(rows):
        costs[column] = float(row.poly.constant)
        for monomial, c in row.poly.terms.items():
            if monomial:
                columns.append(column)
                places.append(monomials[monomial])
                values.append(float(c))
    shape = len(monomials), len(rows)
    matrix = csr_matrix((values, (places, columns)), shape=shape)
    return _solved(matrix, target, costs)


def _solved(matrix: csr_matrix, target: np.ndarray, costs: np.ndarray) -> list[float] | None:
    """Scale rows and columns by their largest entries, and solve."""
    if not np.isfinite(matrix.data).all() or not np.isfinite(costs).all():
        return None
    sizes = np.maximum(abs(matrix).max(axis=0).toarray().ravel(), 1e-300)
    scaled = matrix.multiply(1 / sizes).tocsr()
    heights = np.maximum(abs(scaled).max(axis=1).toarray().ravel(), 1e-300)
    scaled = scaled.multiply(1 / heights[:, None]).tocsr()
    found = linprog(costs / sizes, A_eq=scaled, b_eq=target / heights, method="highs")
    if found.x is None:
        return None
    values = found.x / sizes
    top = float(np.max(values, initial=0.0))
    return [float(v) if v > TINY * top else 0.0 for v in values]


def _simple(value: float) -> Fraction:
    exact = Fraction(value)
    near = exact.limit_denominator(SIMPLE)
    return near if abs(near - exact) <= Fraction(1, 10**6) * max(near, exact) else _long(value)


def _long(value: float) -> Fraction:
    mantissa, exponent = np.frexp(value)
    return Fraction(int(mantissa * 2**BITS)) * Fraction(2) ** (int(exponent) - BITS)


def _height(monomial: Monomial) -> Monomial:
    """Order monomials by their latest atoms: functions come after their arguments."""
    return tuple(sorted(monomial, reverse=True))


def _exactly(goal: Poly, rows: Sequence[Row], factors: list[Fraction]) -> Combination | None:
    by_head: dict[Monomial, list[int]] = {}
    heads = [max(row.poly.terms, key=_height) for row in rows]
    for k, head in enumerate(heads):
        by_head.setdefault(head, []).append(k)
    left = dict(goal.terms)
    used: dict[int, Fraction] = {}
    done: set[Monomial] = set()
    while True:
        open_ones = [m for m, c in left.items() if m and c]
        open_ones += [heads[k] for k, f in enumerate(factors) if f and heads[k] not in done]
        monomial = max((m for m in open_ones if m not in done), key=_height, default=ONE)
        if not monomial:
            break
        done.add(monomial)
        some = _settled(monomial, left.get(monomial, Fraction(0)), rows, by_head, factors)
        if some is None:
            return None
        for k, factor in some.items():
            used[k] = factor
            for other, c in rows[k].poly.terms.items():
                left[other] = left.get(other, Fraction(0)) - factor * c
    if any(c for m, c in left.items() if m):
        return None
    rest = left.get(ONE, Fraction(0))
    return Combination(tuple((f, rows[k]) for k, f in sorted(used.items()) if f), rest)


def _settled(
    monomial: Monomial,
    need: Fraction,
    rows: Sequence[Row],
    by_head: dict[Monomial, list[int]],
    factors: list[Fraction],
) -> dict[int, Fraction] | None:
    """Return factors of the rows with this head which sum to what is needed of it."""
    heads = [(k, rows[k].poly.terms[monomial]) for k in by_head.get(monomial, [])]
    chosen = {k: factors[k] for k, _ in heads if factors[k]}
    weights = dict(heads)
    gap = need - sum((f * weights[k] for k, f in chosen.items()), Fraction(0))
    if not gap:
        return chosen
    able = sorted(chosen, key=lambda k: chosen[k] * abs(weights[k]), reverse=True)
    for k in able:
        if chosen[k] + gap / weights[k] >= 0:
            return {**chosen, k: chosen[k] + gap / weights[k]}
    for k, weight in heads:
        if k not in chosen and gap / weight > 0:
            return {**chosen, k: gap / weight}
    return None


def total(parts: Combination) -> Poly:
    """Return the polynomial that a combination gives."""
    result = number(parts.rest)
    for factor, row in parts.parts:
        result = result + row.poly.scaled(factor)
    return result
