"""Balls as a checker: bounds at points, and every fact at random points of its part.

No proof, but an independent look at the values: one fact that is violated rejects.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from emlir.plugin_api import Interval
from emlir_arb import Ball, arithmetic, box_values, working_precision
from emlir_proof.certify.cuts import side_of
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.calculus import below
from emlir_proof.checker.facts import CertificateError, Fact, Facts
from emlir_proof.checker.parts import proven_parts
from emlir_proof.checker.polynomials import Poly

PRECISION = 320
POINTS = 4
"""Points of each part."""
TRIES = 40
FAR = 8
"""How far points lie from a single end, at most."""


def check(data: Mapping[str, Any], time_limit: float = 10.0) -> tuple[bool, str]:
    """Evaluate a certificate with balls."""
    deadline = time.monotonic() + time_limit
    try:
        with working_precision(PRECISION):
            return _check(data, deadline)
    except (CertificateError, KeyError, IndexError, TypeError, ValueError) as error:
        return False, f"cannot be followed: {error}"


def _check(data: Mapping[str, Any], deadline: float) -> tuple[bool, str]:
    bounds = [*_bounds(data)]
    for what, ball, lo, hi in bounds:
        if not (ball.lo >= lo.lo and ball.hi <= hi.hi):
            return False, f"{what} is not between its bounds"
    atoms, count = Atoms(), 0
    for leaf, facts in proven_parts(data, atoms):
        for place in _places(facts, random.Random(leaf)):
            if time.monotonic() > deadline:
                return False, f"not done in time: {count} values"
            for k, fact in enumerate(facts.facts):
                if _is_violated(place.value(fact.poly), fact):
                    return False, f"leaf {leaf}, fact {k} is violated at {place.text}"
                count += 1
    return True, f"{len(bounds)} bounds and {count} values of facts"


def _bounds(data: Mapping[str, Any]) -> Iterator[tuple[str, Ball, Ball, Ball]]:
    for k, lo, hi in data["knots"]:
        yield f"exp({k})", _ball(k).exp(), _ball(lo), _ball(hi)
    for k, *ends in data["circles"]:
        low, high, left, right = map(_ball, ends)
        yield f"sin({k})", _ball(k).sin(), low, high
        yield f"cos({k})", _ball(k).cos(), left, right


def _ball(text: str | Fraction) -> Ball:
    value = Fraction(text)
    ball = box_values({"k": Interval(value, value)})["k"]
    assert isinstance(ball, Ball)
    return ball


class Place:
    """A point, and the values of polynomials there."""

    def __init__(self, atoms: Atoms, point: Mapping[str, Fraction]) -> None:
        self.atoms = atoms
        self.point = point
        self._known: dict[int, Ball] = {}

    @property
    def text(self) -> str:
        """The coordinates."""
        return ", ".join(f"{name} = {value}" for name, value in self.point.items())

    def value(self, poly: Poly) -> Ball:
        """Return the value of a polynomial."""
        for atom in below(self.atoms, poly):
            if atom not in self._known:
                self._known[atom] = self._of(atom)
        return self._sum(poly)

    def _of(self, atom: int) -> Ball:
        entry = self.atoms.atoms[atom]
        if entry.kind == "var":
            return _ball(self.point[entry.name])
        if entry.kind == "pi":
            pi = arithmetic().pi()
            assert isinstance(pi, Ball)
            return pi
        inner = self._sum(entry.argument)
        if entry.kind == "recip":
            return _ball("1") / inner
        made: Ball = abs(inner) if entry.kind == "abs" else getattr(inner, entry.kind)()
        return made

    def _sum(self, poly: Poly) -> Ball:
        result = _ball("0")
        for monomial, c in poly.terms.items():
            term = _ball(c)
            for atom, power in monomial:
                for _ in range(abs(power)):
                    factor = self._known[atom]
                    term = term * factor if power > 0 else term / factor
            result = result + term
        return result


def _is_violated(value: Ball, fact: Fact) -> bool:
    if value.kind == "undecided":
        return False
    if value.kind != "real":
        return True
    if fact.relation == "=":
        return bool(value.lo > 0 or value.hi < 0)
    return bool(value.hi < 0 or (fact.is_strict and value.hi <= 0))


def _holds(value: Ball, fact: Fact) -> bool:
    is_real = value.kind == "real"
    return is_real and bool(value.lo > 0 or (not fact.is_strict and value.lo >= 0))


def _places(facts: Facts, rng: random.Random) -> Iterator[Place]:
    """Yield random points of a part, as far as they are found."""
    given = facts.facts[: facts.given]
    ends = _ends(facts.atoms, given)
    found = 0
    for _ in range(TRIES):
        point = {name: _between(*side, rng) for name, side in ends.items()}
        place = Place(facts.atoms, point)
        if all(_holds(place.value(fact.poly), fact) for fact in given):
            yield place
            found += 1
        if found == POINTS or not ends:
            return


Side = tuple[Fraction | None, Fraction | None]


def _ends(atoms: Atoms, given: Sequence[Fact]) -> dict[str, Side]:
    """Return the box of a part, as far as its facts are about one variable."""
    found: dict[str, Side] = {
        entry.name: (None, None) for entry in atoms.atoms if entry.kind == "var"
    }
    for fact in given:
        side = side_of(atoms, fact.poly)
        if side is not None:
            name, at, is_lower = side
            lo, hi = found[name]
            if is_lower:
                found[name] = (at if lo is None else max(at, lo)), hi
            else:
                found[name] = lo, (at if hi is None else min(at, hi))
    return found


def _between(lo: Fraction | None, hi: Fraction | None, rng: random.Random) -> Fraction:
    part = Fraction(rng.randrange(1, 1024), 1024)
    if lo is None and hi is None:
        return FAR * (2 * part - 1)
    if lo is None or hi is None:
        return lo + FAR * part if lo is not None else (hi or 0) - FAR * part
    return lo + (hi - lo) * part
