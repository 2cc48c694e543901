"""Writing large terms: which parts get a line of their own, and putting text together.

For the writers of notations in which a part can be named and used again.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from emlir.expr.core import Expr
from emlir.expr.traverse import postorder, tree_size, use_counts

Item = TypeVar("Item")


def named_parts(roots: Sequence[Expr], *, nesting: int, share_above: int) -> list[Expr]:
    """Return the parts of terms to write on lines of their own, arguments first.

    Those are the parts that are used more than once, if a tree has more than
    ``share_above`` nodes, and as many more as keep every line at most ``nesting`` deep.
    Leaves never are among them, and a root only if another root uses it.
    """
    order = list(postorder(roots))
    shares = any(tree_size(root, limit=share_above) > share_above for root in roots)
    uses = use_counts(order)
    whole = set(roots)
    heights: dict[Expr, int] = {}
    named: list[Expr] = []
    for node in order:
        height = 1 + max((heights[arg] for arg in node.args), default=-1)
        deep = height >= nesting and uses[node] > 0
        if node.args and (deep or (shares and uses[node] + (node in whole) > 1)):
            named.append(node)
            height = 0
        heights[node] = height
    return named


def assemble(pieces: Iterable[str | Item], expand: Callable[[Item], Iterable[str | Item]]) -> str:
    """Put text together; whatever is not text yet is replaced by what ``expand`` gives."""
    out: list[str] = []
    stack: list[str | Item] = list(pieces)[::-1]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            out.append(piece)
        else:
            stack.extend(list(expand(piece))[::-1])
    return "".join(out)
