"""Farkas multipliers: a polynomial as a sum of rows with factors that are not negative.

A linear program in floating point finds which rows serve; then the factors are made exact, the
highest monomials first: what is left of a monomial is taken up by its largest row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from emlir_proof.certify.knots import short
from emlir_proof.certify.rows import Row
from emlir_proof.checker.polynomials import ONE, Monomial, Poly

Array = NDArray[np.float64]

_ZERO = Fraction(0)
TINY = 1e-9
"""Factors below this part of the largest are taken for 0."""
SIMPLE = 60
"""Denominators of factors that are tried before longer ones."""
BITS = 40


@dataclass(frozen=True, slots=True)
class Combination:
    """Rows with their factors, and the number that is left."""

    parts: tuple[tuple[Fraction, Row], ...]
    rest: Fraction

    @property
    def is_strict(self) -> bool:
        """Whether the sum is above 0."""
        return self.rest > 0 or any(row.is_strict for _, row in self.parts)


def combine(goal: Poly, rows: Sequence[Row], least: Fraction | None = _ZERO) -> Combination | None:
    """Return ``goal`` as a combination of rows, with as much as possible left over.

    None if that is below ``least``, if there is one.
    """
    factors = _factors(goal, rows)
    if factors is None:
        return None
    best: Combination | None = None
    for exact in (_simple, _long):
        found = _exactly(goal, rows, [exact(value) for value in factors])
        if found is not None and (best is None or found.rest > best.rest):
            best = found
        if best is not None and (least is None or best.rest >= least):
            return best
    return None


def _factors(goal: Poly, rows: Sequence[Row]) -> list[Fraction] | None:
    """Solve: minimise the constant of the sum, which agrees with ``goal`` elsewhere.

    Rows and goal are scaled to largest coefficients of 1, exactly, so that nothing overflows.
    """
    monomials = {m: k for k, m in enumerate(sorted({m for r in rows for m in r.poly.terms if m}))}
    if not all(m in monomials for m in goal.terms if m) or not rows:
        return None
    scale = _largest(goal)
    target = np.zeros(len(monomials))
    for monomial, c in goal.terms.items():
        if monomial:
            target[monomials[monomial]] = float(c / scale)
    scales = [_largest(row.poly) for row in rows]
    entries = [
        (float(c / scales[column]), monomials[monomial], column)
        for column, row in enumerate(rows)
        for monomial, c in row.poly.terms.items()
        if monomial
    ]
    values, places, columns = (list(some) for some in zip(*entries, strict=True))
    matrix = csr_matrix((values, (places, columns)), shape=(len(monomials), len(rows)))
    costs = np.array([float(r.poly.constant / s) for r, s in zip(rows, scales, strict=True)])
    found = _solved(matrix, target, costs)
    if found is None:
        return None
    return [Fraction(x) * scale / s for x, s in zip(found, scales, strict=True)]


def _largest(poly: Poly) -> Fraction:
    return max(abs(c) for c in poly.terms.values())


def _solved(matrix: csr_matrix, target: Array, costs: Array) -> list[float] | None:
    """Scale the equations by their largest entries, and solve."""
    heights = np.maximum(abs(matrix).max(axis=1).toarray().ravel(), 1e-300)
    scaled = matrix.multiply(1 / heights[:, None]).tocsr()
    found = linprog(costs, A_eq=scaled, b_eq=target / heights, method="highs")
    if found.x is None:
        return None
    top = float(np.max(found.x, initial=0.0))
    return [float(v) if v > TINY * top else 0.0 for v in found.x]


def _simple(exact: Fraction) -> Fraction:
    near = exact.limit_denominator(SIMPLE)
    return near if abs(near - exact) <= Fraction(1, 10**6) * max(near, exact) else _long(exact)


def _long(exact: Fraction) -> Fraction:
    return short(exact, BITS, up=False)


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
