"""The SMT-LIB2 script of a certificate, read and compared with what the certificate says.

Each lemma, each goal and each part of the box must be what the steps of the certificate give,
as polynomials; each rung of a ladder must hold; schemas and comments must be the fixed ones.
So solvers that run the script are asked the right questions.
"""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from .atoms import Atoms
from .cover import sides
from .facts import CertificateError
from .headings import COVER, MEAN, SECTIONS, SUM, header, meaning, text_of
from .ladders import climb, read_ladder
from .polynomials import Poly, number
from .rungs import RUNGS, rung_obligation, rung_text
from .said import Expected, Leaf, Mean
from .schemas import SCHEMAS, obligations, schema_text
from .sexpr import Sexpr, items, read
from .terms import Terms, said

PUSH: Sexpr = ["push", "1"]
POP: Sexpr = ["pop", "1"]
CHECK: Sexpr = ["check-sat"]
LOGICS = ("QF_NRA", "QF_NRA", "QF_LRA", "QF_NRA")


def check_script(data: Mapping[str, Any], trusted: Mapping[str, str]) -> None:
    """Raise :class:`CertificateError` unless the script says what the certificate says."""
    atoms = Atoms()
    expected = Expected(data, atoms)
    terms = Terms(atoms, list(data["claim"]["box"]))
    sections = _sections(read(text_of(data)))
    _check_products(terms, sections[1])
    used = Reading(terms, sections[2]).check(data, expected)
    _check_ladders(data, expected, terms, sections[3])
    if sections[0].left() != _read_all(obligations(name) for name in SCHEMAS if name in used):
        raise CertificateError("the schemas are not the fixed ones that the lemmas use")
    _check_comments(data, trusted, terms)


class Section:
    """Commands, taken one after the other."""

    def __init__(self, commands: Sequence[Sexpr]) -> None:
        self.commands = commands
        self.place = 0

    def take(self) -> Sexpr:
        """Return the next command."""
        self.place += 1
        if self.place > len(self.commands):
            raise CertificateError("the script ends too early")
        return self.commands[self.place - 1]

    def expect(self, *commands: Sexpr) -> None:
        """Take commands that must be these."""
        for command in commands:
            found = self.take()
            if found != command:
                raise CertificateError(f"the script has {found} where {command} should be")

    def asserted(self, head: str) -> Sexpr:
        """Take ``(assert (head formula))``, and return the formula."""
        found, *rest = items(self.assertion())
        if found != head or len(rest) != 1:
            raise CertificateError(f"the script should assert a formula with {head}")
        return rest[0]

    def assertion(self) -> Sexpr:
        """Take ``(assert formula)``, and return the formula."""
        head, *rest = items(self.take())
        if head != "assert" or len(rest) != 1:
            raise CertificateError(f"the script has {head} where it should assert a formula")
        return rest[0]

    def asserts(self, *heads: str) -> bool:
        """Whether the next command asserts a formula with one of these heads."""
        return self.peek()[:1] == ["assert"] and self.peek()[1][:1] in [[head] for head in heads]

    def peek(self) -> list[Sexpr]:
        """Return the next command without taking it; nothing at the end."""
        return items(self.commands[self.place]) if self.place < len(self.commands) else []

    def left(self) -> list[Sexpr]:
        """Return all commands that have not been taken."""
        return list(self.commands[self.place :])


def _sections(commands: Sequence[Sexpr]) -> list[Section]:
    places = [k for k, command in enumerate(commands) if command == ["reset"]]
    if len(places) != len(LOGICS) or places[0]:
        raise CertificateError("the script has other sections")
    ends = [*places[1:], len(commands)]
    sections = [Section(commands[a + 1 : b]) for a, b in zip(places, ends, strict=True)]
    for section, logic in zip(sections, LOGICS, strict=True):
        section.expect(["set-logic", logic])
    return sections


def _read_all(texts: Any) -> list[Sexpr]:
    return read("\n".join(line for lines in texts for line in lines))


def _take_names(terms: Terms, section: Section) -> None:
    """Take the declarations and definitions at the beginning of a section."""
    terms.begin()
    while section.peek()[:1] in (["declare-const"], ["define-fun"]):
        head, name, *rest = items(section.take())
        if head == "define-fun" and len(rest) == 3:
            terms.define(str(name), *rest)
        elif head == "declare-const" and rest == ["Real"]:
            terms.declare(str(name))
        else:
            raise CertificateError(f"not a declaration: {name}")


Point = tuple[str, Fraction, list[Fraction] | None]
"""Exponential or circle, the place, and the bounds there; none of a point beside pi."""


def _check_ladders(
    data: Mapping[str, Any], expected: Expected, terms: Terms, section: Section
) -> None:
    """Check the section of bounds at points, in the order of the certificate."""
    points: list[Point] = [("exp", *_numbers(code)) for code in data["knots"]]
    points += [("circle", *_numbers(code)) for code in data["circles"]]
    points += [("circle", k, None) for k in expected.turns]
    rungs = []
    for name in RUNGS:
        code = _read_all([rung_obligation(name)])
        if section.left()[: len(code)] == code:
            section.expect(*code)
            rungs.append(name)
    _take_names(terms, section)
    for name in rungs:
        terms.define(name, *items(read(rung_text(name))[0])[2:])
    for kind, k, ends in points:
        section.expect(PUSH)
        _, *codes = items(section.asserted("not"))
        section.expect(CHECK, POP)
        place, found = climb(kind, read_ladder(terms, codes))
        turned = ends is None and (found[0] > 0 or found[1] < 0)
        if place != k or (found != ends and not turned):
            raise CertificateError(f"a ladder does not lead to the bounds at {k}")
    if section.left():
        raise CertificateError("the script has ladders to more points")


