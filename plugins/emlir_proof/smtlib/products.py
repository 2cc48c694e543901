"""Products of names as they stand, and what reduces them to normal form.

A plain monomial counts names, each an atom or 1 over an atom; nothing is reduced in it.
"""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.polynomials import UNIT, Monomial, Poly, total

Symbol = tuple[int, bool]
"""An atom, and whether 1 over it is meant."""
Plain = tuple[tuple[Symbol, int], ...]


class Reduction(NamedTuple):
    """A product of symbols, and what it equals: symbols that stay, and polynomials."""

    product: Plain
    kept: Plain
    factors: tuple[Poly, ...]


def plain(monomial: Monomial) -> Plain:
    """Return a monomial as counts of symbols."""
    return tuple(((k, n < 0), abs(n)) for k, n in monomial)


def expanded(factors: Iterable[Iterable[Plain]]) -> set[Plain]:
    """Return the monomials of a product of sums."""
    made: set[Plain] = {()}
    for terms in factors:
        listed = list(terms)
        made = {_joined(a, b) for a in made for b in listed}
    return made


def _joined(a: Plain, b: Plain) -> Plain:
    counts = Counter(dict(a))
    counts.update(dict(b))
    return tuple(sorted(counts.items()))


def terms_of(poly: Poly) -> list[Plain]:
    """Return the monomials of a polynomial."""
    return [plain(monomial) for monomial in poly.terms]


def reduction(atoms: Atoms, product: Plain) -> Reduction | None:
    """Return what a product reduces to; None if it is in normal form."""
    counts = dict(product)
    for atom, inverse in counts:
        if not inverse and (atom, True) in counts:
            return _cancelled(product, atom)
    kept: list[tuple[Symbol, int]] = []
    factors: list[Poly] = []
    exponents: list[tuple[int, int]] = []
    for (atom, inverse), n in product:
        entry = atoms.atoms[atom]
        if entry.kind == "exp":
            exponents.append((atom, n))
            continue
        stays, more = _reduced(atoms, atom, -n if inverse else n)
        kept += [((atom, inverse), stays)] if stays else []
        factors += more
    if sum(n for _, n in exponents) > 1:
        parts = [atoms.atoms[k].argument.scaled(Fraction(n)) for k, n in exponents]
        factors += exponential(atoms, total(parts))
    else:
        kept += [((k, False), n) for k, n in exponents]
    made = Reduction(product, tuple(sorted(kept)), tuple(factors))
    return None if made.kept == product and not factors else made


def _cancelled(product: Plain, atom: int) -> Reduction:
    counts = Counter(dict(product))
    least = min(counts[atom, False], counts[atom, True])
    counts -= Counter({(atom, False): least, (atom, True): least})
    return Reduction(product, tuple(sorted(counts.items())), ())


def exponential(atoms: Atoms, t: Poly) -> list[Poly]:
    """Return factors of exp(t): p^n for each n ln(p) in t, and exp of the rest."""
    factors: list[Poly] = []
    rest = t
    for monomial, c in t.terms.items():
        (atom, power), *more = monomial or ((0, 0),)
        is_log = not more and power == 1 and atoms.atoms[atom].kind == "ln"
        if is_log and c.denominator == 1 and abs(c) <= MOST:
            argument = atoms.atoms[atom].argument
            factors += [argument if c > 0 else atoms.recip(argument)] * abs(int(c))
            rest = rest - Poly({monomial: c})
    return factors if not rest.terms else [*factors, atoms.exp(rest)]


MOST = 64
"""Whole powers in which logarithms leave an exponential."""


def _reduced(atoms: Atoms, atom: int, power: int) -> tuple[int, list[Poly]]:
    """Return how often an atom stays, and the other factors of its power."""
    kind, argument = atoms.atoms[atom].kind, atoms.atoms[atom].argument
    if kind == "recip" and power < 0:
        return 0, [argument] * -power
    if kind == "sqrt" and power != 1:
        half = power // 2
        base = argument if half > 0 else atoms.recip(argument)
        return power % 2, [base] * abs(half)
    if kind == "abs" and power > 1:
        return power % 2, [argument] * (power - power % 2)
    if kind == "cos" and power > 1:
        sine = atoms.sin(argument)
        return power % 2, [UNIT - atoms.times(sine, sine)] * (power // 2)
    return abs(power), []
