"""One sweep over a graph that collects every sum and every product."""

from collections.abc import Callable

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


def collect_sums(root: Expr, context: Context) -> Expr:
    """Collect the terms of all sums."""

    def collected(node: Expr, chains: Chains, done: dict[Expr, Expr], needs: Needs) -> Expr | None:
        regroups = context.semantics != "complex"
        return collect_sum(read_sum(node, chains, done, regroups), needs)

    return _sweep(root, context, "collect-terms", is_sum, collected)


def collect_products(root: Expr, context: Context) -> Expr:
    """Collect the factors of all products."""

    def collected(node: Expr, chains: Chains, done: dict[Expr, Expr], needs: Needs) -> Expr | None:
        return collect_product(read_product(node, chains, done, needs), needs)

    return _sweep(root, context, "collect-factors", is_product, collected)


def _sweep(
    root: Expr,
    context: Context,
    name: str,
    is_member: Callable[[Expr], bool],
    collected: Collected,
) -> Expr:
    order = list(postorder((root,)))
    chains = Chains(order, is_member)
    done: dict[Expr, Expr] = {}
    for node in order:
        done[node] = rebuild(node, tuple([done[arg] for arg in node.args]))
        if not chains.is_root(node):
            continue
        needs = Needs(context)
        shorter = collected(node, chains, done, needs)
        if shorter is not None:
            context.log.note(Step(name, done[node], shorter, tuple(needs.granted)))
            done[node] = shorter
    return done[root]
