"""Readings: from the leaves up, all that a tree may have been lowered from.

What a lowering builds is undone as a whole: a tree of a witness is the operator that it is
for, and a body of ordinary operators over trees, such as ln(1 + exp(x)), is the operator that
was replaced by it. Of several readings the smallest is taken.
"""

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.ops.basis import Basis, basis_of, is_of_basis
from emlir.passes.lifting.classes import Classes, Reading
from emlir.passes.lifting.functions import unfolding_of
from emlir.passes.lifting.grammar import Body, Grammar, formulas, grammar_of
from emlir.passes.lifting.templates import Match
from emlir.passes.lifting.validity import Validity
from emlir.passes.lowering.template import HOLES
from emlir.semantics import Semantics


def smallest_reading(
    root: Expr, assumptions: Assumptions, semantics: Semantics | None
) -> Expr | None:
    """The smallest expression that ``root`` is seen to be lowered from, or ``None``."""
    basis = next((basis_of(n.op) for n in postorder((root,)) if is_of_basis(n.op)), None)
    if basis is None:
        return None
    return Readings(basis, Validity(assumptions, semantics)).of(root)


class Readings:
    """Collects the readings of the nodes of a tree of one basis."""

    def __init__(self, basis: Basis, validity: Validity) -> None:
        self.basis = basis
        self.grammar: Grammar = grammar_of(basis)
        self.validity = validity
        self.classes = Classes(is_of_basis)
        self._classes: dict[Expr, int] = {}

    def of(self, root: Expr) -> Expr | None:
        """The smallest expression of the same value, or ``None`` if none is seen."""
        for node in postorder((root,)):
            self._classes[node] = self._class(node)
        return self.classes.best(self._classes[root])

    def _class(self, node: Expr) -> int:
        if node.is_symbol or node.is_number:
            return self.classes.leaf(node)
        made, is_new = self.classes.node((node.op, tuple(self._classes[a] for a in node.args)))
        if not is_new:
            return made
        if node.op in self.basis.operators:
            for match in self.grammar.matcher.matches(node):
                self._read(made, match)
        self._fold(made)
        if self.classes.best(made) is None and self.validity.semantics is not None:
            self._unfold(made, node)
        return made

    def _unfold(self, made: int, node: Expr) -> None:
        """Add an operator of a basis written out: the same value under any semantics.

        Where only real results count, this is not done: ln(y) for ln y + pi i never counts.
        """
        way = unfolding_of(node.op)
        if way is not None:
            found = tuple(self._classes[arg] for arg in node.args)
            self._instantiate(made, way.build(*HOLES[: len(found)]), found)
            self._fold(made)

    def _read(self, made: int, match: Match) -> None:
        """Add the formulas that a tree stands for."""
        found = tuple(self._classes[arg] for arg in match.args)
        args = self.classes.best_of(found)
        for formula in formulas(match.name):
            if args is not None and self.validity.holds(
                match.way, formula, args, match.template.body
            ):
                self._instantiate(made, formula, found)

    def _instantiate(self, to: int, formula: Expr, args: tuple[int, ...]) -> None:
        known = dict(zip(HOLES, args, strict=False))
        for node in postorder((formula,)):
            if node in known:
                continue
            if node.is_number or node.is_symbol:
                known[node] = self.classes.leaf(node)
                continue
            reading = node.op, tuple(known[arg] for arg in node.args)
            if node is formula:
                self.classes.add(to, reading)
                continue
            known[node], is_new = self.classes.node(reading)
            if is_new:
                self._fold(known[node])

    def _fold(self, made: int) -> None:
        """Add the operators that were replaced by a body, until there is nothing new."""
        done: set[Reading] = set()
        while fresh := [item for item in self.classes.readings(made) if item not in done]:
            for reading in fresh:
                done.add(reading)
                for body in self.grammar.bodies(reading[0]):
                    self._fold_body(made, reading, body)

    def _fold_body(self, made: int, reading: Reading, body: Body) -> None:
        for bound in self.classes.bindings(body.pattern, reading):
            holes = [hole for hole in HOLES if hole in bound]
            found = tuple(bound[hole] for hole in holes)
            args = self.classes.best_of(found)
            if args is not None and self.validity.holds(body.way, body.formula, args, body.pattern):
                self._instantiate(made, body.formula, found)
