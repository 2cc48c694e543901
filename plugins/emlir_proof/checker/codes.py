"""How polynomials, atoms and steps are written in a certificate, read with care."""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .atoms import Atoms
from .facts import CertificateError, Fact
from .polynomials import Monomial, Poly
from .rules import Rules

LONGEST_NUMBER = 20_000
"""Characters of a number."""
NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?")


def read_number(text: Any) -> Fraction:
    """Read ``"p/q"`` in lowest terms, as it is written by ``str``."""
    if not isinstance(text, str) or len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        raise CertificateError(f"a number is a text p or p/q, not {str(text)[:40]!r}")
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise CertificateError(f"not a number: {text[:40]!r}") from None
    if str(value) != text:
        raise CertificateError(f"a number is not written in lowest terms: {text[:40]}")
    return value


def write_poly(poly: Poly) -> list[list[Any]]:
    """Write the terms: coefficient, then atom, power, atom, power, ..."""
    return [[str(c), *(k for pair in monomial for k in pair)] for monomial, c in poly.key]


def read_poly(code: Any, atoms: Atoms) -> Poly:
    """Read a polynomial in the atoms so far; it must be in normal form and order."""
    most = len(atoms.atoms)
    terms: dict[Monomial, Fraction] = {}
    for text, *rest in code:
        pairs = tuple(zip(rest[::2], rest[1::2], strict=True))
        if not all(type(k) is int and type(n) is int and 0 <= k < most and n for k, n in pairs):
            raise CertificateError(f"not a term: {rest}")
        if not atoms.is_normal(pairs):
            raise CertificateError(f"a term is not in normal form: {rest}")
        terms[pairs] = read_number(text)
    poly = Poly(terms)
    if write_poly(poly) != code:
        raise CertificateError("a polynomial is not in normal order")
    return poly


def read_atoms(codes: Sequence[Any], atoms: Atoms) -> None:
    """Make the atoms of a certificate; each must be new, and in normal form by itself."""
    for place, (kind, argument) in enumerate(codes):
        if kind == "var":
            made = atoms.var(argument)
        elif kind == "pi":
            made = atoms.pi()
        elif kind in ("exp", "ln", "sqrt", "recip", "sin", "cos", "atan", "asin", "abs", "floor"):
            made = getattr(atoms, kind)(read_poly(argument, atoms))
        else:
            raise CertificateError(f"no atom is called {kind!r}")
        if made != Poly({((place, 1),): Fraction(1)}) or len(atoms.atoms) != place + 1:
            raise CertificateError(f"atom {place} is not in normal form, or not new")
        entry = atoms.atoms[place]
        named = entry.name if entry.kind == "var" else write_poly(entry.argument)
        if [entry.kind, named] != [kind, argument]:
            raise CertificateError(f"atom {place} is not in normal form")


SIGNATURES: Mapping[str, str] = {
    "combine": "parts",
    "square": "poly",
    "over": "poly fact fact",
    "clear": "fact fact",
    "positive": "poly",
    "tangent": "poly number",
    "chord": "poly fact fact",
    "above": "poly fact",
    "below": "poly fact",
    "log_above": "poly number fact",
    "log_below": "poly number fact",
    "root": "poly",
    "root_positive": "fact",
    "root_above": "poly fact",
    "root_below": "fact fact",
    "size": "poly sign",
    "size_is": "fact",
    "whole": "poly sign",
    "whole_above": "poly fact",
    "whole_below": "poly fact",
    "turn": "name poly sign",
    "arch": "fact fact",
    "crest": "fact fact",
    "bend": "name poly number facts sign",
    "circle_number": "number",
    "addition": "name poly poly",
    "inverse_above": "name poly number fact",
    "inverse_below": "name poly number fact",
    "inverse_range": "name poly sign",
    "monotone": "poly atom fact fact fact sign",
}
"""The rules and what they take."""


class Step(NamedTuple):
    """The name of a rule, and what it is used on: each thing with its kind."""

    name: str
    values: tuple[tuple[str, Any], ...]


def step_of(code: Sequence[Any], polys: Sequence[Poly]) -> Step:
    """Read a step of a certificate."""
    name, *codes = code
    kinds = SIGNATURES.get(name, "").split()
    if len(kinds) != len(codes) or not kinds:
        raise CertificateError(f"no rule is called {name!r}, or it takes other things")
    pairs = zip(kinds, codes, strict=True)
    return Step(name, tuple((kind, _read(kind, each, polys)) for kind, each in pairs))


def follow(step: Step, rules: Rules) -> Fact:
    """Return the fact that a step of a certificate gives."""
    rule: Callable[..., Fact] = getattr(rules, step.name)
    return rule(*(value for _, value in step.values))


def _read(kind: str, code: Any, polys: Sequence[Poly]) -> Any:
    if kind == "number":
        return read_number(code)
    if kind == "name" and isinstance(code, str):
        return code
    if kind == "facts":
        return [read_whole(k) for k in code]
    if kind == "parts":
        return [
            (read_number(factor), [read_whole(k) for k in numbers]) for factor, *numbers in code
        ]
    if kind == "poly":
        place = read_whole(code)
        if not 0 <= place < len(polys):
            raise CertificateError(f"there is no polynomial {place}")
        return polys[place]
    return read_whole(code)


def read_whole(code: Any) -> int:
    """Read a whole number; true and 1.0 are none."""
    if type(code) is not int:
        raise CertificateError(f"{code!r} is not a whole number")
    return code
