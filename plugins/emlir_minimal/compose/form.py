"""Form: a value with its shortest tree, and those of its logarithm and its exponential.

``eml(a, b)`` subtracts: with a tree of ln p on the left and one of exp(q) on the right it is
p - q. So what a value costs depends on the side on which it stands, and a form keeps all three
trees. Each pays for the others: exp costs 2 nodes more, ln costs 6 more.
"""

from dataclasses import dataclass

from emlir import Expr, eml
from emlir.plugin_api import number, symbol

ONE = number(1)


@dataclass(frozen=True, slots=True)
class Form:
    """Trees of a value z: ``value`` is z, exp(``log``) is z, Log(``exp``) is z.

    ``log`` may be off by a multiple of 2 pi i; ``exp`` is exact for -pi < Im z <= pi.
    """

    value: Expr
    log: Expr
    exp: Expr

    @property
    def k(self) -> int:
        """The size of the tree of the value."""
        return self.value.tree_size


def form(value: Expr | None = None, log: Expr | None = None, exp: Expr | None = None) -> Form:
    """Complete what is known of a value; where there is a choice, take the smaller tree."""
    best = _smallest(value, _exponential(log), _logarithm(exp))
    return Form(best, _smallest(log, _logarithm(best)), _smallest(exp, _exponential(best)))


def _exponential(tree: Expr | None) -> Expr | None:
    return None if tree is None else eml(tree, ONE)


def _logarithm(tree: Expr | None) -> Expr | None:
    return None if tree is None else eml(ONE, eml(eml(ONE, tree), ONE))


def _smallest(*trees: Expr | None) -> Expr:
    return min((tree for tree in trees if tree is not None), key=lambda tree: tree.tree_size)


X = form(value=symbol("x"))
Y = form(value=symbol("y"))
