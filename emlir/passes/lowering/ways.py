"""The ways to write an operator applied to arguments: lowerings of operators and of macros."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from emlir.expr.core import Expr, Operator
from emlir.expr.operator import Lowering
from emlir.ops.basis import Basis
from emlir.ops.macros import MACROS
from emlir.passes.lowering.identities import identities
from emlir.plugins import manager
from emlir.rewrite.matching import match_args
from emlir.text.syntax import parse

Args = tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A lowering with the arguments that it is for, and the nodes that its macro spans."""

    lowering: Lowering
    args: Args
    spans: tuple[Expr, ...] = ()


class Ways:
    """Looks up lowerings in a basis: those of witnesses first."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self._named: dict[str, tuple[Lowering, ...]] = {}

    def of(self, op: Operator, args: Args, more: bool = False) -> Iterator[Way]:
        """Yield every way to write ``op`` applied to ``args``: definition and identities last."""
        for lowering in self.named(op.name, op.lowerings):
            yield Way(lowering, args)
        for name, pattern in _macros_at(op.name):
            lowerings = self.named(name)
            found = match_args(pattern, args) if lowerings else None
            if found is not None:
                bound, inner = found
                binding = tuple(bound[symbol] for symbol in sorted(bound))
                for lowering in lowerings:
                    yield Way(lowering, binding, tuple(inner))
        if op.definition is not None:
            yield Way(_meaning(op), args)
        if more:
            for lowering in identities(op.name):
                yield Way(lowering, args)

    def named(self, name: str, own: tuple[Lowering, ...] = ()) -> tuple[Lowering, ...]:
        """Return the lowerings for an operator, a macro or the text of a number."""
        if name not in self._named:
            offered = manager()
            has_more = name in offered.names("witnesses")
            more = tuple(offered.get("witnesses", name)) if has_more else ()
            found = (*more, *self.basis.lowerings.get(name, ()), *own)
            fitting = (self.basis.name, "any")
            self._named[name] = tuple(way for way in found if way.basis in fitting)
        return self._named[name]


@lru_cache
def _meaning(op: Operator) -> Lowering:
    assert op.definition is not None
    return Lowering(op.definition, basis="any", everywhere=True, source="definition")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[tuple[str, Expr]]]:
    found: dict[str, list[tuple[str, Expr]]] = {}
    for name, formulas in MACROS.items():
        for pattern in map(parse, formulas):
            found.setdefault(pattern.op.name, []).append((name, pattern))
    return found


def _macros_at(operator: str) -> list[tuple[str, Expr]]:
    return _patterns().get(operator, [])
