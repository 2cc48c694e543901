"""The pass ``lift``: trees of one operator back to readable elementary form.

Every operator of a basis is unfolded to exp, ln and arithmetic, and values are followed as
sums of products (:mod:`emlir.passes.lifting.sums`), exactly and up to multiples of 2 pi i,
which an exponential takes away again. What is taken for granted on the way, such as that a
logarithm has a positive argument, must in the end follow from the assumptions, or from the
result being defined; else the value is followed again without it.
"""

from typing import Any

from emlir.assumptions import Assumptions, conjuncts
from emlir.expr.core import Expr, build
from emlir.expr.traverse import postorder, tree_size
from emlir.passes.lifting.reader import Reader
from emlir.passes.lifting.readings import smallest_reading
from emlir.passes.lifting.reality import Obligation
from emlir.passes.lowering.engine import LARGEST
from emlir.rewrite.context import Context
from emlir.semantics import Semantics, check_semantics

ROUNDS = 8
"""How often values are followed again; after that nothing is taken for granted."""


def lift(expr: Expr, *, assume: Any = None, semantics: str | None = None) -> Expr:
    """Return ``expr`` with no operator of a basis left.

    Args:
        assume: anything that :meth:`emlir.Assumptions.of` takes. Symbols are real.
        semantics: ``None``: ``expr`` is meant as a real function whose steps may leave the
            real line, as :func:`emlir.lower` gives it; the result has its value wherever
            the result is defined in ``real`` and ``expr`` has a value. With one of the
            three, both agree wherever ``expr`` is defined under it.

    >>> import emlir
    >>> str(emlir.lift(emlir.parse("eml(1, eml(eml(1, x), 1))")))
    'ln(x)'
    """
    meaning = None if semantics is None else check_semantics(semantics)
    return _lift(expr, Assumptions.of(assume), meaning)


def lift_in(expr: Expr, context: Context) -> Expr:
    """Lift under the semantics and the assumptions of a context."""
    return _lift(expr, context.assumptions, context.semantics)


def _lift(expr: Expr, assumptions: Assumptions, semantics: Semantics | None) -> Expr:
    """The smaller one of two: the value as a sum, and what the tree was lowered from."""
    followed = _followed(expr, assumptions, semantics)
    reading = smallest_reading(expr, assumptions, semantics)
    if reading is None or tree_size(followed, LARGEST) <= tree_size(reading, LARGEST):
        return followed
    return reading


def _followed(expr: Expr, assumptions: Assumptions, semantics: Semantics | None) -> Expr:
    refused: frozenset[Obligation] = frozenset()
    for _ in range(ROUNDS):
        reader = Reader(assumptions, semantics, refused)
        result = reader.read(expr)
        failed = _failed(reader, assumptions, semantics, result)
        if not failed:
            return result
        refused |= failed
    return Reader(assumptions, semantics, None).read(expr)


def _failed(
    reader: Reader,
    assumptions: Assumptions,
    semantics: Semantics | None,
    result: Expr | None = None,
) -> frozenset[Obligation]:
    """The obligations that neither the assumptions nor the domain of the result imply."""
    owed, known = reader.obligations, assumptions
    if semantics is None and result is not None:
        owed -= reader.implied()
        known = Assumptions.of(assumptions, *_domain(result)) if owed else known
    context = Context("real", known, reals=True)
    return frozenset(item for item in owed if not context.holds(item.truth(reader.written)))


def _domain(root: Expr) -> list[Expr]:
    """The truths that must hold for an expression to be defined in ``real``."""
    truths: dict[Expr, None] = {}
    for node in postorder((root,)):
        if node.op.domain is not None and node.args:
            truths.update(dict.fromkeys(conjuncts(node.op.domain(*node.args))))
    return [truth for truth in truths if truth.op is not build("true").op]
