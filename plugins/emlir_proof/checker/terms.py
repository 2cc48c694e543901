"""What terms and formulas of the script say, as polynomials in the atoms.

A constant's name tells what it stands for: ``x_0`` is the first variable of the box, ``e_3`` is
exp of ``t_3``, ``inv_x_0`` is 1/x_0. The text must define ``t_3`` before; other names stand for
what the text defines.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from .atoms import Atoms
from .facts import CertificateError
from .polynomials import ZERO, Poly, number, total
from .sexpr import Sexpr, items

KINDS = {
    "e": "exp",
    "l": "ln",
    "q": "sqrt",
    "r": "recip",
    "s": "sin",
    "c": "cos",
    "u": "atan",
    "v": "asin",
    "a": "abs",
    "f": "floor",
}
TERMS = ("t", "m", "z", "k", "lo", "hi", "g", "sl", "sh", "cl", "ch", "cut")
"""How the names of terms that the text defines begin."""
CIRCLE_NUMBER = "circle_number"
COMPARE = {"<=": (-1, ">="), "<": (-1, ">"), ">=": (1, ">="), ">": (1, ">"), "=": (1, "=")}


class Said(NamedTuple):
    """A polynomial and how it compares with 0: >=, >, = or !=; scaled so that equals are equal."""

    poly: Poly
    relation: str


class Rule(NamedTuple):
    """What holds if some things hold."""

    premises: frozenset[Said]
    conclusion: Said


class Macro(NamedTuple):
    """A definition: parameters and body."""

    params: tuple[str, ...]
    body: Sexpr


def said(poly: Poly, relation: str) -> Said:
    """Return the normal form of a relation."""
    if not poly.terms:
        return Said(poly, relation)
    scale = poly.leading if relation in ("=", "!=") else abs(poly.leading)
    return Said(poly.scaled(1 / scale), relation)


def truth(fact: Said) -> bool | None:
    """Return whether a relation between numbers holds; None of others."""
    if not fact.poly.is_number:
        return None
    value, relation = fact.poly.constant, fact.relation
    return {">=": value >= 0, ">": value > 0, "=": value == 0, "!=": value != 0}[relation]


class Terms:
    """Names with their meanings, and the reading of terms and formulas."""

    def __init__(self, atoms: Atoms, variables: Sequence[str]) -> None:
        self.atoms = atoms
        self.names: dict[str, Poly] = {CIRCLE_NUMBER: atoms.pi()}
        for place, name in enumerate(variables):
            self.names[f"x_{place}"] = atoms.var(name)
        self.macros: dict[str, Macro] = {}
        self._here: set[str] = set()

    def begin(self) -> None:
        """Forget what was declared and defined, but not what the names mean."""
        self._here.clear()
        self.macros.clear()

    def _enter(self, name: str) -> None:
        if name in self._here:
            raise CertificateError(f"{name} is there twice")
        self._here.add(name)

    def declare(self, name: str) -> None:
        """Give a constant the meaning that its name tells, unless it has one."""
        self._enter(name)
        if name in self.names:
            return
        kind, _, rest = name.partition("_")
        if kind == "inv" and rest in self.names:
            self.names[name] = self.atoms.recip(self.names[rest])
        elif kind in KINDS and f"t_{rest}" in self.names:
            self.names[name] = self._function(KINDS[kind], self.names[f"t_{rest}"])
        else:
            raise CertificateError(f"it is not said what {name} stands for")

    def _function(self, kind: str, argument: Poly) -> Poly:
        """Return a function of what must be in normal form for it."""
        made: Poly = getattr(self.atoms, kind)(argument)
        alone = {((atom, 1),) for atom in made.atoms() if self.atoms.atoms[atom].kind == kind}
        if len(alone) != 1 or made != Poly({alone.pop(): Fraction(1)}):
            raise CertificateError(f"the argument of {kind} is not in normal form")
        return made

    def define(self, name: str, params: Sexpr, sort: Sexpr, body: Sexpr) -> None:
        """Take in a definition; in another section a number may be defined again."""
        self._enter(name)
        pairs = [items(pair) for pair in items(params)]
        if sort not in ("Real", "Bool") or any(pair[1:] != ["Real"] for pair in pairs):
            raise CertificateError(f"{name} is not well defined")
        if sort == "Real" and not pairs:
            value = self.value(body, {})
            if name.partition("_")[0] not in TERMS:
                raise CertificateError(f"{name} is no name for a term")
            if self.names.setdefault(name, value) != value:
                raise CertificateError(f"{name} is defined as two things")
        else:
            self.macros[name] = Macro(tuple(str(pair[0]) for pair in pairs), body)

    def value(self, term: Sexpr, env: Mapping[str, Poly]) -> Poly:
        """Return a term as a polynomial."""
        if isinstance(term, str):
            if term[0].isdigit():
                return number(_decimal(term))
            if term not in env and term not in self._here:
                raise CertificateError(f"there is no {term}")
            return env[term] if term in env else self.names[term]
        head, *rest = term
        if head == "ite":
            test = [truth(each) for each in self.list_of(rest[0], env)]
            if None in test:
                raise CertificateError("a choice depends on more than numbers")
            return self.value(rest[1] if all(test) else rest[2], env)
        return self._applied(head, [self.value(each, env) for each in rest])

    def _applied(self, head: Sexpr, args: Sequence[Poly]) -> Poly:
        if head == "+":
            return total(args)
        if head == "-":
            return -args[0] if len(args) == 1 else args[0] - total(args[1:])
        if head == "*":
            product = args[0]
            for each in args[1:]:
                product = self.atoms.times(product, each)
            return product
        if head == "/" and args[1].is_number:
            return args[0].scaled(1 / args[1].constant)
        raise CertificateError(f"not a term: {head}")

    def list_of(self, formula: Sexpr, env: Mapping[str, Poly]) -> list[Said]:
        """Return the relations whose conjunction is the formula."""
        if formula == "true":
            return []
        if isinstance(formula, str):
            return self.list_of(self._macro(formula).body, {})
        head, *rest = formula
        if head == "and":
            return [each for part in rest for each in self.list_of(part, env)]
        if head == "not" and items(rest[0])[0] == "=":
            _, left, right = items(rest[0])
            return [said(self.value(left, env) - self.value(right, env), "!=")]
        if head not in COMPARE:
            body, inner = self._expanded(formula, env)
            return self.list_of(body, inner)
        values = [self.value(each, env) for each in rest]
        sign, relation = COMPARE[str(head)]
        pairs = pairwise(values)
        return [said((a - b).scaled(Fraction(sign)), relation) for a, b in pairs]

    def rule(self, formula: Sexpr, env: Mapping[str, Poly]) -> Rule:
        """Return a formula as a rule; what holds between numbers is left out of the premises."""
        premises: list[Said] = []
        while not isinstance(formula, str) and formula[0] not in COMPARE:
            if formula[0] == "=>":
                premises += self.list_of(formula[1], env)
                formula = formula[2]
            else:
                formula, env = self._expanded(formula, env)
        (conclusion,) = self.list_of(formula, env)
        return Rule(frozenset(p for p in premises if truth(p) is not True), conclusion)

    def _expanded(
        self, formula: Sexpr, env: Mapping[str, Poly]
    ) -> tuple[Sexpr, Mapping[str, Poly]]:
        macro = self._macro(formula[0])
        values = [self.value(each, env) for each in formula[1:]]
        return macro.body, dict(zip(macro.params, values, strict=True))

    def _macro(self, name: Sexpr) -> Macro:
        if not isinstance(name, str) or name not in self.macros:
            raise CertificateError(f"there is no formula {name}")
        return self.macros[name]

    def is_equal(self, a: Poly, b: Poly) -> bool:
        """Whether two polynomials are equal where all is defined, as 1/p times p is 1."""
        from .rules import cleared

        rest: Poly | None = a - b
        for atom in sorted((a - b).atoms(), reverse=True):
            entry = self.atoms.atoms[atom]
            while rest is not None and entry.kind == "recip" and atom in rest.atoms():
                rest = cleared(self.atoms, rest, entry.argument)
        return rest == ZERO


def _decimal(word: str) -> Fraction:
    whole, _, rest = word.partition(".")
    if rest != "0" or not whole.isdigit():
        raise CertificateError(f"a number is written as 12.0, not {word[:40]}")
    return Fraction(int(whole))
