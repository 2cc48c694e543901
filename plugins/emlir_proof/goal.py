"""Goal: a claim made ready for balls, every relation as a difference compared with 0."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from emlir.plugin_api import (
    JOINS,
    Claim,
    Expr,
    InexpressibleError,
    Interval,
    postorder,
    relations,
    symbol,
)
from emlir_arb import Value, arithmetic, prepare
from emlir_proof.linear import collect
from emlir_proof.signs import sign_of

RELATIONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
MAX_GRADIENT = 20_000
"""Nodes times symbols above which no derivatives are formed."""

_SMOOTH_FAMILIES = frozenset({"leaf", "eml", "arithmetic", "elementary"})
_CORNERS = frozenset({"piecewise.abs", "piecewise.min", "piecewise.max"})


@dataclass(frozen=True, slots=True)
class Atom:
    """One relation of a claim.

    ``difference`` is left minus right; it says where the relation is defined. There
    ``collected``, the same with equal terms cancelled, has the same value. ``sign`` is the
    sign that ``collected`` has by its form alone. ``gradient`` holds its partial
    derivatives, ``None`` where bounds on them would not bound its change.
    """

    relation: Expr
    difference: Expr
    collected: Expr
    sign: int
    gradient: Mapping[str, Expr] | None

    @property
    def kind(self) -> str:
        """``lt``, ``le``, ``gt``, ``ge``, ``eq`` or ``ne``."""
        return self.relation.op.name


def at(expr: Expr, point: Mapping[str, Fraction]) -> Expr:
    """Return ``expr`` with exact numbers in the place of symbols."""
    return expr.subs({symbol(name): value for name, value in point.items()})


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
        prepared = prepare(difference, "real")
        collected = prepare(collect(prepared), "real")
        gradient = _gradient(collected, self.free)
        return Atom(relation, prepared, collected, sign_of(collected), gradient)

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


def _gradient(expr: Expr, free: tuple[str, ...]) -> Mapping[str, Expr] | None:
    order = list(postorder((expr,)))
    if len(order) * len(free) > MAX_GRADIENT or not all(_changes_gently(node) for node in order):
        return None
    try:
        return {name: prepare(expr.diff(name), "real") for name in free}
    except ValueError:  # an operator without a derivative
        return None


def _changes_gently(node: Expr) -> bool:
    """Whether the operator is continuous where defined and its derivative bounds its change.

    floor, mod and where jump, with derivatives that do not show it; an operator of another
    plugin may do anything.
    """
    return node.op.family in _SMOOTH_FAMILIES or node.op.qualified_name in _CORNERS
