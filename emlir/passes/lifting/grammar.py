"""Grammar: what a tree of a basis, and what ordinary operators over trees, may stand for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from emlir.expr.core import Expr, Operator, number
from emlir.expr.operator import Lowering
from emlir.expr.table import all_operators, builtin
from emlir.ops.basis import Basis
from emlir.ops.macros import MACROS
from emlir.passes.lifting.templates import Matcher
from emlir.passes.lowering.template import HOLES, Templates
from emlir.passes.lowering.ways import Ways
from emlir.text.syntax import parse

LITERALS = tuple(number(sign * size) for size in range(2, 17) for sign in (1, -1))
"""The exponents for which repeated squaring is seen."""


@dataclass(frozen=True, slots=True)
class Body:
    """A replacement with ordinary operators, and the formula that it replaces.

    ``way`` is ``None`` where the formula is defined as the body, so that they never differ.
    """

    pattern: Expr
    formula: Expr
    way: Lowering | None


class Grammar:
    """The trees and the bodies of a basis."""

    def __init__(self, basis: Basis) -> None:
        self.matcher = Matcher(basis, smallest=0)
        self._bodies: dict[Operator, list[Body]] = {}
        for body in _bodies(basis):
            self._bodies.setdefault(body.pattern.op, []).append(body)

    def bodies(self, op: Operator) -> list[Body]:
        """The bodies with that operator at the root."""
        return self._bodies.get(op, [])


@lru_cache
def grammar_of(basis: Basis) -> Grammar:
    """Return the grammar of a basis, made once."""
    return Grammar(basis)


@lru_cache
def formulas(name: str) -> tuple[Expr, ...]:
    """The formulas over holes that the name of an operator or a macro stands for."""
    if name in MACROS:
        return tuple(map(parse, MACROS[name]))
    op: Operator = builtin(name)
    return (op(*HOLES[: op.arity]),)


def _bodies(basis: Basis) -> Iterator[Body]:
    ways, templates = Ways(basis), Templates(basis)
    for op in all_operators():
        if op in basis.operators or op.gives != "number":
            continue
        holes = HOLES[: op.arity]
        if op.definition is not None:
            yield Body(op.definition(*holes), op(*holes), None)
        for way in ways.named(op.name, op.lowerings):
            for args in _arguments(way, holes):
                template = templates.of(way, args)
                if not template.pure:
                    yield Body(template.body, op(*args), way)


def _arguments(way: Lowering, holes: tuple[Expr, ...]) -> Iterator[tuple[Expr, ...]]:
    if not way.literal:
        yield holes
    else:
        yield from ((*holes[:-1], literal) for literal in LITERALS)
