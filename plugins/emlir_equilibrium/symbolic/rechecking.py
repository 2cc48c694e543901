"""Following the certificate of Krawczyk's operator once more, without the search."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from emlir_equilibrium.symbolic.dynamics import Dynamics
from emlir_equilibrium.symbolic.exact_intervals import Sides, halves
from emlir_equilibrium.symbolic.existence import KrawczykVerdict, Node, exact_sides, verdict_of
from emlir_equilibrium.symbolic.operator import Operator, Preconditioner
from emlir_equilibrium.symbolic.roots import are_apart


def recheck(certificate: Mapping[str, Any]) -> tuple[KrawczykVerdict, int | None]:
    """Return the verdict and the count that a certificate proves.

    Nothing is taken from the search but cuts, boxes and matrices: enclosures are made anew, each
    root's box must hold one zero, these boxes must be apart, and each part of the box must be shown
    to be empty or lie in one of them. Raises ``ValueError`` for a certificate that fails.

    >>> from emlir_equilibrium.symbolic import krawczyk
    >>> recheck(krawczyk({"x": "x^2 - 2"}, {"x": (-2, 2)}).certificate)
    ('several', 2)
    """
    try:
        check = _Check(certificate)
        check.roots()
        check.tree(certificate["tree"])
    except (KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError) as error:
        raise ValueError(f"this is no certificate: {error!r}") from None
    return verdict_of(len(check.boxes), check.open)


class _Check:
    def __init__(self, certificate: Mapping[str, Any]) -> None:
        self.operator = Operator(Dynamics.of(certificate["rates"]))
        self.given = exact_sides(self.operator, certificate["box"])
        self.claimed = certificate["roots"]
        self.boxes: list[Sides] = []
        self.open = 0

    def roots(self) -> None:
        """Check that each root's box is in the whole one, holds one zero, and is apart."""
        states = self.operator.states
        for root in self.claimed:
            sides = exact_sides(self.operator, root["box"])
            if any(sides[name] != self.given[name] for name in self.operator.dynamics.parameters):
                raise ValueError("a root is for other parameters")
            if not all(self.given[name].covers(sides[name]) for name in states):
                raise ValueError("a root's box is not in the box")
            if self.operator.try_box(sides, self._matrix(root)).outcome != "unique":
                raise ValueError("a box that is said to hold one fixed point is not shown to")
            self.boxes.append(sides)
        if not all(are_apart(a, b, states) for a, b in combinations(self.boxes, 2)):
            raise ValueError("the boxes of two roots meet")

    def tree(self, tree: Node) -> None:
        """Check each part of the box."""
        waiting: list[tuple[Node, Sides]] = [(tree, self.given)]
        while waiting:
            node, sides = waiting.pop()
            waiting.extend(_KINDS[node["kind"]](self, node, sides))

    def is_open(self, node: Node, sides: Sides) -> list[tuple[Node, Sides]]:
        self.open += 1
        return []

    def is_empty(self, node: Node, sides: Sides) -> list[tuple[Node, Sides]]:
        if self.operator.try_box(sides, self._matrix(node)).outcome != "empty":
            raise ValueError(f"a part that is said to be empty is not shown to be: {sides}")
        return []

    def is_inside(self, node: Node, sides: Sides) -> list[tuple[Node, Sides]]:
        around = self.boxes[int(node["root"])]
        if not all(around[name].covers(sides[name]) for name in self.operator.states):
            raise ValueError(f"a part that is said to be in a root's box is not: {sides}")
        return []

    def is_cut(self, node: Node, sides: Sides) -> list[tuple[Node, Sides]]:
        name = node["side"]
        if name not in self.operator.states:
            raise ValueError(f"a cut is across a state variable, not {name}")
        first, second = node["parts"]
        low, high = halves(sides[name])
        return [(first, {**sides, name: low}), (second, {**sides, name: high})]

    def is_narrowed(self, node: Node, sides: Sides) -> list[tuple[Node, Sides]]:
        tried = self.operator.try_box(sides, self._matrix(node))
        return [(node["inner"], tried.sides)]

    def _matrix(self, node: Node) -> Preconditioner | None:
        rows = node.get("matrix")
        if rows is None:
            return None
        matrix = tuple(tuple(Fraction(entry) for entry in row) for row in rows)
        size = len(self.operator.states)
        if len(matrix) != size or any(len(row) != size for row in matrix):
            raise ValueError(f"a matrix of {size} rows and columns is wanted")
        return matrix


_KINDS: dict[str, Callable[[_Check, Node, Sides], list[tuple[Node, Sides]]]] = {
    "open": _Check.is_open,
    "empty": _Check.is_empty,
    "inside": _Check.is_inside,
    "cut": _Check.is_cut,
    "narrow": _Check.is_narrowed,
}
