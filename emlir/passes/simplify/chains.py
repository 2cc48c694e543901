"""Chains: maximal groups of sums, or of products, in a shared graph.

A chain is a node with the nodes below it that serve nothing else. Collecting works on
chains, so that every node is looked at a bounded number of times however long a sum is.
"""

from collections.abc import Callable, Sequence

from emlir.expr.core import Expr

SHARED = 6
"""So many nodes that also serve elsewhere are opened for one chain."""

Member = Callable[[Expr], bool]


class Chains:
    """Which nodes of a graph are roots of chains, for one kind of member."""

    def __init__(self, order: Sequence[Expr], is_member: Member) -> None:
        self.members = {node for node in order if is_member(node)}
        parent: dict[Expr, Expr] = {}
        outside: set[Expr] = set(order[-1:])
        for node in order:
            if node in self.members:
                for arg in node.args:
                    if parent.setdefault(arg, node) is not node:
                        outside.add(arg)
            else:
                outside.update(node.args)
        self._outside = outside

    def is_inner(self, node: Expr) -> bool:
        """Whether the node serves one member of a chain and nothing else."""
        return node in self.members and node not in self._outside

    def is_root(self, node: Expr) -> bool:
        """Whether a chain is to be collected at this node."""
        return node in self.members and node in self._outside


class Opening:
    """Decides, for one chain, which nodes below its root are opened.

    The cost of a chain is that of the nodes that serve nothing else, so that what is written
    instead makes the graph smaller: what stands below a shared node is free.
    """

    def __init__(self, root: Expr, chains: Chains | None) -> None:
        self._root = root
        self._chains = chains
        self._left = SHARED

    def is_own(self, node: Expr) -> bool:
        """Whether a member serves only this chain; without chains every one does."""
        return node is self._root or self._chains is None or self._chains.is_inner(node)

    def opens_shared(self) -> bool:
        """Whether one more shared member is opened."""
        self._left -= 1
        return self._left >= 0
