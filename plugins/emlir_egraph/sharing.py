"""Extraction by the number of distinct nodes, where shared parts are paid once.

The optimum is NP-hard to find; this improves a start by single exchanges until none helps.
"""

from emlir.plugin_api import Expr
from emlir_egraph.extract import Best, term_of
from emlir_egraph.graph import Graph, Node

WORK = 2_000_000
"""Classes that it may visit."""


def shared_term(graph: Graph, root: int, start: Best) -> Expr:
    """Return a term of ``root`` with few distinct nodes, at most those of ``start``'s."""
    choice = _Choice(graph, root, start)
    while choice.improve():
        pass
    return choice.term()


class _Choice:
    """One e-node for each class, such that no class needs itself."""

    def __init__(self, graph: Graph, root: int, start: Best) -> None:
        self.graph = graph
        self.root = root
        self.nodes = dict(start.nodes)
        self.work = WORK

    def _needs(self, classes: tuple[int, ...]) -> list[int]:
        """The classes that terms of ``classes`` are made of, each once."""
        seen = dict.fromkeys(classes)
        stack = list(classes)
        while stack:
            for arg in self.nodes[stack.pop()].args:
                if arg not in seen:
                    seen[arg] = None
                    stack.append(arg)
        self.work -= len(seen)
        return list(seen)

    def improve(self) -> bool:
        """Make the exchanges that leave fewer classes needed; whether there was one."""
        reached = self._needs((self.root,))
        before = size = len(reached)
        for index in reached:
            for node in self.graph.nodes[index]:
                if self.work > 0:
                    size = self._try(index, node, size)
        return size < before

    def _try(self, index: int, node: Node, size: int) -> int:
        usable = all(arg in self.nodes for arg in node.args)
        if not usable or index in self._needs(node.args):
            return size
        old = self.nodes[index]
        self.nodes[index] = node
        new_size = len(self._needs((self.root,)))
        if new_size < size:
            return new_size
        self.nodes[index] = old
        return size

    def term(self) -> Expr:
        """Build the term of the root."""
        terms: dict[int, Expr] = {}
        stack = [self.root]
        while stack:
            index = stack[-1]
            pending = [arg for arg in self.nodes[index].args if arg not in terms]
            if not pending:
                terms[index] = term_of(self.nodes[index], terms)
                stack.pop()
            else:
                stack.extend(pending)
        return terms[self.root]
