"""A certificate followed once more, with all that the script says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emlir_proof.checker.claims import values_of
from emlir_proof.checker.codes import Step
from emlir_proof.checker.facts import Fact, Facts, Relation
from emlir_proof.checker.parts import proven_parts
from emlir_proof.checker.polynomials import Poly
from emlir_proof.checker.rules import Rules
from emlir_proof.checker.said import LONG
from emlir_proof.smtlib.lemmas import Instances, Lemma, premises
from emlir_proof.smtlib.points import Points
from emlir_proof.smtlib.traced import Call, Traced


@dataclass(frozen=True, slots=True)
class Mean:
    """A step by the mean value theorem: what it needs, and what it gives."""

    needs: tuple[Fact, ...]
    gives: Fact


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum on the way, which solvers are asked for by itself."""

    gives: Fact


@dataclass(eq=False)
class Leaf:
    """A part of the box, what is said on it in order, and what it has to show."""

    part: list[Fact] = field(default_factory=list)
    said: list[Lemma | Mean | Sum] = field(default_factory=list)
    goals: list[tuple[Poly, str]] = field(default_factory=list)


class Asked:
    """Notes the questions that a claim asks of the facts, if the answer is yes."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.atoms = facts.atoms
        self.yes: dict[tuple[Poly, str], None] = {}

    def shows(self, poly: Poly, relation: Relation) -> bool:
        """Ask whether ``poly`` compares so with 0."""
        return self._noted(self.facts.shows(poly, relation), poly, relation)

    def is_nonzero(self, poly: Poly) -> bool:
        """Ask whether ``poly`` has no zero."""
        return self._noted(self.facts.is_nonzero(poly), poly, "!=")

    def _noted(self, answer: bool, poly: Poly, relation: str) -> bool:
        if answer:
            self.yes[poly, relation] = None
        return answer


def _cleared(step: Step, rules: Rules, fact: Fact) -> Call:
    """Return the product that an ``over`` or ``clear`` is about."""
    *_, one, two = (rules.facts.facts[k].poly for kind, k in step.values if kind == "fact")
    quotient, product = (fact.poly, one) if step.name == "over" else (one, fact.poly)
    return Call("clear", (quotient, two), product)


def replayed(data: Mapping[str, Any], atoms: Traced, points: Points) -> list[Leaf]:
    """Follow a certificate."""
    leaves = [Leaf() for _ in data["leaves"]]
    is_long = [len(steps) > LONG for steps in data["leaves"]]
    instances = Instances(points)
    mark = 0

    def watch(leaf: int, step: Step, rules: Rules, fact: Fact) -> None:
        nonlocal mark
        known = rules.facts.facts
        if step.name == "monotone":
            del atoms.calls[mark:]
            needs = tuple(known[k] for k in premises(step))
            leaves[leaf].said.append(Mean(needs, fact))
        else:
            leaves[leaf].said += instances.of(step, rules, fact)
            if step.name == "combine" and is_long[leaf] and not fact.poly.is_number:
                leaves[leaf].said.append(Sum(fact))
            if step.name in ("over", "clear"):
                atoms.note(_cleared(step, rules, fact))
        mark = len(atoms.calls)

    for number_of, facts in proven_parts(data, atoms, watch):
        leaf, asked = leaves[number_of], Asked(facts)
        leaf.part = facts.facts[: facts.given]
        values_of(data["claim"]["nodes"], asked)
        leaf.goals = list(asked.yes)
    return leaves
