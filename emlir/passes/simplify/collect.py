"""Sweeps over a graph that collect every sum and every product."""

from collections.abc import Callable
from dataclasses import dataclass, field

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.passes.simplify.chains import Chains
from emlir.passes.simplify.needs import Needs
from emlir.passes.simplify.products import collect_product, is_product, read_product
from emlir.passes.simplify.sums import collect_sum, is_sum, read_sum
from emlir.rewrite.context import Context
from emlir.rewrite.log import Step

Collected = Callable[[Expr, Chains, dict[Expr, Expr], Needs], Expr | None]


@dataclass(slots=True)
class Sweep:
    """Collects all chains of one kind; a later sweep looks only at nodes that are new."""

    name: str
    is_member: Callable[[Expr], bool]
    collected: Collected
    done: dict[Expr, Expr] = field(default_factory=dict)

    def __call__(self, root: Expr, context: Context) -> Expr:
        """Return ``root`` with its chains collected."""
        order = list(postorder((root,), self.done))
        chains = Chains(order, self.is_member)
        done = self.done
        for node in order:
            args = node.args
            current = rebuild(node, tuple([done[arg] for arg in args])) if args else node
            if chains.is_root(node) and not self._is_plain(current):
                current = self._collect(node, current, chains, context)
            done[node] = current
        result = done[root]
        for node in chains.members:
            if chains.is_inner(node):
                del done[node]  # it may be a chain of its own some time
        return result

    def _collect(self, node: Expr, current: Expr, chains: Chains, context: Context) -> Expr:
        needs = Needs(context)
        shorter = self.collected(node, chains, self.done, needs)
        if shorter is None:
            return current
        context.log.note(Step(self.name, current, shorter, tuple(needs.granted)))
        return shorter

    def _is_plain(self, node: Expr) -> bool:
        """Whether two different terms stand alone, so that there is nothing to collect."""
        if node.op.arity != 2 or node.args[0] is node.args[1]:
            return False
        return not any(arg.is_number or self.is_member(arg) for arg in node.args)


def sum_sweep() -> Sweep:
    """A sweep that collects the terms of sums."""

    def collected(node: Expr, chains: Chains, done: dict[Expr, Expr], needs: Needs) -> Expr | None:
        regroups = needs.context.semantics != "complex"
        return collect_sum(read_sum(node, chains, done, regroups), needs)

    return Sweep("collect-terms", is_sum, collected)


def product_sweep() -> Sweep:
    """A sweep that collects the factors of products."""

    def collected(node: Expr, chains: Chains, done: dict[Expr, Expr], needs: Needs) -> Expr | None:
        return collect_product(read_product(node, chains, done, needs), needs)

    return Sweep("collect-factors", is_product, collected)
