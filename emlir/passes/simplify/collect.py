"""Collecting sums and products: what is done at the root of one chain."""

from collections.abc import Callable, Set
from dataclasses import dataclass

from emlir.expr.core import Expr
from emlir.passes.simplify.chains import Opening
from emlir.passes.simplify.needs import Needs
from emlir.passes.simplify.products import collect_product, is_product, read_product
from emlir.passes.simplify.sums import collect_sum, is_sum, read_sum
from emlir.rewrite.context import Context
from emlir.rewrite.log import Step


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of chain: which nodes belong to it, and how one is collected.

    ``plain`` are its operators of two arguments; ``leaf`` is one whose terms have several
    spellings.
    """

    name: str
    is_member: Callable[[Expr], bool]
    plain: tuple[str, str]
    leaf: str
    collected: Callable[[Expr, Set[Expr], Needs], Expr | None]

    def collect(self, root: Expr, outside: Set[Expr], context: Context) -> Expr:
        """Return a chain collected; ``root`` itself if that is not shorter."""
        if self._all_differ(root, outside):
            return root
        needs = Needs(context)
        shorter = self.collected(root, outside, needs)
        if shorter is None:
            return root
        context.log.note(Step(self.name, root, shorter, tuple(needs.granted)))
        return shorter

    def _all_differ(self, root: Expr, outside: Set[Expr]) -> bool:
        """Whether the terms differ and none is a number, so that there is nothing to collect.

        Most chains are like that, and this is faster than reading them.
        """
        opening = Opening(root, outside)
        terms: set[Expr] = set()
        leaves = 0
        stack = [(root, True)]
        while stack:
            node, own = stack.pop()
            name = node.op.name
            shared = own and not opening.is_own(node)
            if name in self.plain:
                if not shared or opening.opens_shared():
                    left, right = node.args
                    stack += ((right, own and not shared), (left, own and not shared))
                    continue
            elif node.is_number or self.is_member(node):
                return False
            leaves += name == self.leaf
            if node in terms or leaves > 1:
                return False
            terms.add(node)
        return True


def _product(root: Expr, outside: Set[Expr], needs: Needs) -> Expr | None:
    return collect_product(read_product(root, outside, needs), needs)


def _sum(root: Expr, outside: Set[Expr], needs: Needs) -> Expr | None:
    regroups = needs.context.semantics != "complex"
    return collect_sum(read_sum(root, outside, regroups), needs)


KINDS = (
    Kind("collect-factors", is_product, ("mul", "div"), "", _product),
    Kind("collect-terms", is_sum, ("add", "sub"), "mul", _sum),
)
