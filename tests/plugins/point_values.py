"""Values of the exact checker's polynomials at rational points, with 40 digits."""

from collections.abc import Mapping
from fractions import Fraction

from mpmath import mp, mpf

from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.calculus import below
from emlir_proof.checker.polynomials import Poly

DIGITS = 40
CLOSE = mpf(10) ** -25
"""What is nearer than this, in terms of the sizes of the summands, may be equal."""
Point = Mapping[str, Fraction]


def values_at(atoms: Atoms, poly: Poly, point: Point):
    """The value of a polynomial, and the size of its terms; an error where it is undefined."""
    values: dict[int, mpf] = {}
    for atom in below(atoms, poly):
        entry = atoms.atoms[atom]
        if entry.kind == "var":
            values[atom] = rational(point[entry.name])
        else:
            values[atom] = (
                mp.pi() if entry.kind == "pi" else apply(entry.kind, *sums(entry.argument, values))
            )
    return sums(poly, values)


def sums(poly: Poly, values: Mapping[int, mpf]):
    value = size = mpf(0)
    for monomial, c in poly.terms.items():
        term = rational(c)
        for atom, power in monomial:
            if power < 0 and abs(values[atom]) < CLOSE:
                raise ArithmeticError("close to a pole")
            term *= values[atom] ** power
        value, size = value + term, size + abs(term)
    return value, size


def rational(value: Fraction) -> mpf:
    return mpf(value.numerator) / value.denominator


def apply(kind: str, t: mpf, size: mpf) -> mpf:
    """A function, where it is clearly defined and rounding does not matter."""
    slack = CLOSE * max(size, 1)
    if abs(t) > 10**6 or size > 10**12:
        raise OverflowError
    if kind in ("ln", "recip") and (abs(t) < slack or (kind == "ln" and t < 0)):
        raise ArithmeticError
    if kind == "sqrt" and t < slack:
        if t < -slack:
            raise ArithmeticError
        return mpf(0)
    if kind == "asin" and abs(t) > 1 + slack:
        raise ArithmeticError
    if kind == "floor" and abs(t - mp.nint(t)) < slack:
        return mp.nint(t)
    if kind == "asin":
        t = min(max(t, mpf(-1)), mpf(1))
    functions = {"recip": lambda v: 1 / v, "abs": abs}
    return functions[kind](t) if kind in functions else getattr(mp, kind)(t)
