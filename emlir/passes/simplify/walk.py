"""One walk over the graph: rules, then sums and products collected, at each node once.

Every node is rebuilt once however many steps are made below it, which is most of the work
on a large graph.
"""

from collections.abc import Iterable, Mapping

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.passes.simplify.chains import Chains
from emlir.passes.simplify.collect import KINDS, Kind
from emlir.rewrite.context import Context
from emlir.rewrite.engine import Engine
from emlir.rewrite.rule import Rewriter


class Walk:
    """Walks that remember, under one context, what became of the nodes before.

    ``size`` is that of the first graph, which the limit of steps is a multiple of.
    """

    def __init__(self, rules: Iterable[Rewriter], context: Context, size: int) -> None:
        self.looked_at = 0
        self._context = context
        self._engine = Engine(rules, context, size)
        self._normal: dict[Expr, Expr] = {}
        self._done: dict[Expr, Expr] = {}

    def __call__(self, root: Expr, folded: Mapping[Expr, Expr]) -> Expr:
        """Return ``root`` rewritten, with ``folded`` for some of its nodes.

        Nodes that were seen before become what they became.
        """
        done, normal = self._done, self._normal
        done.update(folded)
        order = list(postorder((root,), done))
        self.looked_at += len(order)
        chains = Chains(order)
        outside: dict[str, set[Expr]] = {kind.name: set() for kind in KINDS}
        inside_a_chain = []
        for node in order:
            args = node.args
            current = rebuild(node, tuple([done[arg] for arg in args])) if args else node
            found = self._engine.settled(current, node, normal)
            if found.args:
                kinds = [kind for kind in KINDS if not chains.is_inner(node, kind.is_member)]
                if len(kinds) < len(KINDS):
                    inside_a_chain.append(node)
                found = self._collected(found, kinds, outside)
            normal.setdefault(found, found)
            done[node] = found
            if found is current and all(done.get(arg) is arg for arg in found.args):
                done[found] = found  # nothing below it is left to do
        result = done[root]
        for node in inside_a_chain:
            del done[node]  # it may be the root of a chain some time
        return result

    def _collected(self, found: Expr, kinds: list[Kind], outside: dict[str, set[Expr]]) -> Expr:
        """Return the root of chains of some kinds with these collected."""
        for kind in kinds:
            if kind.is_member(found):
                shorter = kind.collect(found, outside[kind.name], self._context)
                if shorter is not found:
                    found = self._engine.normalise(shorter, self._normal)
        for kind in kinds:
            if kind.is_member(found):
                outside[kind.name].add(found)
        return found
