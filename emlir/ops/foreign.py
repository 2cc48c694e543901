"""Trees that others write: ``lift`` reads them, ``lower`` has shorter ones.

The paper's compiler writes x^y as exp(y ln x) with its own macros a + b = a - (0 - b) and
a * b = exp(ln a + ln b) (Odrzywolek, arXiv:2603.21852). For a negative x and an integer y
the logarithm is off by 2 pi i, and the exponential takes away y times that.
"""

from collections.abc import Mapping

from emlir.expr.core import Expr
from emlir.expr.operator import Lowering
from emlir.ops import trees


def _plus(x: Expr, y: Expr) -> Expr:
    return trees.minus(x, trees.minus(trees.zero_tree(), y))


def _times(x: Expr, y: Expr) -> Expr:
    return trees.exp_tree(_plus(trees.ln_tree(x), trees.ln_tree(y)))


def _power(x: Expr, y: Expr) -> Expr:
    return trees.exp_tree(_times(y, trees.ln_tree(x)))


FOREIGN: Mapping[str, tuple[Lowering, ...]] = {
    "pow": (Lowering(_power, ("complex",), source="paper, its compiler"),),
}
"""By operator, as the lowerings of its record."""
