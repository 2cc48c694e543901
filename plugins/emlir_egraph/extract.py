"""The cheapest term of every class under a local cost model.

Classes become known in the order of their cost (Knuth, "A generalization of Dijkstra's
algorithm", 1977). Among equals the smaller term wins, then the one whose leaves come in the
order of the original, then the one with fewer brackets, then a checksum: the result does not
depend on how classes are numbered.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import heappop, heappush
from zlib import crc32

from emlir.plugin_api import Expr, LocalCost
from emlir_egraph.graph import Graph, Node

Rank = tuple[float, int, tuple[int, ...], int, int]
"""Cost, size, places of the first leaves, sizes of later arguments, checksum."""

LEAVES = 8


@dataclass(slots=True)
class Best:
    """For each class the cheapest term, its e-node and its rank."""

    terms: dict[int, Expr] = field(default_factory=dict)
    nodes: dict[int, Node] = field(default_factory=dict)
    ranks: dict[int, Rank] = field(default_factory=dict)


def term_of(node: Node, terms: dict[int, Expr]) -> Expr:
    """Build the term of an e-node over the terms of its classes."""
    if node.leaf is not None:
        return node.leaf
    return node.op(*[terms[index] for index in node.args])


def best_terms(graph: Graph, model: LocalCost) -> Best:
    """Return the cheapest term of every class that has a finite one."""
    return _Search(graph, model).run()


class _Search:
    def __init__(self, graph: Graph, model: LocalCost) -> None:
        self.graph = graph
        self.model = model
        self.best = Best()
        self.queue: list[tuple[Rank, int, int, Node]] = []
        self.users: dict[int, list[tuple[int, Node, list[int]]]] = defaultdict(list)

    def run(self) -> Best:
        for index, nodes in self.graph.nodes.items():
            for node in nodes:
                self._watch(index, node)
        while self.queue:
            rank, _, index, node = heappop(self.queue)
            if index not in self.best.ranks:
                self._settle(index, node, rank)
        return self.best

    def _watch(self, index: int, node: Node) -> None:
        waiting = set(node.args)
        if not waiting:
            self._offer(index, node)
        left = [len(waiting)]
        for arg in waiting:
            self.users[arg].append((index, node, left))

    def _settle(self, index: int, node: Node, rank: Rank) -> None:
        self.best.ranks[index] = rank
        self.best.nodes[index] = node
        self.best.terms[index] = term_of(node, self.best.terms)
        for user, parent, left in self.users.pop(index, ()):
            left[0] -= 1
            if not left[0] and user not in self.best.ranks:
                self._offer(user, parent)

    def _offer(self, index: int, node: Node) -> None:
        heappush(self.queue, (self._rank(node), len(self.queue), index, node))

    def _rank(self, node: Node) -> Rank:
        best = self.best
        ranks = [best.ranks[arg] for arg in node.args]
        terms = [best.terms[arg] for arg in node.args]
        numbers = [term if term.is_number else None for term in terms]
        cost = self.model.at(node.op, [rank[0] for rank in ranks], numbers)
        if node.leaf is not None:
            place = self.graph.places[node.leaf]
            return cost, 1, (place,), 0, place
        leaves = sum((rank[2] for rank in ranks), ())[:LEAVES]
        lean = sum(rank[3] for rank in ranks) + sum(rank[1] for rank in ranks[1:])
        structure = repr((node.op.name, [rank[4] for rank in ranks]))
        return cost, 1 + sum(rank[1] for rank in ranks), leaves, lean, crc32(structure.encode())


def variants(graph: Graph, root: int, best: Best) -> list[Expr]:
    """The terms that each e-node of a class gives over the best terms of its classes."""
    nodes = (n for n in graph.nodes[root] if all(arg in best.terms for arg in n.args))
    return list(dict.fromkeys(term_of(node, best.terms) for node in nodes))
