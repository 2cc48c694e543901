"""Which trees stay in the range of float64: asked at sample points of the assumed box.

This only decides which of several right trees is preferred, so samples are enough: the
corners of the box, and points inside that a fixed sequence gives. A symbol without a
bounded box is taken to be of moderate size.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from emlir.assumptions import Assumptions, Interval, conjuncts
from emlir.expr.core import Expr, Operator
from emlir.expr.traverse import postorder
from emlir.passes.lowering.template import HOLES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

MODERATE = 8.0
INSIDE = 16
MOST_CORNERS = 5
"""With more symbols than this only the two ends of the box are taken, not all corners."""


class Samples:
    """Columns of values of expressions at the sample points, NaN where undefined."""

    def __init__(self, assumptions: Assumptions, names: tuple[str, ...]) -> None:
        import numpy as np

        self._np = np
        self._columns: dict[Expr, Column] = {}
        self._functions: dict[Operator, Callable[..., Any]] = {}
        self._conditions: dict[tuple[Callable[..., Expr], int], list[list[Expr]]] = {}
        rows = points(assumptions, names)
        self._count = len(rows)
        columns = np.array(rows).reshape(self._count, len(names)).T
        self._symbols = dict(zip(names, columns, strict=True))

    def agree(self, floats: Callable[..., Expr], args: tuple[Expr, ...]) -> bool:
        """Whether a truth about arguments is not seen to fail where they are defined."""
        key = floats, len(args)
        if key not in self._conditions:
            truths = conjuncts(floats(*HOLES[: len(args)]))
            self._conditions[key] = [list(postorder((truth,))) for truth in truths]
        columns = {hole: self.column(arg) for hole, arg in zip(HOLES, args, strict=False)}
        with self._np.errstate(all="ignore"):
            return all(self._agrees(nodes, columns) for nodes in self._conditions[key])

    def _agrees(self, nodes: list[Expr], columns: "dict[Expr, Column]") -> bool:
        for node in nodes:
            if node not in columns:
                columns[node] = self._node(node, columns)
        return bool(columns[nodes[-1]].all())  # NaN counts as true

    def column(self, root: Expr) -> "Column":
        """Return the values of an expression under ``real``."""
        if root not in self._columns:
            self._evaluate(root)
        return self._columns[root]

    def _evaluate(self, root: Expr) -> None:
        known = self._columns
        stack = [root]
        with self._np.errstate(all="ignore"):
            while stack:
                node = stack[-1]
                pending = [part for part in _parts(node) if part not in known]
                if pending and node not in known:
                    stack.extend(pending)
                    continue
                stack.pop()
                if node not in known:
                    known[node] = self._node(node, known)

    def _node(self, node: Expr, known: "dict[Expr, Column]") -> "Column":
        if node.is_symbol:
            return self._symbols[node.name]
        if node.is_number:
            return self._np.full(self._count, _nearest(node.number))
        if node.op.kernel is None:
            return known[_parts(node)[0]]
        if node.op not in self._functions:
            self._functions[node.op] = _function(node.op)
        value = self._functions[node.op](*(known[arg] for arg in node.args))
        return value if value.shape else self._np.full(self._count, value)


def _function(op: Operator) -> Callable[..., Any]:
    from emlir.numpy_backend import kernel_function  # imports NumPy

    found = kernel_function(op, "real")
    assert found is not None
    return found


def _parts(node: Expr) -> tuple[Expr, ...]:
    """What must be known first: the arguments, or the definition of what has no kernel."""
    if node.op.kernel is None and node.op.definition is not None:
        return (node.op.definition(*node.args),)
    return node.args


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def points(assumptions: Assumptions, names: tuple[str, ...]) -> list[tuple[float, ...]]:
    """Return the sample points: the corners, and some inside."""
    sides = [_side(assumptions.boxes.get(name)) for name in names]
    if len(sides) <= MOST_CORNERS:
        corners = list(product(*sides))
    else:
        corners = list(zip(*sides, strict=True))
    inside = (
        tuple(lo + (hi - lo) * _fraction(k, j) for j, (lo, hi) in enumerate(sides))
        for k in range(1, INSIDE + 1)
    )
    return [*corners, *inside]


def _fraction(k: int, j: int) -> float:
    """The k-th point of the j-th of many sequences that fill the unit interval evenly."""
    return (k * math.sqrt(j + 2)) % 1.0


def _side(interval: Interval | None) -> tuple[float, float]:
    if interval is None or (interval.lo is None and interval.hi is None):
        return -MODERATE, MODERATE
    if interval.lo is None:
        end = _nearest(interval.hi or Fraction(0))
        return end - 2 * MODERATE, end
    lo = _nearest(interval.lo)
    return lo, lo + 2 * MODERATE if interval.hi is None else _nearest(interval.hi)
