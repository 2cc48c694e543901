"""Templates: the trees of lowerings, found again in an expression."""

from collections.abc import Iterator
from dataclasses import dataclass

from emlir.expr.core import Expr, Operator
from emlir.expr.operator import Lowering
from emlir.expr.table import all_operators
from emlir.ops.basis import Basis
from emlir.ops.foreign import FOREIGN
from emlir.ops.macros import MACROS
from emlir.passes.lowering.template import HOLES, Template, Templates
from emlir.passes.lowering.ways import Ways

SMALLEST = 15
"""Smaller trees are read without a template."""


@dataclass(frozen=True, slots=True)
class Match:
    """A tree of a lowering of ``name``, over arguments."""

    name: str
    template: Template
    args: tuple[Expr, ...]

    @property
    def way(self) -> Lowering:
        """The lowering that built the tree."""
        return self.template.way


class Matcher:
    """Finds the trees of a basis, the largest first; those under a size are passed over."""

    def __init__(self, basis: Basis, smallest: int = SMALLEST) -> None:
        found = [item for item in _all(basis) if item[1].pure and item[1].base >= smallest]
        found.sort(key=lambda item: -item[1].base)
        self._groups: dict[Shape, list[tuple[str, Template]]] = {}
        for item in found:
            self._groups.setdefault(_shape(item[1].body), []).append(item)

    def matches(self, node: Expr) -> list[Match]:
        """Return what a node may be, the largest first."""
        shape = _shape(node)
        found: list[tuple[int, Match]] = []
        for pattern, group in self._groups.items():
            if _fits(pattern, shape):
                for name, template in group:
                    args = _match(template, node)
                    if args is not None:
                        found.append((template.base, Match(name, template, args)))
        found.sort(key=lambda item: -item[0])
        return [match for _, match in found]


Head = Operator | Expr | None
Shape = tuple[Head, ...]
"""The heads of the arguments and of theirs; ``None`` where there is none or a symbol."""


def _head(node: Expr) -> Head:
    return node if node.is_number else None if node.is_symbol else node.op


def _shape(node: Expr) -> Shape:
    inner = [part for arg in node.args for part in (arg.args or (arg, arg))[:2]]
    return tuple(_head(part) for part in (*node.args, *inner))


def _fits(pattern: Shape, shape: Shape) -> bool:
    """Whether a node of that shape may match; below a hole anything may stand."""
    if len(pattern) != len(shape):
        return True
    for expected, found in zip(pattern, shape, strict=True):
        if expected is not None and expected != found:
            return False
    return True


def _all(basis: Basis) -> Iterator[tuple[str, Template]]:
    ways, templates = Ways(basis), Templates(basis)
    for op in all_operators():
        if op not in basis.operators and op.gives == "number":
            lowerings = (*ways.named(op.name, op.lowerings), *FOREIGN.get(op.name, ()))
            for way in lowerings:
                if not way.literal and way.basis == basis.name:
                    yield op.name, templates.of(way, HOLES[: op.arity])
    for name, formulas in MACROS.items():
        arity = 2 if "y" in formulas[0] else 1 if "x" in formulas[0] else 0
        for way in ways.named(name):
            yield name, templates.of(way, HOLES[:arity])


def _match(template: Template, node: Expr) -> tuple[Expr, ...] | None:
    bound: dict[Expr, Expr] = {}
    stack = [(template.body, node)]
    while stack:
        expected, found = stack.pop()
        if expected in bound or expected.is_symbol:
            if bound.setdefault(expected, found) is not found:
                return None
        elif expected.op is not found.op or (not expected.args and expected is not found):
            return None
        else:
            bound[expected] = found
            stack.extend(zip(expected.args, found.args, strict=True))
    return tuple(bound[hole] for hole in template.holes)
