"""What an e-graph holds, read out: classes, their e-nodes, and the questions that were asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from emlir.plugin_api import Expr, Operator
from emlir_egraph.language import Language
from emlir_egraph.session import Session


@dataclass(frozen=True, slots=True)
class Node:
    """An e-node: an operator over classes, or a leaf."""

    op: Operator
    args: tuple[int, ...]
    leaf: Expr | None = None


class Graph:
    """Classes are numbered from 0 in the order in which they are met.

    nodes
        The e-nodes of each class.
    ids
        For the numbers by which input refers to classes, their class.
    places
        The symbols and numbers, in the order of the original expression.
    asked, shown
        For each question, the classes that it was asked about, and those it holds for.
    """

    def __init__(self, session: Session) -> None:
        self.nodes: dict[int, list[Node]] = defaultdict(list)
        self.ids: dict[int, int] = {}
        self.asked: dict[int, set[tuple[int, ...]]] = defaultdict(set)
        self.shown: dict[int, set[tuple[int, ...]]] = defaultdict(set)
        self.places: dict[Expr, int] = {leaf: k for k, leaf in enumerate(session.language.leaves)}
        self._classes: dict[object, int] = {}
        self._session = session
        self._read(session.language)

    def numbers(self, index: int) -> list[Expr]:
        """The exact numbers in a class: one at most, if the rules are sound."""
        leaves = (node.leaf for node in self.nodes[index])
        return [leaf for leaf in leaves if leaf is not None and leaf.is_number]

    def number(self, index: int) -> Expr | None:
        """The exact number in a class, if there is one."""
        return next(iter(self.numbers(index)), None)

    def _class(self, value: object) -> int:
        return self._classes.setdefault(value, len(self._classes))

    def _read(self, language: Language) -> None:
        for name, table in self._session.rows().functions.items():
            for row in table.rows:
                self._row(name, row.inputs, row.output, language)

    def _row(self, name: str, inputs: Sequence[object], output: object, language: Language) -> None:
        op = language.operators.get(name)
        kind, _, number = name.partition("_")
        if op is not None:
            args = tuple([self._class(value) for value in inputs])
            self.nodes[self._class(output)].append(Node(op, args))
        elif name in ("symbol", "number"):
            leaf = language.leaves[self._session.integer(inputs[0])]
            self.nodes[self._class(output)].append(Node(leaf.op, (), leaf))
        elif kind == "id":
            self.ids[self._session.integer(inputs[0])] = self._class(output)
        elif kind in ("asked", "shown"):
            table = self.asked if kind == "asked" else self.shown
            table[int(number)].add(tuple([self._class(value) for value in inputs]))
