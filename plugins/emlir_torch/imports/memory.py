"""Memory: which values of a trace share memory, and which of them were changed in place since."""

from collections import Counter

from torch.fx import Node


class Memory:
    """An operation in place changes every tensor that shares memory with its argument."""

    def __init__(self) -> None:
        self._owner: dict[Node, Node] = {}
        self._seen: dict[Node, int] = {}
        self._changes: Counter[Node] = Counter()

    def share(self, node: Node, source: Node, changes: bool) -> None:
        """Note that ``node`` may have the memory of ``source``, and whether it changes it."""
        owner = self._owner.get(source, source)
        self._changes[owner] += changes
        self._owner[node], self._seen[node] = owner, self._changes[owner]

    def is_stale(self, node: Node) -> bool:
        """Whether the memory of a value was changed after the value was made."""
        return self._changes[self._owner.get(node, node)] > self._seen.get(node, 0)
