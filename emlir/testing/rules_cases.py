"""Cases: what kind of value each symbol of a rule stands for, and the signs of polynomials."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from emlir.expr.core import symbol
from emlir.expr.signs import ANY, NEGATIVE, POSITIVE, ZERO
from emlir.rewrite.facts import Facts, Known
from emlir.semantics import Semantics
from emlir.testing.rules_field import Field, Ratio, poly_key

Class = Literal["real", "nonreal", "inf", "-inf", "undefined"]


class SplitError(Exception):
    """A case has to be split by the sign of a polynomial."""

    def __init__(self, poly: Any) -> None:
        super().__init__("the sign of a term is not known")
        self.poly = poly


@dataclass(frozen=True, slots=True)
class Case:
    """Classes of the symbols, and assumed signs of polynomials (with leading coefficient 1)."""

    classes: Mapping[str, Class]
    signs: Mapping[str, int]
    orders: tuple[tuple[Any, int], ...] = ()

    def split(self, poly: Any) -> "Iterator[Case]":
        """Yield the three cases of the sign of a polynomial."""
        monic = poly / poly.leading_coefficient()
        for sign in (NEGATIVE, ZERO, POSITIVE):
            yield Case(self.classes, self.signs, (*self.orders, (monic, sign)))

    def symbol(self, field: Field, name: str) -> Ratio:
        """Return a finite symbol as a generator."""
        real = self.classes[name] == "real"
        return field.generator(("symbol", name), real, self.signs[name])

    def sign(self, field: Field, poly: Any) -> int:
        """Return the one sign of a real polynomial in this case; else :class:`SplitError`."""
        possible = field.sign(poly)
        if possible in (NEGATIVE, ZERO, POSITIVE):
            return possible
        lead = poly.leading_coefficient()
        wanted = poly_key(poly / lead)
        for monic, sign in self.orders:
            if poly_key(monic) == wanted:
                return sign if lead > 0 or sign == ZERO else ANY ^ ZERO ^ sign
        raise SplitError(poly)

    def is_zero(self, field: Field, poly: Any) -> bool:
        """Whether a polynomial is 0 by the relations of its terms, or by what is assumed."""
        zeros = [monic for monic, sign in self.orders if sign == ZERO]
        for zero in (*reversed(field.relations), *zeros, *reversed(field.relations)):
            if poly == 0:
                return True
            poly = divmod(poly, zero)[1]
        return bool(poly == 0)

    def nonzero(self) -> Iterator[Any]:
        """Yield the polynomials that are assumed not to be 0."""
        return (monic for monic, sign in self.orders if sign != ZERO)


def cases(names: tuple[str, ...], facts: Facts, undefined: Set[str]) -> Iterator[Case]:
    """Yield the classes that the symbols can have by what is known about them.

    ``undefined`` are those that may stand for something without a value.
    """
    known = {name: facts.of(symbol(name)) for name in names}
    options = [list(_classes(facts.semantics, known[name], name in undefined)) for name in names]
    signs = {name: known[name].sign for name in names}
    for chosen in product(*options):
        yield Case(dict(zip(names, chosen, strict=True)), signs)


def _classes(semantics: Semantics, known: Known, undefined: bool) -> Iterator[Class]:
    if undefined:
        yield "undefined"
    yield "real"
    if semantics == "complex" and not known.real:
        yield "nonreal"
    if semantics != "real" and not known.finite:
        if known.sign & POSITIVE:
            yield "inf"
        if known.sign & NEGATIVE:
            yield "-inf"
