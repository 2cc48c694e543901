"""The leaves of the proof, and that they cover the box: linear arithmetic."""

from collections.abc import Iterator, Sequence

from emlir_proof.checker.facts import Fact
from emlir_proof.checker.headings import COVER, MEAN, SUM
from emlir_proof.checker.polynomials import Poly
from emlir_proof.smtlib.lemmas import Lemma, conjunction, domain, guards, written
from emlir_proof.smtlib.names import Names
from emlir_proof.smtlib.replay import Leaf, Mean, Sum


class Leaves:
    """Writes leaves; what they mention is collected in the names."""

    def __init__(self, names: Names, leaves: Sequence[Leaf], sides: Sequence[Fact]) -> None:
        self.names = names
        self.given = len(sides)
        self.box = conjunction([self._fact(side) for side in sides])
        self.guards: dict[str, str] = {}
        self.schemas: set[str] = set()
        self.cuts: dict[str, str] = {}
        self.parts = [self._part(leaf) for leaf in leaves]
        self.texts = [list(self._leaf(place, leaf)) for place, leaf in enumerate(leaves)]

    def lines(self) -> Iterator[str]:
        """Write everything, after the names are declared."""
        for text, name in self.cuts.items():
            yield f"(define-fun {name} () Real {text})"
        yield from (f"(define-fun {name} () Bool {text})" for name, text in self.guards.items())
        yield f"(define-fun box () Bool {self.box})"
        for place, part in enumerate(self.parts):
            yield f"(define-fun part_{place} () Bool {conjunction(['box', *part])})"
        for lines in self.texts:
            yield from lines
        yield f"; {COVER}"
        yield "(push 1)"
        yield "(assert box)"
        yield from (f"(assert (not part_{place}))" for place in range(len(self.parts)))
        yield from ("(check-sat)", "(pop 1)")

    def _part(self, leaf: Leaf) -> list[str]:
        return [self._cut(fact) for fact in leaf.part[self.given :]]

    def _cut(self, fact: Fact) -> str:
        """Write a side of a cut; both sides name the same polynomial."""
        is_upper = fact.poly.leading > 0
        text = self.names.term(fact.poly if is_upper else -fact.poly)
        name = self.cuts.setdefault(text, f"cut_{len(self.cuts)}")
        sign = {True: fact.relation, False: fact.relation.replace(">", "<")}[is_upper]
        return f"({sign} {name} 0.0)"

    def _fact(self, fact: Fact) -> str:
        return self.names.relation(fact.poly, fact.relation)

    def _leaf(self, place: int, leaf: Leaf) -> Iterator[str]:
        yield f"; part {place}"
        yield "(push 1)"
        yield f"(assert part_{place})"
        done: set[str] = set()
        for each in leaf.said:
            if isinstance(each, Mean):
                yield from self._mean(each)
                continue
            if isinstance(each, Sum):
                yield from self._sum(each)
                continue
            line = self._lemma(each)
            if line not in done:
                done.add(line)
                yield line
        goals = [self.names.relation(poly, relation) for poly, relation in leaf.goals]
        yield f"(assert (not {conjunction(goals)}))"
        yield from ("(check-sat)", "(pop 1)")

    def _lemma(self, lemma: Lemma) -> str:
        self.schemas.add(lemma.schema)
        self._guard(lemma.about)
        return f"(assert {written(self.names, lemma)})"

    def _mean(self, mean: Mean) -> list[str]:
        needs = [self._fact(each) for each in mean.needs]
        about = (mean.gives.poly, *(each.poly for each in mean.needs))
        self._guard(about)
        needs += guards(self.names, about)
        return [
            f"(push 1) ; {MEAN}",
            f"(assert (not {conjunction(needs)}))",
            "(check-sat)",
            "(pop 1)",
            f"(assert {self._fact(mean.gives)})",
        ]

    def _sum(self, step: Sum) -> list[str]:
        fact = self._fact(step.gives)
        question = f"(assert (not {fact}))"
        return [f"(push 1) ; {SUM}", question, "(check-sat)", "(pop 1)", f"(assert {fact})"]

    def _guard(self, polys: Sequence[Poly]) -> None:
        for name in guards(self.names, polys):
            self.guards[name] = domain(self.names, name)
