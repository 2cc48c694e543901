"""Small calculations for ranges: halves of monomials, roots, and bounds of products."""

from fractions import Fraction
from math import isqrt

from emlir_proof.certify.knots import short
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.polynomials import Monomial, Poly

BITS = 24
"""Significant digits of the points where functions are bounded."""


def coefficient(poly: Poly, of: Poly) -> Fraction:
    """Return how often the leading term of ``of`` is in ``poly``."""
    if of.is_number:
        return Fraction(0)
    monomial, c = of.key[-1]
    return poly.terms.get(monomial, Fraction(0)) / c


def without_pi(atoms: Atoms, poly: Poly) -> Poly | None:
    """Return a sum divided by pi, if pi is in every term."""
    ((circle, _),) = next(iter(atoms.pi().terms))
    has_pi = all(dict(monomial).get(circle, 0) > 0 for monomial in poly.terms)
    return atoms.times(poly, atoms.recip(atoms.pi())) if has_pi and len(poly.terms) > 1 else None


def halves(monomial: Monomial) -> tuple[Monomial, Monomial]:
    """Write a monomial as a product: of two equal ones, or of its last factor and the rest."""
    if all(power % 2 == 0 for _, power in monomial):
        half = tuple((atom, power // 2) for atom, power in monomial)
        return half, half
    atom, power = monomial[-1]
    if len(monomial) > 1:
        return monomial[:-1], monomial[-1:]
    step = 1 if power > 0 else -1
    return ((atom, power - step),), ((atom, step),)


def root_near(value: Fraction, up: bool) -> Fraction:
    """Return a short number whose square is at most (or at least) ``value``."""
    if value <= 0:
        return Fraction(0)
    scale = 4 ** max(0, BITS + value.denominator.bit_length())
    k = Fraction(isqrt(int(value * scale)), isqrt(scale))
    if k * k == value:
        return k
    k = short(k, BITS, up=up)
    while (k * k < value) if up else (k * k > value):
        k = short(k * (1 + Fraction(1 if up else -1, 2**BITS)), BITS + 4, up=up)
    return k


def plain(parts: list[tuple[Fraction, list[int]]]) -> list[tuple[Fraction, list[int]]]:
    return [part for part in parts if part[0]]


def weights(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> list[Fraction]:
    """Return the weights at which the bound of a product may be best."""
    found = [Fraction(1), Fraction(0)]
    for lo, hi in ((a, b), (c, d)):
        if lo < 0 < hi:
            found.append(hi / (hi - lo))
    return found


def floor_of_product(
    w: Fraction, a: Fraction, b: Fraction, c: Fraction, d: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """Bound u v >= w (c u + a v - a c) + (1 - w) (d u + b v - b d) on [a, b] x [c, d]."""
    p, q = w * c + (1 - w) * d, w * a + (1 - w) * b
    value = p * (a if p > 0 else b) + q * (c if q > 0 else d) - w * a * c - (1 - w) * b * d
    return value, p, q
