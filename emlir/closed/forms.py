"""Linear forms over the rationals: the exact values of closed terms.

    rational + sum of rational * atom,    atoms: exp(form), ln(form), pi, and i times each

Atoms are real, or they are ``complex exp`` and ``complex ln``. Every form stands for a value
that is defined, so that f - f = 0 loses no condition; ``None`` says that a value has no form.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["one", "pi", "exp", "ln", "complex exp", "complex ln"]
Atom = tuple[Kind, int, bool]
"""What it is, the number of the form inside, and whether it is multiplied by i."""
Terms = frozenset[tuple[Atom, Fraction]]

COMPLEX: tuple[Kind, ...] = ("complex exp", "complex ln")
I: Atom = ("one", 0, True)
PI: Atom = ("pi", 0, False)
PI_I: Atom = ("pi", 0, True)


@dataclass(frozen=True, slots=True)
class Form:
    """A finite complex number, or a real infinity when ``infinite`` is 1 or -1."""

    rational: Fraction = Fraction(0)
    terms: Terms = frozenset()
    infinite: int = 0

    @property
    def is_rational(self) -> bool:
        return not self.terms and not self.infinite

    @property
    def is_real(self) -> bool:
        """Whether it is real or an infinity."""
        return not any(turned or kind in COMPLEX for (kind, _, turned), _ in self.terms)

    @property
    def gaussian(self) -> tuple[Fraction, Fraction] | None:
        """The parts of a + b i with rational a and b."""
        if self.infinite or any(atom != I for atom, _ in self.terms):
            return None
        return self.rational, sum((factor for _, factor in self.terms), Fraction(0))


def single(atom: Atom) -> Form:
    """Return the form that is one atom."""
    return Form(terms=frozenset({(atom, Fraction(1))}))


def add(x: Form, y: Form) -> Form | None:
    if x.infinite or y.infinite:  # an infinity absorbs finite numbers
        return None if x.infinite * y.infinite < 0 else Form(infinite=x.infinite or y.infinite)
    terms = dict(x.terms)
    for atom, factor in y.terms:
        terms[atom] = terms.get(atom, Fraction(0)) + factor
    return _form(x.rational + y.rational, terms.items())


def _form(rational: Fraction, terms: Iterable[tuple[Atom, Fraction]]) -> Form:
    return Form(rational, frozenset((atom, factor) for atom, factor in terms if factor))


def scale(x: Form, by: Fraction) -> Form | None:
    if x.infinite:
        return Form(infinite=x.infinite if by > 0 else -x.infinite) if by else None
    return _form(x.rational * by, ((atom, factor * by) for atom, factor in x.terms))


def subtract(x: Form, y: Form) -> Form | None:
    negative = scale(y, Fraction(-1))
    return None if negative is None else add(x, negative)


def turn(x: Form, quarters: int = 1) -> Form:
    """Multiply a finite form by i, so many times."""
    for _ in range(quarters % 4):
        terms: list[tuple[Atom, Fraction]] = [(I, x.rational)]
        rational = Fraction(0)
        for (kind, inside, turned), factor in x.terms:
            if kind == "one":
                rational = -factor
            else:
                terms.append(((kind, inside, not turned), -factor if turned else factor))
        x = _form(rational, terms)
    return x


def parts(x: Form) -> tuple[Form, Form] | None:
    """Return the real and the imaginary part of a finite form that has no complex atoms."""
    if any(atom[0] in COMPLEX for atom, _ in x.terms):
        return None
    real = real_part(x)
    return real, turn(Form(terms=x.terms - real.terms), 3)


def real_part(x: Form) -> Form:
    return Form(x.rational, frozenset(term for term in x.terms if not term[0][2]))


def multiply(x: Form, y: Form) -> Form | None:
    for a, b in ((x, y), (y, x)):
        parts = a.gaussian
        if parts is not None:
            return _times(b, *parts)
    return None


def _times(x: Form, real: Fraction, imaginary: Fraction) -> Form | None:
    """x * (real + imaginary i)."""
    if not imaginary:
        return scale(x, real)
    first, second = scale(x, real), scale(x, imaginary)
    if x.infinite or first is None or second is None:
        return None
    return add(first, turn(second))


def divide(x: Form, y: Form) -> Form | None:
    if y.infinite:
        return None if x.infinite or not x.is_real else Form()
    parts = y.gaussian
    if parts is None:
        return None
    real, imaginary = parts
    size = real * real + imaginary * imaginary
    return _times(x, real / size, -imaginary / size) if size else None
