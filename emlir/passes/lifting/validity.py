"""Validity: where a tree may be read as the formula that it was lowered from."""

from collections.abc import Iterator

from emlir.assumptions import Assumptions
from emlir.expr.calculus import substitute
from emlir.expr.core import Expr, build, number
from emlir.expr.operator import Lowering
from emlir.expr.traverse import postorder
from emlir.passes.lowering.conditions import UNREAL, Conditions
from emlir.passes.lowering.template import HOLES
from emlir.rewrite.context import Context
from emlir.semantics import Semantics

Args = tuple[Expr, ...]


class Validity:
    """Judges readings by the conditions of the lowering.

    Without semantics a reading counts where it is defined in ``real``; there the arguments
    are real and inside the domains of its operators, and only what the lowering requires
    is to be shown. With one it must be defined wherever the tree is, so that real arguments
    and domains are to be shown as well. In ``real`` every step of the tree is real and
    defined where the tree is: so the arguments are real, and inside the domains of the
    operators that stand on them.
    """

    def __init__(self, assumptions: Assumptions, semantics: Semantics | None) -> None:
        self.semantics = semantics
        self.assumptions = assumptions
        self.context = Context(semantics or "real", assumptions, reals=True)
        self._conditions = Conditions(self.context, semantics, finite=False)

    def holds(self, way: Lowering | None, formula: Expr, args: Args, body: Expr) -> bool:
        """Whether ``body`` over the arguments may be read as ``formula`` over them.

        ``way`` is the lowering of the formula to the body, or ``None`` for a definition.
        """
        if formula.op.name in UNREAL or not self._conditions.real(args):
            return False
        if way is None:
            return True
        if not self._conditions.fits(way, steps_of_its_own=False):
            return False
        missing = [need for need in self._needs(way, formula, args) if not self.context.holds(need)]
        return not missing or (self.semantics == "real" and self._follow(missing, body, args))

    def _needs(self, way: Lowering, formula: Expr, args: Args) -> Iterator[Expr]:
        if way.requires is not None:
            yield way.requires(*_operands(formula, args))
        if self.semantics is not None:
            yield from _domains(formula, args)

    def _follow(self, needs: list[Expr], body: Expr, args: Args) -> bool:
        """Whether truths follow from what the operators on the arguments need."""
        known = list(_domains(body, args))
        known += [nonzero for truth in known for nonzero in _from_square(truth)]
        try:
            assumed = Assumptions.of(self.assumptions, *known)
        except ValueError:  # a contradiction: the tree is nowhere defined, so it is no formula
            return False
        context = Context("real", assumed, reals=True)
        return all(context.holds(need) for need in needs)


def _operands(formula: Expr, args: Args) -> Args:
    """The arguments, and the number where a formula of one operator has one."""
    table = dict(zip(HOLES, args, strict=False))
    count = sum(1 for node in postorder((formula,)) if node.args)
    if count != 1:
        return args
    return tuple(table.get(arg, arg) for arg in formula.args)


def _domains(formula: Expr, args: Args) -> Iterator[Expr]:
    """The domains of operators in a formula over arguments."""
    table = dict(zip(HOLES, args, strict=False))
    for node in postorder((formula,)):
        if node.args and node.op.domain is not None:
            yield node.op.domain(*(substitute(arg, table) for arg in node.args))


def _from_square(truth: Expr) -> Iterator[Expr]:
    """a*a > 0 says that a is not 0."""
    if truth.op.name == "gt" and truth.args[1] is number(0) and truth.args[0].op.name == "mul":
        left, right = truth.args[0].args
        if left is right:
            yield build("ne", left, number(0))
