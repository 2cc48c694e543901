"""The pass ``lower``: every elementary expression as a tree of one operator and one constant.

Symbols stand for reals. For each operator, at each place, the smallest tree is taken that is
shown to be right there; where none can be shown to be right, it is refused: nothing is guessed.
"""

from typing import Any, Literal

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr
from emlir.ops.basis import find_basis
from emlir.passes.lowering.conditions import Conditions
from emlir.passes.lowering.engine import Engine
from emlir.passes.lowering.samples import Samples
from emlir.rewrite.context import Context
from emlir.semantics import Semantics, check_semantics

Constants = Literal["keep", "expand"]


def lower(
    expr: Expr,
    *,
    assume: Any = None,
    semantics: str | None = None,
    constants: Constants = "keep",
    basis: str = "eml",
    finite: bool = False,
) -> Expr:
    """Return a tree of ``eml``, 1, symbols and (with ``constants="keep"``) numbers.

    Args:
        assume: anything that :meth:`emlir.Assumptions.of` takes; more is short, and more is
            possible, where more is known. Among trees that are right, those that stay in
            the range of float64 over the assumed box come first; a symbol without a
            bounded box is taken to be of moderate size for this.
        semantics: ``None``: ``expr`` is meant as a real function, and the tree, whose steps
            may leave the real line or be infinite, has its value wherever ``expr`` is
            defined in ``real``. With one of the three, tree and expression agree under it
            for all real values of the symbols; ``real`` has no sin.
        constants: ``keep`` leaves numbers as leaves, each counting 1 in K; ``expand``
            builds them too.
        basis: the operator to write it with, ``eml`` or ``edl``.
        finite: whether every step must be finite, wherever ``expr`` is defined in ``real``.

    Raises:
        LoweringError: an operator cannot be lowered where it stands; says which, and what
            is not known. ``TypeError`` for a truth expression;
            :class:`emlir.UnknownNameError` for an unknown basis.

    >>> import emlir
    >>> str(emlir.lower(emlir.parse("ln(x)")))
    'eml(1, eml(eml(1, x), 1))'
    """
    if expr.sort != "number":
        raise TypeError("a truth expression has no EML tree")
    if constants not in ("keep", "expand"):
        raise ValueError(f"constants is 'keep' or 'expand', not {constants!r}")
    meaning = None if semantics is None else check_semantics(semantics)
    return _lower(expr, Assumptions.of(assume), meaning, constants, basis, finite)


def lower_in(expr: Expr, context: Context) -> Expr:
    """Lower under the semantics and the assumptions of a context."""
    if expr.sort != "number":
        raise TypeError("a truth expression has no EML tree")
    return _lower(expr, context.assumptions, context.semantics, "keep", "eml", False)


def _lower(
    expr: Expr,
    assumptions: Assumptions,
    semantics: Semantics | None,
    constants: Constants,
    basis: str,
    finite: bool,
) -> Expr:
    context = Context(semantics or "real", assumptions, reals=True)
    engine = Engine(
        find_basis(basis),
        Conditions(context, semantics, finite),
        Samples(assumptions, expr.symbols),
        constants == "expand",
    )
    return engine.run(expr)
