"""The pass ``lower``: every elementary expression as a tree of one operator and one constant.

Symbols stand for reals. For each operator, at each place, the smallest tree is taken that is
shown to be right there. Where none can be shown to be right, the condition of the tree is given
out with it as an obligation, or the operator is refused: nothing is guessed.
"""

import warnings
from dataclasses import dataclass, replace
from typing import Any, Literal

from emlir.assumptions import Assumptions
from emlir.errors import InaccuracyWarning, LoweringError, ObligationWarning
from emlir.expr.core import Expr
from emlir.expr.operator import DEFAULT_BASIS
from emlir.ops.basis import find_basis
from emlir.passes.lowering.conditions import Conditions
from emlir.passes.lowering.engine import Engine
from emlir.passes.lowering.measure import NO_FAULT, Fault, Inaccuracy, Measure
from emlir.passes.lowering.opening import Choice, obligations_of
from emlir.passes.lowering.points import has_box
from emlir.passes.lowering.refusal import words
from emlir.passes.lowering.samples import Samples
from emlir.rewrite.context import Context
from emlir.rewrite.log import Log, Step
from emlir.semantics import Semantics, check_semantics

Constants = Literal["keep", "expand"]

SMALL_DAG = 1000
"""Up to so many nodes the tree without a box is compared even where the first is accurate."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A tree, and the truths about the symbols under which it is right.

    ``obligations`` is empty where the tree is shown to be right wherever it has to be.
    ``inaccuracy`` is the largest error in float64 that was measured over the assumed box, if
    it is more than 1e-9.
    """

    tree: Expr
    obligations: tuple[Expr, ...] = ()
    inaccuracy: Inaccuracy | None = None

    @property
    def warning(self) -> str:
        """What :func:`lower` says about the obligations."""
        return (
            f"the tree is right where {words(self.obligations)}; "
            "that does not follow from what is assumed (see assume=)"
        )


def lower(
    expr: Expr,
    *,
    assume: Any = None,
    semantics: str | None = None,
    constants: Constants = "keep",
    basis: str = DEFAULT_BASIS,
    finite: bool = False,
) -> Expr:
    """Return a tree of ``eml``, 1, symbols and (with ``constants="keep"``) numbers.

    Args:
        assume: anything that :meth:`emlir.Assumptions.of` takes; more is short, and more is
            possible, where more is known. Right trees come first whose float64 values are
            accurate at sample points of the assumed box (error at most 1e-9 relative to
            max(1, |value|)), then small ones. A symbol without a bounded box is taken to
            be of moderate size.
        semantics: ``None``: ``expr`` is meant as a real function, and the tree, whose steps
            may leave the real line or be infinite, has its value wherever ``expr`` is
            defined in ``real``. With one of the three, tree and expression agree under it
            for all real values of the symbols; ``real`` has no sin.
        constants: ``keep`` leaves numbers as leaves, each counting 1 in K; ``expand``
            builds them too.
        basis: the operator to write it with, ``eml`` or ``edl``.
        finite: whether every step must be finite, wherever ``expr`` is defined in ``real``.

    Warns:
        ObligationWarning: with ``semantics=None``, no tree of an operator is shown to be
            right wherever it is defined (for x^y none is known at 0^0); says where the tree
            is right. See :func:`lowered` for the conditions as expressions.
        InaccuracyWarning: no tree found is accurate in float64 over the assumed box; says
            how large the error is, and where. It may be larger at points not looked at.

    Raises:
        LoweringError: an operator cannot be lowered where it stands; says which, and what
            is not known. ``TypeError`` for a truth expression;
            :class:`emlir.UnknownNameError` for an unknown basis.

    >>> import emlir
    >>> str(emlir.lower(emlir.parse("ln(x)")))
    'eml(1, eml(eml(1, x), 1))'
    """
    done = lowered(
        expr, assume=assume, semantics=semantics, constants=constants, basis=basis, finite=finite
    )
    if done.obligations:
        warnings.warn(done.warning, ObligationWarning, stacklevel=2)
    if done.inaccuracy is not None:
        warnings.warn(str(done.inaccuracy), InaccuracyWarning, stacklevel=2)
    return done.tree


