"""Conditions of rules as questions about classes, which are answered outside the e-graph.

A rule with conditions first asks: where its pattern matches, the classes enter a relation.
The questions are then put to the same facts about expressions that the engine uses, for the
smallest term of each class; all terms of a class have one value and one domain, so what holds
for one wherever it is defined holds for all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from emlir.plugin_api import Condition, Expr, postorder, substitute, symbol


@dataclass(frozen=True, slots=True)
class Question:
    """A condition whose symbols are named in their order; ``width`` says how many."""

    condition: Condition
    width: int

    @property
    def names(self) -> list[str]:
        return [f"q{k}" for k in range(self.width)]


class Questions:
    """Numbers the distinct questions that rules ask."""

    def __init__(self) -> None:
        self.all: dict[Question, int] = {}

    def ask(self, condition: Condition) -> tuple[int, list[str]]:
        """Return the number of a condition's question, and which symbols it is about."""
        about = _in_order(condition.subject)
        renaming = {symbol(name): symbol(f"q{k}") for k, name in enumerate(about)}
        subject = substitute(condition.subject, renaming)
        question = Question(Condition(condition.kind, subject), len(about))
        return self.all.setdefault(question, len(self.all)), about

    def declarations(self) -> Iterator[str]:
        """The relations of questions and answers.

        Answers come in with a filler before the classes, so that a question about none has
        a row too.
        """
        for question, number in self.all.items():
            holes = [f"a{k}" for k in range(question.width)]
            for kind in ("asked", "shown"):
                yield f"(relation {kind}_{number} ({' '.join(['Number'] * question.width)}))"
            yield f"(relation in_shown_{number} (i64{' i64' * question.width}))"
            classes = " ".join(f"(id_Number {hole})" for hole in holes)
            yield (
                f"(rule ((in_shown_{number} {' '.join(['n', *holes])})) "
                f"((shown_{number} {classes})) :ruleset load)"
            )


def _in_order(subject: Expr) -> list[str]:
    return list(dict.fromkeys(node.name for node in postorder((subject,)) if node.is_symbol))
