"""Values at the sample points of the assumed box, and which trees stay in the range of float64.

This only decides which of several right trees is preferred, so samples are enough.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from emlir.assumptions import Assumptions, conjuncts
from emlir.expr.core import Expr, Operator
from emlir.expr.traverse import postorder
from emlir.passes.lowering.points import contains, nearest, points
from emlir.passes.lowering.template import HOLES
from emlir.semantics import Semantics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[Any]


class Samples:
    """Columns of values of expressions at the sample points, NaN where undefined."""

    def __init__(
        self,
        assumptions: Assumptions,
        names: tuple[str, ...],
        semantics: Semantics = "real",
    ) -> None:
        import numpy as np

        self._np = np
        self._given = assumptions, names
        self._semantics: Semantics = semantics
        self._dtype = np.complex128 if semantics == "complex" else np.float64
        self._columns: dict[Expr, Column] = {}
        self._functions: dict[Operator, Callable[..., Any]] = {}
        self._conditions: dict[tuple[Callable[..., Expr], int], list[list[Expr]]] = {}
        self._rows = points(assumptions, names)
        self._count = len(self._rows)
        columns = np.array(self._rows, dtype=self._dtype).reshape(self._count, len(names)).T
        self._symbols = dict(zip(names, columns, strict=True))

    def under(self, semantics: Semantics) -> "Samples":
        """Return the same points for values under another semantics."""
        return Samples(*self._given, semantics)

    @property
    def size(self) -> int:
        """The number of columns that are known."""
        return len(self._columns)

    @cached_property
    def inside(self) -> "Column":
        """Which points the assumptions allow."""
        assumptions, names = self._given
        allowed = self._np.array([contains(assumptions, names, row) for row in self._rows])
        for fact in assumptions.beyond_boxes():
            if set(fact.symbols) <= set(names):
                allowed &= self.column(fact) == 1
        return allowed

    def point(self, index: int) -> tuple[tuple[str, float], ...]:
        """Return a sample point with the names of the symbols."""
        return tuple(zip(self._given[1], self._rows[index], strict=True))

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
        """Return the values of an expression under the semantics of the samples."""
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
            return self._np.full(self._count, nearest(node.number), dtype=self._dtype)
        if node.op.kernel is None:
            return known[_parts(node)[0]]
        if node.op not in self._functions:
            self._functions[node.op] = _function(node.op, self._semantics)
        value = self._functions[node.op](*(known[arg] for arg in node.args))
        return value if value.shape else self._np.full(self._count, value)


def _function(op: Operator, semantics: Semantics) -> Callable[..., Any]:
    from emlir.numpy_backend import kernel_function  # imports NumPy

    found = kernel_function(op, semantics)
    assert found is not None
    return found


def _parts(node: Expr) -> tuple[Expr, ...]:
    """What must be known first: the arguments, or the definition of what has no kernel."""
    if node.op.kernel is None and node.op.definition is not None:
        return (node.op.definition(*node.args),)
    return node.args
