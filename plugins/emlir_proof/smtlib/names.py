"""Names for atoms and monomials, and terms in them."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.facts import CertificateError
from emlir_proof.checker.headings import meaning as comment_of
from emlir_proof.checker.polynomials import Monomial, Poly, TooLargeError

LETTERS = {
    "exp": "e",
    "ln": "l",
    "sqrt": "q",
    "recip": "r",
    "sin": "s",
    "cos": "c",
    "atan": "u",
    "asin": "v",
    "abs": "a",
    "floor": "f",
}


MOST_POWER = 512
"""The script writes powers as products."""


MOST_BITS = 12_000
"""Numbers in scripts are shorter: Python reads no more than 4,300 digits."""


def real(value: Fraction) -> str:
    """Write a number exactly. ``TooLargeError`` beyond what Python writes and reads back."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise TooLargeError(f"a number of more than {MOST_BITS:,} bits")
    text = f"{abs(value.numerator)}.0"
    if value.denominator != 1:
        text = f"(/ {text} {value.denominator}.0)"
    return f"(- {text})" if value < 0 else text


class Names:
    """What atoms and monomials are called, and which have been mentioned."""

    def __init__(self, atoms: Atoms, variables: Sequence[str]) -> None:
        self.atoms = atoms
        self.variables = list(variables)
        self.monomials: dict[Monomial, str] = {}
        self.mentioned: set[tuple[int, bool]] = set()
        """Atoms, and whether their inverse is meant."""

    def atom(self, number_of: int, inverse: bool = False) -> str:
        """Return the name of an atom, or of 1 over it."""
        self.mentioned |= {(number_of, False), (number_of, inverse)}
        entry = self.atoms.atoms[number_of]
        if entry.kind == "var":
            name = f"x_{self.variables.index(entry.name)}"
        elif entry.kind == "pi":
            name = "circle_number"
        else:
            name = f"{LETTERS[entry.kind]}_{number_of}"
        return f"inv_{name}" if inverse else name

    def factors(self, monomial: Monomial) -> list[str]:
        """Return the atoms of a monomial, each as often as its power says."""
        if any(abs(n) > MOST_POWER for _, n in monomial):
            raise CertificateError(f"a power above {MOST_POWER:,} cannot be written out")
        return [
            name
            for k, n in monomial
            for name in [self.atom(k, inverse=n < 0)]
            for _ in range(abs(n))
        ]

    def monomial(self, monomial: Monomial) -> str:
        """Return the name of a monomial."""
        factors = self.factors(monomial)
        if len(factors) == 1:
            return factors[0]
        return self.monomials.setdefault(monomial, f"m_{len(self.monomials)}")

    def term(self, poly: Poly) -> str:
        """Write a polynomial."""
        terms = [self._product(c, m) for m, c in poly.key]
        if len(terms) < 2:
            return terms[0] if terms else "0.0"
        return f"(+ {' '.join(terms)})"

    def _product(self, c: Fraction, monomial: Monomial) -> str:
        if not monomial:
            return real(c)
        name = self.monomial(monomial)
        if c == 1:
            return name
        return f"(- {name})" if c == -1 else f"(* {real(c)} {name})"

    def relation(self, poly: Poly, relation: str) -> str:
        """Write how a polynomial compares with 0."""
        if relation == "!=":
            return f"(not (= {self.term(poly)} 0.0))"
        return f"({relation} {self.term(poly)} 0.0)"

    def closed(self) -> None:
        """Mention all atoms in the arguments of those mentioned."""
        waiting = [k for k, _ in self.mentioned]
        while waiting:
            for monomial in self.atoms.atoms[waiting.pop()].argument.terms:
                for k, n in monomial:
                    if (k, n < 0) not in self.mentioned:
                        self.mentioned |= {(k, n < 0), (k, False)}
                        waiting.append(k)

    def preamble(self, meaning: bool) -> Iterator[str]:
        """Declare what was mentioned; monomials as products, or as numbers of their own."""
        self.closed()
        done: set[Monomial] = set()
        for k in sorted({k for k, _ in self.mentioned}):
            entry = self.atoms.atoms[k]
            if entry.kind not in ("var", "pi"):
                text = self.term(entry.argument)
                yield from self._products(entry.argument.terms, done, meaning)
                yield f"(define-fun t_{k} () Real {text})"
            yield f"(declare-const {self.atom(k)} Real) ; {comment_of(entry, f't_{k}')}"
            if (k, True) in self.mentioned:
                yield f"(declare-const {self.atom(k, inverse=True)} Real)"
        yield from self._products(list(self.monomials), done, meaning)

    def _products(
        self, monomials: Iterable[Monomial], done: set[Monomial], meaning: bool
    ) -> Iterator[str]:
        for monomial in monomials:
            if monomial in self.monomials and monomial not in done:
                done.add(monomial)
                name, factors = self.monomials[monomial], " ".join(self.factors(monomial))
                if meaning:
                    yield f"(define-fun {name} () Real (* {factors}))"
                else:
                    yield f"(declare-const {name} Real)"
