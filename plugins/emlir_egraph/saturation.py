"""Equality saturation: all forms that the rules make equal, and the cheapest of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from emlir.plugin_api import (
    SIZE,
    Assumptions,
    Context,
    Expr,
    Rule,
    TooLargeError,
    check_semantics,
    find_cost,
    fold_closed,
    postorder,
)
from emlir_egraph.answers import Answers
from emlir_egraph.check import check_equal
from emlir_egraph.choose import choose
from emlir_egraph.compile import Compiled, commutation, compile_rule
from emlir_egraph.extract import best_terms
from emlir_egraph.graph import Graph
from emlir_egraph.language import Language
from emlir_egraph.limits import Limits, Stop
from emlir_egraph.probe import probe
from emlir_egraph.questions import Questions
from emlir_egraph.schedule import Schedule
from emlir_egraph.select import directed, installed
from emlir_egraph.session import Session
from emlir_egraph.terms import Terms


@dataclass(frozen=True, slots=True)
class Saturation:
    """The cheapest form that was found, and how complete the search was.

    stop
        ``saturated``: the rules make nothing more equal; else the limit that was met.
    nodes, classes, rounds
        The size of the e-graph in the end, and how often the rules were run.
    before, after
        The cost of the original and of the result.
    """

    expr: Expr
    stop: Stop
    nodes: int
    classes: int
    rounds: int
    before: float
    after: float

    def __str__(self) -> str:
        return (
            f"{self.stop} with {self.nodes} e-nodes in {self.classes} classes after "
            f"{self.rounds} rounds; cost {self.before:g} -> {self.after:g}"
        )


def saturate(
    expr: Expr,
    cost: str = "k",
    *,
    assume: Any = None,
    semantics: str = "real",
    rules: Iterable[Rule] | None = None,
    limits: Limits | None = None,
) -> Saturation:
    """Return the cheapest form of ``expr`` that equivalences give.

    Args:
        cost: the name of an installed cost model.
        assume: anything that :meth:`emlir.Assumptions.of` takes.
        rules: the rules to use, by default those that are installed and proven; see
            :mod:`emlir_egraph.select`. Extending rules are never used: value and domain stay
            the same under ``semantics``.

    Raises:
        TooLargeError: ``expr`` has more nodes than the limit.
        UnsoundError: the rules are wrong; this is found when they make two numbers equal, or
            when the result differs from the original at a point.
        MissingDependencyError: egglog is not installed.
    """
    context = Context(check_semantics(semantics), Assumptions.of(assume))
    return saturate_in(expr, context, cost, rules, limits or Limits())


def saturate_in(
    expr: Expr,
    context: Context,
    cost: str,
    rules: Iterable[Rule] | None = None,
    limits: Limits | None = None,
) -> Saturation:
    """Saturate under a given context."""
    model, limits = find_cost(cost), limits or Limits()
    if expr.dag_size > limits.nodes:
        raise TooLargeError(
            f"saturate was given {expr.dag_size} nodes, its limit is {limits.nodes}; "
            "simplify needs no limit, or raise it: saturate(nodes=...)"
        )
    run = _Run(expr, context, installed(cost) if rules is None else list(rules), limits)
    with run.session:
        graph, stop, rounds = run.finish()
    found = choose(graph, run.root_class(graph), expr, model, context)
    check_equal(expr, found, context)
    size = sum(map(len, graph.nodes.values()))
    return Saturation(
        found, stop, size, len(graph.nodes), rounds, float(model(expr)), float(model(found))
    )


class _Run:
    """One saturation, from the terms to a graph in which nothing more is to be done."""

    def __init__(self, expr: Expr, context: Context, rules: Sequence[Rule], limits: Limits) -> None:
        self.limits = limits
        folded = fold_closed(expr, context.semantics)
        used = directed(rules, context.semantics, [expr, folded])
        self.language = Language(
            [expr, folded, *(side for r in used for side in (r.left, r.right))]
        )
        questions = Questions()
        for leaf in (node for node in postorder((expr,)) if node.op.family == "leaf"):
            self.language.place(leaf)  # in the order of the original
        self.compiled = _compile(used, self.language, questions)
        self.terms = Terms(self.language)
        self.answers = Answers(questions, self.terms, context)
        program = (*questions.declarations(), *(item.text for item in self.compiled))
        self.session = Session(self.language, program)
        self.root = self.terms.add(expr)
        self.terms.same(self.root, self.terms.add(folded), expr.sort)

    def finish(self) -> tuple[Graph, Stop, int]:
        """Run until nothing changes or a limit is met."""
        until = monotonic() + self.limits.seconds
        self.session.load(self.terms.take())
        schedule = Schedule(self.session, self.compiled, self.limits.nodes, until)
        graph = self._look(())
        for number in range(self.limits.iterations):
            changed = schedule.round(number)
            graph = self._look(schedule.fired)
            if schedule.is_late:
                return graph, "time limit", number + 1
            if not changed and not self.answered and not schedule.held_back:
                return graph, "saturated", number + 1
        return graph, "node limit" if schedule.full else "iteration limit", self.limits.iterations

    def _look(self, fired: Iterable[str]) -> Graph:
        """Read the graph, probe it, and answer what it asks."""
        graph = Graph(self.session)
        probe(graph, fired)
        self.answers.give(graph, best_terms(graph, SIZE))
        rows = self.terms.take()
        self.answered = bool(rows)
        self.session.load(rows)
        return graph

    def root_class(self, graph: Graph) -> int:
        """The class of the original expression."""
        return graph.ids[self.root]


def _compile(rules: Sequence[Rule], language: Language, questions: Questions) -> list[Compiled]:
    compiled = [compile_rule(rule, k, language, questions) for k, rule in enumerate(rules)]
    operators = enumerate(language.operators.values())
    swaps = [commutation(op, k, language) for k, op in operators if op.commutative]
    return [*swaps, *compiled]
