"""Atoms: the numbered forms inside them, and rigorous signs and bounds of forms."""

from dataclasses import dataclass, field
from fractions import Fraction

from emlir.closed import bounds
from emlir.closed.forms import COMPLEX, Atom, Form, Kind, parts, single


@dataclass(slots=True)
class Atoms:
    """The forms inside atoms, by number, with the bounds of those that were needed."""

    numbers: dict[Form, int] = field(default_factory=dict)
    by_number: list[Form] = field(default_factory=list)
    known_bounds: dict[int, bounds.Bounds | None] = field(default_factory=dict)

    def atom(self, kind: Kind, argument: Form) -> Form:
        key = self.numbers.setdefault(argument, len(self.numbers))
        if key == len(self.by_number):
            self.by_number.append(argument)
        return single((kind, key, False))

    def only(self, x: Form, kind: Kind) -> Form | None:
        """Return the form inside, if this is exactly one atom of a kind."""
        if x.rational or len(x.terms) != 1:
            return None
        ((atom, factor),) = x.terms
        return self.by_number[atom[1]] if atom == (kind, atom[1], False) and factor == 1 else None

    def sign(self, x: Form) -> int:
        """Return the sign of a finite real form, or 0 where it is 0 or not known."""
        signs = {sign_of(factor) * self._visible_sign(atom) for atom, factor in x.terms}
        signs |= {sign_of(x.rational)} if x.rational or not x.terms else set()
        if len(signs) == 1 and 0 not in signs:
            return signs.pop()
        return 0 if x.is_rational else bounds.sign(self._bounds(x))

    def _visible_sign(self, atom: Atom) -> int:
        kind, inside, _ = atom
        above_one = kind == "ln" and self.by_number[inside].is_rational  # see _rational_ln
        return 1 if kind in ("pi", "exp") or above_one else 0

    def _bounds(self, x: Form) -> bounds.Bounds | None:
        """Bound a real form, and first all forms inside it."""
        try:
            stack = list(self._inside(x))
            while stack:
                inside = self._inside(self.by_number[stack[-1]])
                pending = [key for key in inside if key not in self.known_bounds]
                if pending:
                    stack.extend(pending)
                else:
                    key = stack.pop()
                    self.known_bounds[key] = self._sum(self.by_number[key])
            return self._sum(x)
        except ArithmeticError:
            return None

    def imaginary_bounds(self, x: Form) -> bounds.Bounds | None:
        """Bound the imaginary part of a form, where its complex atoms are plain Log(f)."""
        result: bounds.Bounds | None = bounds.of_rational(Fraction(0))
        own = Form(terms=frozenset(t for t in x.terms if t[0][2] and t[0][0] not in COMPLEX))
        split = parts(own)
        pieces = [(split and self._bounds(split[1]), Fraction(1))]
        for (kind, inside, turned), factor in x.terms:
            if kind in COMPLEX:
                plain = kind == "complex ln" and not turned
                pieces.append((self._angle(self.by_number[inside]) if plain else None, factor))
        for piece, factor in pieces:
            if result is None or piece is None:
                return None
            result = bounds.total(result, bounds.scaled(piece, factor))
        return result

    def _angle(self, x: Form) -> bounds.Bounds | None:
        """Bound the argument of a number with an imaginary part of known sign."""
        split = parts(x)
        if split is None:
            return None
        real, imaginary = self._bounds(split[0]), self._bounds(split[1])
        return None if real is None or imaginary is None else bounds.angle(real, imaginary)

    def _inside(self, x: Form) -> list[int]:
        return [inside for (kind, inside, _), _ in x.terms if kind in ("exp", "ln")]

    def _sum(self, x: Form) -> bounds.Bounds | None:
        result = bounds.of_rational(x.rational)
        for (kind, inside, _), factor in x.terms:
            part = bounds.PI if kind == "pi" else self._atom_bounds(kind, inside)
            if part is None:
                return None
            result = bounds.total(result, bounds.scaled(part, factor))
        return result

    def _atom_bounds(self, kind: Kind, inside: int) -> bounds.Bounds | None:
        argument = self.known_bounds[inside]
        if argument is None:
            return None
        return bounds.exp(argument) if kind == "exp" else bounds.ln(argument)


def sign_of(value: Fraction) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0