def lowered(
    expr: Expr,
    *,
    assume: Any = None,
    semantics: str | None = None,
    constants: Constants = "keep",
    basis: str = DEFAULT_BASIS,
    finite: bool = False,
) -> Lowered:
    """Return the tree of :func:`lower` with its obligations, which are no warning here.

    Among trees whose conditions are not shown, one is taken only if no other is right on
    more; then the one in the range of float64, then the smallest.

    >>> import emlir
    >>> done = lowered(emlir.parse("x^y"))
    >>> done.tree.tree_size, [str(condition) for condition in done.obligations]
    (37, ['x != 0 or y > 0'])
    """
    _check_number(expr)
    if constants not in ("keep", "expand"):
        raise ValueError(f"constants is 'keep' or 'expand', not {constants!r}")
    meaning = None if semantics is None else check_semantics(semantics)
    context = Context(
        meaning or "real",
        Assumptions.of(assume),
        reals=True,
        allow_obligations=semantics is None,
    )
    return _lowered(expr, context, meaning, constants, basis, finite)


def lower_in(expr: Expr, context: Context) -> Expr:
    """Lower under the semantics and the assumptions of a context.

    Where the context allows obligations, the log has a step with those of the tree.
    """
    _check_number(expr)
    real = Context(
        context.semantics,
        context.assumptions,
        reals=True,
        allow_obligations=context.allow_obligations,
    )
    done = _lowered(expr, real, context.semantics, "keep", DEFAULT_BASIS, False)
    if done.obligations:
        context.log.note(Step("lower", expr, done.tree, done.obligations))
    return done.tree


def _check_number(expr: Expr) -> None:
    if expr.sort != "number":
        raise TypeError("a truth expression has no EML tree")


def _lowered(
    expr: Expr,
    context: Context,
    semantics: Semantics | None,
    constants: Constants,
    basis: str,
    finite: bool,
) -> Lowered:
    names = expr.symbols
    known = context.assumptions

    def engine(seen: Context, box: Assumptions, measure: Measure | None) -> Engine:
        conditions = Conditions(seen, semantics, finite)
        samples = Samples(box, names)
        expand = constants == "expand"
        return Engine(
            find_basis(basis), conditions, samples, expand, context.allow_obligations, measure
        )

    if not has_box(known, names):
        chosen = engine(context, known, None).run(expr)
        return Lowered(chosen.tree, obligations_of(chosen))
    measure = Measure(Samples(known, names), semantics)
    boxless = replace(context, assumptions=Assumptions(), log=Log(), _facts=None)
    rivals = [
        engine(context, Assumptions(), None),
        engine(boxless, Assumptions(), None),
    ]
    return _best(expr, engine(context, known, measure), rivals, measure)


def _best(expr: Expr, first: Engine, rivals: list[Engine], measure: Measure) -> Lowered:
    """Measure the tree of the first engine, and those of the rivals where that may help."""
    chosen = first.run(expr)
    best = _measured(expr, chosen, measure)
    if best.inaccuracy is None and expr.dag_size > SMALL_DAG:
        return best
    for rival in rivals:
        try:
            other = _measured(expr, rival.run(expr), measure)
        except LoweringError:
            continue
        if _rank(other) < _rank(best):
            best = other
    return best


def _measured(expr: Expr, choice: Choice, measure: Measure) -> Lowered:
    obligations = obligations_of(choice)
    return Lowered(choice.tree, obligations, measure.inaccuracy(expr, choice.tree, obligations))


def _rank(done: Lowered) -> tuple[bool, Fault, int]:
    fault = NO_FAULT if done.inaccuracy is None else done.inaccuracy.fault
    return bool(done.obligations), fault, done.tree.tree_size
