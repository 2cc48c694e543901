"""Chains: maximal groups of sums, or of products, in a shared graph.

A chain is a node with the nodes below it that serve nothing else. Collecting works on
chains, so that every node is looked at a bounded number of times however long a sum is.
"""

from collections.abc import Callable, Sequence

from emlir.expr.core import Expr

SHARED = 12
"""So many nodes that also serve elsewhere are opened for one chain."""

Member = Callable[[Expr], bool]


class Chains:
    """Which nodes of a graph are roots of chains, for one kind of member."""

    def __init__(self, order: Sequence[Expr], is_member: Member) -> None:
        self.is_member = is_member
        self._parent: dict[Expr, Expr] = {}
        self._outside: set[Expr] = set()
        for node in order:
            inside = is_member(node)
            for arg in node.args:
                if not inside or self._parent.setdefault(arg, node) is not node:
                    self._outside.add(arg)
        self._outside.add(order[-1])

    def is_inner(self, node: Expr) -> bool:
        """Whether the node serves one member of a chain and nothing else."""
        return node not in self._outside and self.is_member(node)

    def is_root(self, node: Expr) -> bool:
        """Whether a chain is to be collected at this node."""
        return node in self._outside and self.is_member(node)


class Opening:
    """Decides, for one chain, which nodes below its root are opened."""

    def __init__(self, chains: Chains | None) -> None:
        self._chains = chains
        self._left = SHARED

    def opens(self, node: Expr) -> bool:
        """Whether a member is opened; without chains every one is."""
        if self._chains is None or self._chains.is_inner(node):
            return True
        self._left -= 1
        return self._left >= 0
