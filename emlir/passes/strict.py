"""The pass ``strict``: a tree with infinite steps becomes one without.

Short trees use ln 0 = -oo and exp(-oo) = 0, which many places that evaluate trees do not
know. The tree is lifted, and lowered again with finite steps only.
"""

from typing import Any

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.passes.lift import lift
from emlir.passes.lower import lower
from emlir.rewrite.context import Context
from emlir.semantics import Semantics, check_semantics


def strict(expr: Expr, *, assume: Any = None, semantics: str | None = None) -> Expr:
    """Return an EML tree none of whose steps is infinite, wherever its value is real.

    A tree whose steps are shown to be finite stays as it is. ``assume`` and ``semantics``
    are those of :func:`emlir.lower`: without semantics the tree is meant as a real function,
    and the result has its value wherever the lifted form is defined in ``real``.

    Raises :class:`emlir.LoweringError` where there is no finite tree, or under explicit
    semantics none that is shown to be right; it says what is missing. Without semantics
    :class:`emlir.ObligationWarning` says where the tree is right, as of :func:`emlir.lower`.

    >>> import emlir
    >>> tree = emlir.lower(emlir.parse("-x"))
    >>> tree.tree_size, strict(tree).tree_size
    (15, 29)
    """
    meaning = None if semantics is None else check_semantics(semantics)
    return _strict(expr, Assumptions.of(assume), meaning)


def strict_in(expr: Expr, context: Context) -> Expr:
    """The pass under the semantics and the assumptions of a context."""
    return _strict(expr, context.assumptions, context.semantics)


def _strict(expr: Expr, assumptions: Assumptions, semantics: Semantics | None) -> Expr:
    context = Context(semantics or "complex", assumptions, reals=True)
    if all(context.is_finite(node) for node in postorder((expr,)) if node.args):
        return expr
    lifted = lift(expr, assume=assumptions, semantics=semantics)
    return lower(lifted, assume=assumptions, semantics=semantics, finite=True)
