"""Walks over shared graphs with explicit stacks: no depth is too deep."""

from collections.abc import Container, Iterable, Iterator
from typing import Protocol, Self, TypeVar


class HasArgs(Protocol):
    """Anything with children."""

    @property
    def args(self) -> tuple[Self, ...]: ...


Node = TypeVar("Node", bound=HasArgs)


def postorder(roots: Iterable[Node], skip: Container[Node] = ()) -> Iterator[Node]:
    """Yield each distinct node reachable from ``roots`` once, arguments before their users.

    Nodes in ``skip`` are neither yielded nor entered.
    """
    seen: set[Node] = set()
    for root in roots:
        if root in seen or root in skip:
            continue
        seen.add(root)
        path = [root]
        unseen = [iter(root.args)]
        while path:
            for arg in unseen[-1]:
                if arg not in seen and arg not in skip:
                    seen.add(arg)
                    if arg.args:
                        path.append(arg)
                        unseen.append(iter(arg.args))
                        break
                    yield arg
            else:
                unseen.pop()
                yield path.pop()


def use_counts(order: Iterable[Node]) -> dict[Node, int]:
    """Count, for every node of ``order``, the argument positions that it fills there."""
    counts: dict[Node, int] = {}
    for node in order:
        counts.setdefault(node, 0)
        for arg in node.args:
            counts[arg] = counts.get(arg, 0) + 1
    return counts


def dag_size(root: HasArgs) -> int:
    """Count the distinct nodes."""
    return sum(1 for _ in postorder((root,)))


def depth(root: HasArgs) -> int:
    """Count the edges on the longest path to a leaf."""
    deepest: dict[HasArgs, int] = {}
    for node in postorder((root,)):
        deepest[node] = 1 + max((deepest[arg] for arg in node.args), default=-1)
    return deepest[root]


def tree_size(root: HasArgs, limit: int | None = None) -> int:
    """Count the nodes of the tree that the graph unfolds to.

    The exact count of a shared graph can have as many bits as the graph has nodes, so a
    count is dropped after its last use, and with ``limit`` every count stops at
    ``limit + 1``.
    """
    order = list(postorder((root,)))
    uses = use_counts(order)
    sizes: dict[HasArgs, int] = {}
    for node in order:
        size = 1 + sum(sizes[arg] for arg in node.args)
        sizes[node] = size if limit is None else min(size, limit + 1)
        for arg in node.args:
            uses[arg] -= 1
            if not uses[arg]:
                sizes.pop(arg, None)
    return sizes[root]
