"""Answers to what the e-graph asks: conditions of rules by facts, and arithmetic on numbers."""

from emlir.plugin_api import Context, Expr, fold_closed
from emlir_egraph.extract import Best
from emlir_egraph.graph import Graph
from emlir_egraph.questions import Question, Questions
from emlir_egraph.terms import Calls, Terms


class Answers:
    """Remembers what was answered, so that nothing is decided twice."""

    def __init__(self, questions: Questions, terms: Terms, context: Context) -> None:
        self.questions = {number: question for question, number in questions.all.items()}
        self.terms = terms
        self.context = context
        self._shown: dict[tuple[int, tuple[Expr, ...]], bool] = {}
        self._folded: set[Expr] = set()

    def give(self, graph: Graph, best: Best) -> None:
        """Put all that is new into the rows of the terms."""
        calls = Calls(self.terms, graph, best)
        for number, asked in graph.asked.items():
            for classes in sorted(asked - graph.shown[number]):
                if self._holds(number, tuple(best.terms[index] for index in classes)):
                    row = (0, *(calls.number(index) for index in classes))
                    self.terms.rows[f"in_shown_{number}"].append(row)
        self._fold_all(graph, calls)

    def _holds(self, number: int, terms: tuple[Expr, ...]) -> bool:
        key = number, terms
        if key not in self._shown:
            self._shown[key] = self._decide(self.questions[number], terms)
        return self._shown[key]

    def _decide(self, question: Question, terms: tuple[Expr, ...]) -> bool:
        binding = dict(zip(question.names, terms, strict=True))
        return question.condition.is_shown(binding, self.context)

    def _fold_all(self, graph: Graph, calls: Calls) -> None:
        numbers = ((index, graph.number(index)) for index in graph.nodes)
        values = {index: value for index, value in numbers if value is not None}
        for index, nodes in graph.nodes.items():
            for node in nodes:
                if node.args and all(arg in values for arg in node.args):
                    term = node.op(*[values[arg] for arg in node.args])
                    if term not in self._folded:
                        self._folded.add(term)
                        self._fold(term, index, calls)

    def _fold(self, term: Expr, index: int, calls: Calls) -> None:
        folded = fold_closed(term, self.context.semantics)
        if folded is not term or term.is_number:
            self.terms.same(calls.number(index), self.terms.add(folded), folded.sort)
