"""Chains: maximal groups of sums, or of products, in a shared graph.

A chain is a node with the nodes below it that serve nothing else. Collecting works on
chains, so that every node is looked at a bounded number of times however long a sum is.
"""

from collections.abc import Callable, Sequence, Set

from emlir.expr.core import Expr

SHARED = 6
"""So many nodes that also serve elsewhere are opened for one chain."""

Member = Callable[[Expr], bool]


class Chains:
    """Which nodes of a graph stand inside a chain, for any kind of member."""

    def __init__(self, order: Sequence[Expr]) -> None:
        only_user: dict[Expr, Expr | None] = {}
        for node in order:
            for arg in node.args:
                if only_user.setdefault(arg, node) is not node:
                    only_user[arg] = None
        self._only_user = only_user

    def is_inner(self, node: Expr, is_member: Member) -> bool:
        """Whether a member serves one other member and nothing else."""
        user = self._only_user.get(node)
        return user is not None and is_member(user)


class Opening:
    """Decides, for one chain, which nodes below its root are opened.

    The cost of a chain is that of the nodes that serve nothing else, so that what is written
    instead makes the graph smaller: what stands below a shared node is free. ``outside``
    holds the members that also serve something else.
    """

    def __init__(self, root: Expr, outside: Set[Expr]) -> None:
        self._root = root
        self._outside = outside
        self._left = SHARED

    def is_own(self, node: Expr) -> bool:
        """Whether a member serves only this chain."""
        return node not in self._outside or node is self._root

    def opens_shared(self) -> bool:
        """Whether one more shared member is opened."""
        self._left -= 1
        return self._left >= 0
