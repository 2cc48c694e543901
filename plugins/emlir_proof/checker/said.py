"""What a script has to say of each part of the box, from the steps of the certificate."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from .atoms import Atoms
from .calculus import below
from .claims import values_of
from .codes import Step
from .facts import Fact, Facts, Relation
from .parts import proven_parts
from .polynomials import UNIT, Poly
from .rules import Rules
from .terms import Rule, Said, said, truth

STRICT = {("over", 1), ("whole_below", 0)}
"""Premises that are strict whatever the conclusion is, by rule and place."""
DOMAINS = {"ln": ">", "sqrt": ">=", "recip": "!="}


LONG = 25
"""With more steps than this, sums on the way are shown one by one: solvers get lost otherwise."""


class Mean(NamedTuple):
    """A step by the mean value theorem; or a sum on the way, which needs itself."""

    needs: frozenset[Said]
    gives: Said


@dataclass(eq=False)
class Leaf:
    """What the script says on one part: lemmas between steps by the mean value theorem.

    Each lemma counts where it stands first.
    """

    part: set[Said] = field(default_factory=set)
    lemmas: list[set[Rule]] = field(default_factory=lambda: [set()])
    means: list[Mean] = field(default_factory=list)
    goals: set[Said] = field(default_factory=set)

    def add(self, rule: Rule) -> None:
        """Take in a lemma that was not there before."""
        if not any(rule in before for before in self.lemmas):
            self.lemmas[-1].add(rule)


class Asked:
    """Notes what a claim asks of the facts, where the answer is yes."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.atoms = facts.atoms
        self.yes: set[Said] = set()

    def shows(self, poly: Poly, relation: Relation) -> bool:
        """Ask whether ``poly`` compares so with 0."""
        answer = self.facts.shows(poly, relation)
        self.yes |= {said(poly, relation)} if answer else set()
        return answer

    def is_nonzero(self, poly: Poly) -> bool:
        """Ask whether ``poly`` has no zero."""
        answer = self.facts.is_nonzero(poly)
        self.yes |= {said(poly, "!=")} if answer else set()
        return answer


class Expected:
    """Follows the certificate, and collects what the script has to say."""

    def __init__(self, data: Mapping[str, Any], atoms: Atoms) -> None:
        self.leaves = [Leaf() for _ in data["leaves"]]
        self.turns: list[Fraction] = []
        self._is_long = [len(steps) > LONG for steps in data["leaves"]]
        for k, facts in proven_parts(data, atoms, self._watch):
            asked = Asked(facts)
            values_of(data["claim"]["nodes"], asked)
            self.leaves[k].goals = asked.yes
            self.leaves[k].part = {said(*fact) for fact in facts.facts[: facts.given]}

    def _watch(self, number: int, step: Step, rules: Rules, fact: Fact) -> None:
        leaf, known = self.leaves[number], rules.facts.facts
        if step.name == "combine":
            for rule in _products(step, known, rules.atoms):
                leaf.add(rule)
            if self._is_long[number] and not fact.poly.is_number:
                leaf.means.append(Mean(frozenset({said(*fact)}), said(*fact)))
                leaf.lemmas.append(set())
            return
        some = [known[k] for k in _premises(step)]
        polys = [value for kind, value in step.values if kind == "poly"]
        conditions = guards(rules.atoms, [*polys, *(each.poly for each in some), fact.poly])
        if step.name == "monotone":
            needs = conditions | {said(*each) for each in some}
            leaf.means.append(Mean(frozenset(needs), said(*fact)))
            leaf.lemmas.append(set())
            return
        needs = {said(p.poly, _needed(step, k, p, fact)) for k, p in enumerate(some)}
        leaf.add(_rule(conditions | needs, fact))
        if step.name == "circle_number" and step.values[0][1] not in self.turns:
            self.turns.append(step.values[0][1])


def _premises(step: Step) -> Iterator[int]:
    for kind, value in step.values:
        yield from [value] if kind == "fact" else value if kind == "facts" else []


def _needed(step: Step, place: int, premise: Fact, fact: Fact) -> str:
    """Return the relation that a rule needs of a premise."""
    if (step.name, place) in STRICT or fact.is_strict:
        return ">"
    is_equation = step.name == "over" and premise.relation == "="
    return "=" if is_equation else ">="


def _products(step: Step, known: Sequence[Fact], atoms: Atoms) -> Iterator[Rule]:
    """Yield the products in a sum of products, factor by factor, equations first."""
    for _, numbers in step.values[0][1]:
        some = sorted((known[k] for k in numbers), key=lambda fact: fact.relation != "=")
        while len(some) > 1:
            one, two, *rest = some
            is_strict = one.is_strict and two.is_strict
            relation: Relation = "=" if one.relation == "=" else ">" if is_strict else ">="
            made = Fact(atoms.times(one.poly, two.poly), relation)
            needs = {said(one.poly, relation)}
            needs |= set() if relation == "=" else {said(two.poly, relation)}
            yield _rule(needs | guards(atoms, [one.poly, two.poly, made.poly]), made)
            some = [made, *rest]


def _rule(needs: Iterable[Said], fact: Fact) -> Rule:
    return Rule(frozenset(p for p in needs if truth(p) is not True), said(*fact))


def guards(atoms: Atoms, polys: Iterable[Poly]) -> set[Said]:
    """Return what must hold for polynomials to be defined."""
    found: set[Said] = set()
    for poly in polys:
        inside = [(k, atoms.atoms[k]) for k in below(atoms, poly)]
        for _, entry in inside:
            if entry.kind in DOMAINS:
                found.add(said(entry.argument, DOMAINS[entry.kind]))
            if entry.kind == "asin":
                found |= {said(UNIT - entry.argument, ">="), said(UNIT + entry.argument, ">=")}
        for each in (poly, *(entry.argument for _, entry in inside)):
            inverted = {k for monomial in each.terms for k, n in monomial if n < 0}
            found |= {said(Poly({((k, 1),): Fraction(1)}), "!=") for k in inverted}
    return found
