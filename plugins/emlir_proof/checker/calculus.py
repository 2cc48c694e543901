"""Derivatives of polynomials over atoms, and putting something in the place of a variable."""

from fractions import Fraction

from .atoms import Atoms
from .polynomials import UNIT, ZERO, Poly, number, total


def derivative(atoms: Atoms, p: Poly, var: int) -> Poly | None:
    """Return the derivative in a variable; None if it passes through abs or floor."""
    slopes: dict[int, Poly] = {}
    for atom in below(atoms, p):
        slope = _slope(atoms, atom, var, slopes)
        if slope is None:
            return None
        slopes[atom] = slope
    return _of_sum(atoms, p, slopes)


def below(atoms: Atoms, p: Poly) -> list[int]:
    """Return all atoms of a polynomial and of their arguments, arguments first."""
    found: set[int] = set()
    stack = list(p.atoms())
    while stack:
        atom = stack.pop()
        if atom not in found:
            found.add(atom)
            stack.extend(atoms.atoms[atom].argument.atoms())
    return sorted(found)


def is_linear(atoms: Atoms, p: Poly, var: int) -> bool:
    """Whether ``p`` is written as a + b times the variable, with no variable in a and b."""
    factors = {pair for monomial in p.terms for pair in monomial}
    return all(
        power == 1 if atom == var else var not in below(atoms, atoms.atoms[atom].argument)
        for atom, power in factors
    )


def _of_sum(atoms: Atoms, p: Poly, slopes: dict[int, Poly]) -> Poly:
    parts = []
    for monomial, c in p.terms.items():
        for k, (atom, power) in enumerate(monomial):
            if slopes[atom].terms:
                lowered = ((atom, power - 1),) if power != 1 else ()
                rest = Poly({monomial[:k] + lowered + monomial[k + 1 :]: c * power})
                parts.append(atoms.times(rest, slopes[atom]))
    return total(parts)


def _slope(atoms: Atoms, atom: int, var: int, slopes: dict[int, Poly]) -> Poly | None:
    """Return the derivative of an atom, by the chain rule."""
    if atom == var:
        return UNIT
    kind, argument = atoms.atoms[atom].kind, atoms.atoms[atom].argument
    inner = _of_sum(atoms, argument, slopes)
    if not inner.terms:
        return ZERO
    own = Poly({((atom, 1),): Fraction(1)})
    if kind == "exp":
        outer = own
    elif kind == "ln":
        outer = atoms.recip(argument)
    elif kind == "sqrt":
        outer = atoms.times(own, atoms.recip(argument)).scaled(Fraction(1, 2))
    elif kind == "recip":
        outer = -atoms.times(own, own)
    elif kind == "sin":
        outer = atoms.cos(argument)
    elif kind == "cos":
        outer = -atoms.sin(argument)
    elif kind == "atan":
        outer = atoms.recip(UNIT + atoms.times(argument, argument))
    elif kind == "asin":
        outer = atoms.recip(atoms.sqrt(UNIT - atoms.times(argument, argument)))
    else:
        return None
    return atoms.times(outer, inner)


def substitute(atoms: Atoms, p: Poly, var: int, value: Poly) -> Poly:
    """Return ``p`` with a polynomial in the place of a variable.

    Raises ``ZeroDivisionError`` where that is not defined.
    """
    put: dict[int, Poly] = {var: value}
    for atom in below(atoms, p):
        if atom not in put:
            put[atom] = _rebuilt(atoms, atom, put)
    return _with(atoms, p, put)


def _rebuilt(atoms: Atoms, atom: int, put: dict[int, Poly]) -> Poly:
    entry = atoms.atoms[atom]
    if entry.kind in ("var", "pi"):
        return Poly({((atom, 1),): Fraction(1)})
    argument = _with(atoms, entry.argument, put)
    if argument == entry.argument:
        return Poly({((atom, 1),): Fraction(1)})
    made: Poly = getattr(atoms, entry.kind)(argument)
    return made


def _with(atoms: Atoms, p: Poly, put: dict[int, Poly]) -> Poly:
    parts = []
    for monomial, c in p.terms.items():
        product = number(c)
        for atom, power in monomial:
            base = put[atom] if power > 0 else atoms.recip(put[atom])
            product = atoms.times(product, atoms.power(base, abs(power)))
        parts.append(product)
    return total(parts)
