"""What must be shown before a lowering may be used at a place."""

from collections.abc import Iterator

from emlir.expr.core import Expr
from emlir.expr.operator import Lowering
from emlir.expr.traverse import postorder
from emlir.passes.lowering.ways import Args, Way
from emlir.rewrite.context import Context
from emlir.semantics import SEMANTICS, Semantics

UNREAL = ("i", "inf")


def reach(way: Lowering) -> int:
    """The first semantics in which it is right, as a number: 0 real, 1 extended, 2 complex."""
    return min(SEMANTICS.index(name) for name in way.semantics)


class Conditions:
    """Judges lowerings.

    Without ``semantics`` the expression is meant as a real function: wherever it is
    defined, every argument is a real number in the domain of its operator, so that only
    ``requires`` is to be shown. With one, the arguments must be shown to be real, and inside
    the real domain unless the lowering is right everywhere.
    """

    def __init__(self, context: Context, semantics: Semantics | None, finite: bool) -> None:
        self.context = context
        self.semantics = semantics
        self.finite = finite
        self._promised: set[Expr] = set()

    @property
    def given(self) -> bool:
        """Whether arguments are real and in the domain wherever the expression counts."""
        return self.semantics in (None, "real")

    def fits(self, way: Lowering, steps_of_its_own: bool) -> bool:
        """Whether a lowering is one for these semantics at all."""
        if self.finite and steps_of_its_own and not way.finite:
            return False
        return self.semantics is None or reach(way) <= SEMANTICS.index(self.semantics)

    def missing(self, way: Way, node: Expr | None) -> list[Expr]:
        """Return the truths that are needed and were not shown."""
        return [need for need in self._needs(way, node) if not self.context.holds(need)]

    def real(self, args: Args) -> bool:
        """Whether arguments are shown to be real numbers wherever the expression counts.

        Constants that are no real numbers never are.
        """
        if self.given:
            return not any(arg.op.name in UNREAL for arg in args)
        return all(self._is_real(arg) for arg in args)

    def promise(self, body: Expr, args: Args) -> None:
        """Note what a lowering promises: its ordinary operators stand inside their domains."""
        if not self.given:
            self._promised.update(set(postorder((body,))) - set(postorder(args)))

    def _is_real(self, arg: Expr) -> bool:
        if arg in self._promised:
            return True
        return self.context.is_real(arg) and self.context.is_finite(arg)

    def _needs(self, way: Way, node: Expr | None) -> Iterator[Expr]:
        lowering = way.lowering
        if lowering.requires is not None:
            yield lowering.requires(*way.args)
        everywhere = lowering.everywhere and self.semantics in lowering.semantics
        if self.given or everywhere or node is None:
            return
        for inner in (node, *way.spans):
            if inner.op.domain is not None and inner not in self._promised:
                yield inner.op.domain(*inner.args)