def _numbers(code: Sequence[str]) -> tuple[Fraction, list[Fraction]]:
    k, *ends = map(Fraction, code)
    return k, ends


def _check_points(data: Mapping[str, Any], terms: Terms) -> None:
    """Check what the points and the bounds there are called."""
    names = {"knots": ("k", "lo", "hi"), "circles": ("g", "sl", "sh", "cl", "ch")}
    for key, heads in names.items():
        for place, code in enumerate(data[key]):
            for head, value in zip(heads, code, strict=True):
                if terms.value(f"{head}_{place}", {}) != number(Fraction(value)):
                    raise CertificateError(f"{head}_{place} is another number")


def _check_products(terms: Terms, section: Section) -> None:
    """Check that all equations between products hold in normal form."""
    _take_names(terms, section)
    while section.left():
        section.expect(PUSH)
        while section.asserts("="):
            _check_equation(terms, section.assertion())
        _check_equation(terms, section.asserted("not"))
        section.expect(CHECK, POP)


def _check_equation(terms: Terms, equation: Sexpr) -> None:
    head, left, right = items(equation)
    if head != "=" or not terms.is_equal(terms.value(left, {}), terms.value(right, {})):
        raise CertificateError("an equation between products does not hold in normal form")


class Reading:
    """Reads the section of the leaves."""

    def __init__(self, terms: Terms, section: Section) -> None:
        self.terms = terms
        self.section = section

    def check(self, data: Mapping[str, Any], expected: Expected) -> set[str]:
        """Compare with what is expected; return the schemas that are defined."""
        _take_names(self.terms, self.section)
        _check_points(data, self.terms)
        used = {name for name in self.terms.macros if name in SCHEMAS}
        for name in used:
            if read(schema_text(name)) != self._definition(name):
                raise CertificateError(f"the schema {name} is another one")
        box = {said(*fact) for fact in sides(self.terms.atoms, data["claim"]["box"])}
        if set(self.terms.list_of("box", {})) != box:
            raise CertificateError("the box of the script is not that of the claim")
        for place, leaf in enumerate(expected.leaves):
            self._check_leaf(place, leaf)
        self._check_cover(len(expected.leaves))
        return used

    def _definition(self, name: str) -> list[Sexpr]:
        return [each for each in self.section.commands if items(each)[:2] == ["define-fun", name]]

    def _check_leaf(self, place: int, leaf: Leaf) -> None:
        found = self._leaf(place)
        for what in ("part", "lemmas", "means", "goals"):
            if getattr(found, what) != getattr(leaf, what):
                raise CertificateError(f"the {what} of leaf {place} in the script are other ones")

    def _leaf(self, place: int) -> Leaf:
        """Read what the script says of a part."""
        leaf, take = Leaf(), self.section
        take.expect(PUSH, ["assert", f"part_{place}"])
        leaf.part = set(self.terms.list_of(f"part_{place}", {}))
        while not take.asserts("not"):
            if take.peek() == PUSH:
                leaf.means.append(self._mean())
                leaf.lemmas.append(set())
            else:
                leaf.add(self.terms.rule(take.assertion(), {}))
        leaf.goals = set(self.terms.list_of(take.asserted("not"), {}))
        take.expect(CHECK, POP)
        return leaf

    def _mean(self) -> Mean:
        self.section.expect(PUSH)
        needs = self.terms.list_of(self.section.asserted("not"), {})
        self.section.expect(CHECK, POP)
        (gives,) = self.terms.list_of(self.section.assertion(), {})
        return Mean(frozenset(needs), gives)

    def _check_cover(self, count: int) -> None:
        outside: list[Sexpr] = [["assert", ["not", f"part_{k}"]] for k in range(count)]
        self.section.expect(PUSH, ["assert", "box"], *outside, CHECK, POP)
        if self.section.left():
            raise CertificateError("the script goes on after its end")


def _check_comments(data: Mapping[str, Any], trusted: Mapping[str, str], terms: Terms) -> None:
    """Check that every comment is one of those that belong there."""
    parts = [f"part {k}" for k in range(len(data["leaves"]))]
    fixed = [*header(data, trusted), *SECTIONS[:3], *parts, COVER, *SECTIONS[3:]]
    lines = text_of(data).splitlines()
    alone = [line[2:] for line in lines if line.startswith("; ")]
    if alone != fixed:
        raise CertificateError("the comments of the script are other ones")
    for line in lines:
        before, mark, comment = line.partition(" ; ")
        found = re.fullmatch(r"\(declare-const (\w+) Real\)", before)
        if line.startswith("; ") or not mark:
            continue
        allowed = (_meaning(terms, found[1]),) if found else (MEAN, SUM)
        if comment not in allowed:
            raise CertificateError(f"a comment says something else: {comment[:60]}")


def _meaning(terms: Terms, name: str) -> str:
    poly: Poly = terms.names[name]
    ((atom, _),) = poly.key[0][0]
    return meaning(terms.atoms.atoms[atom], f"t_{name.partition('_')[2]}")
