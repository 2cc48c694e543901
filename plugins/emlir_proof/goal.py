"""Goal: a claim made ready for balls, every relation as a difference compared with 0."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from emlir.plugin_api import (
    JOINS,
    Claim,
    Expr,
    InexpressibleError,
    Interval,
    postorder,
    relations,
)
from emlir_arb import Value, arithmetic, prepare
from emlir_proof.form import Form, at

RELATIONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})


@dataclass(frozen=True, slots=True)
class Atom:
    """One relation of a claim.

    ``difference`` is left minus right; it says where the relation is defined. There ``form``
    has the same value and is easier to bound.
    """

    relation: Expr
    difference: Expr
    form: Form

    @property
    def kind(self) -> str:
        """``lt``, ``le``, ``gt``, ``ge``, ``eq`` or ``ne``."""
        return self.relation.op.name


class Goal:
    """The relations of a claim and the logic that joins them."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.pins = {
            name: i.lo for name, i in claim.box.items() if i.lo is not None and i.lo == i.hi
        }
        self.free = tuple(name for name in claim.expr.symbols if name not in self.pins)
        self.atoms = tuple(self._atom(node) for node in relations(claim.expr))
        reached = _joins(claim.expr)
        self._logic = [node for node in postorder((claim.expr,)) if node in reached]

    def _atom(self, relation: Expr) -> Atom:
        if relation.op.name not in RELATIONS:
            raise InexpressibleError(f"no prover for the operator {relation.op.qualified_name}")
        left, right = relation.args
        difference = at(left - right, self.pins)
        return Atom(relation, prepare(difference, "real"), Form(difference, self.free))

    def start(self) -> dict[str, Interval]:
        """Return the box of the symbols that are free to move."""
        return {name: self.claim.box[name] for name in self.free}

    def truth(self, balls: Iterable[Value]) -> Value:
        """Join the truth values of the relations to that of the claim."""
        known: dict[Expr, Any] = {
            atom.relation: ball for atom, ball in zip(self.atoms, balls, strict=True)
        }
        for node in self._logic:
            enclosure: Any = node.op.enclosure
            args = [known[arg] for arg in node.args]
            known[node] = enclosure(*args) if args else enclosure(arithmetic())
        result: Value = known[self.claim.expr]
        return result


def _joins(root: Expr) -> set[Expr]:
    found: set[Expr] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in found and node.op.name in JOINS:
            found.add(node)
            stack.extend(node.args)
    return found
