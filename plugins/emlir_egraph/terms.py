"""Terms as rows for the e-graph, and numbers by which its classes are called."""

from collections import defaultdict

from emlir.plugin_api import Expr, Operator, postorder
from emlir_egraph.extract import Best
from emlir_egraph.graph import Graph, Node
from emlir_egraph.language import SORTS, Language


class Terms:
    """Collects rows to be loaded; every term and every class that they name has a number."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.rows: dict[str, list[tuple[int, ...]]] = defaultdict(list)
        self._known: dict[Expr, int] = {}
        self._next = 0

    def take(self) -> dict[str, list[tuple[int, ...]]]:
        """Return the rows since the last call."""
        rows, self.rows = self.rows, defaultdict(list)
        return rows

    def add(self, expr: Expr) -> int:
        """Add a term with all its parts; return its number."""
        for node in postorder((expr,)):
            if node not in self._known:
                self._known[node] = self._row(node, tuple(self._known[arg] for arg in node.args))
        return self._known[expr]

    def _row(self, node: Expr, args: tuple[int, ...]) -> int:
        if not (node.is_symbol or node.is_number):
            return self.apply(node.op, args)
        kind = "symbol" if node.is_symbol else "number"
        return self._entered(f"in_{kind}", (self.language.place(node),))

    def apply(self, op: Operator, args: tuple[int, ...]) -> int:
        """Add an operator over numbered classes; return its number."""
        return self._entered(f"in_{self.language.name(op)}", args)

    def _entered(self, relation: str, row: tuple[int, ...]) -> int:
        number = self._next
        self._next += 1
        self.rows[relation].append((number, *row))
        return number

    def same(self, first: int, second: int, sort: str) -> None:
        """Say that two numbers are of one class."""
        self.rows[f"same_{SORTS[sort]}"].append((first, second))


class Calls:
    """Numbers for the classes of one reading of the graph, given where there is none yet."""

    def __init__(self, terms: Terms, graph: Graph, best: Best) -> None:
        self.terms = terms
        self.best = best
        self.numbers = {index: number for number, index in graph.ids.items()}

    def number(self, index: int) -> int:
        """Return a number of a class, naming it through its best term."""
        stack = [index]
        while stack:
            top = stack[-1]
            if top in self.numbers:
                stack.pop()
                continue
            node = self.best.nodes[top]
            pending = [arg for arg in node.args if arg not in self.numbers]
            if pending:
                stack.extend(pending)
                continue
            self.numbers[top] = self._named(node, self.best.terms[top])
            stack.pop()
        return self.numbers[index]

    def _named(self, node: Node, term: Expr) -> int:
        if node.leaf is not None:
            return self.terms.add(term)
        return self.terms.apply(node.op, tuple(self.numbers[arg] for arg in node.args))
