"""Cost models: how much an expression costs, so that the cheapest of equal ones can be chosen.

A cost model is a function from an expression to a number; smaller is better. Plugins
declare more through the hook ``emlir_costs``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from emlir.expr.core import Expr, Operator, symbol
from emlir.expr.traverse import dag_size, postorder
from emlir.lowered_size import lowered_size
from emlir.ops.basis import is_of_basis
from emlir.plugins import manager

CostModel = Callable[[Expr], float]
Values = Sequence[Expr | None]
"""For each argument of a node the exact number that it is, if it is one."""


@dataclass(frozen=True, slots=True)
class LocalCost:
    """A cost model in which a node's cost follows from its operator and its arguments' costs.

    ``at(operator, costs, numbers)`` gives the cost of a node; it must not be smaller than
    the cost of any argument. Arguments count as often as they are used.
    """

    at: Callable[[Operator, Sequence[float], Values], float]

    def __call__(self, expr: Expr) -> float:
        known: dict[Expr, float] = {}
        for node in postorder((expr,)):
            numbers = [arg if arg.is_number else None for arg in node.args]
            known[node] = self.at(node.op, [known[arg] for arg in node.args], numbers)
        return known[expr]


def cost(expr: Expr, model: str = "size") -> float:
    """Return what ``expr`` costs under an installed cost model.

    The hub has ``size`` (nodes of the tree), ``dag`` (distinct nodes), ``depth`` (edges to
    the deepest leaf), ``transcendental`` (operators that are not arithmetic) and ``k``
    (an estimate of the size after lowering to EML, each operator by its shortest tree
    whether or not its conditions hold here).

    Raises :class:`emlir.UnknownNameError` for a model that no plugin offers.

    >>> import emlir
    >>> [emlir.cost(emlir.parse("exp(x)*exp(x)"), m) for m in ("size", "dag", "depth")]
    [5.0, 3.0, 2.0]
    """
    return float(find_cost(model)(expr))


def find_cost(name: str) -> CostModel:
    """Return the cost model called ``name``."""
    found: CostModel = manager().get("costs", name)
    return found


def _size(op: Operator, costs: Sequence[float], numbers: Values) -> float:
    return 1.0 + sum(costs)


def _depth(op: Operator, costs: Sequence[float], numbers: Values) -> float:
    return 1.0 + max(costs) if costs else 0.0


def _transcendental(op: Operator, costs: Sequence[float], numbers: Values) -> float:
    return _own_transcendental(op) + sum(costs)


@lru_cache(maxsize=1_000)
def _own_transcendental(op: Operator) -> float:
    """1 beyond arithmetic; an operator of a basis counts as what it is defined by: eml as 2."""
    ways = [way for way in op.lowerings if way.basis == "any"] if is_of_basis(op) else []
    if not ways:
        return float(op.arity > 0 and op.family not in _RATIONAL)
    body: Expr = ways[0].build(*(symbol(f"argument {k}") for k in range(op.arity)))
    return sum(_own_transcendental(node.op) for node in postorder((body,)))


_RATIONAL = ("arithmetic", "piecewise", "leaf")

SIZE = LocalCost(_size)
DEPTH = LocalCost(_depth)
TRANSCENDENTAL = LocalCost(_transcendental)
K = LocalCost(lowered_size)
DAG: CostModel = dag_size
