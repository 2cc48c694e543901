"""Form: a formula with free constants, ready to be run on data with its derivatives."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emlir import Expr, Program
from emlir.plugin_api import Backend, Compiled, manager, symbol

Array = NDArray[np.float64]


CONSTANT = "\0constant "
"""What the names of free constants begin with: no column of data is called that."""


def parameter(index: int) -> Expr:
    """Return the symbol of a free constant."""
    return symbol(f"{CONSTANT}{index}")


def index_of(place: Expr) -> int:
    """Return the index of a free constant."""
    return int(place.name.removeprefix(CONSTANT))


def is_parameter(node: Expr) -> bool:
    """Whether a node is a free constant."""
    return node.is_symbol and node.name.startswith(CONSTANT)


@dataclass(frozen=True, eq=False)
class Form:
    """A formula in variables and free constants, with values to start from.

    ``parameters`` are the symbols of the constants, ``start`` a value for each.
    """

    expr: Expr
    parameters: tuple[Expr, ...]
    start: Array

    @cached_property
    def _compiled(self) -> Compiled:
        roots = (self.expr, *(self.expr.diff(p) for p in self.parameters))
        backend: Backend = manager().backend("numpy")
        return backend.compile(Program.from_exprs(roots), "real")

    def run(self, columns: Mapping[str, Array], theta: Array) -> tuple[Array, Array]:
        """Return the values, NaN where undefined, and the derivatives (n, parameters).

        A derivative that is undefined (x^p at x = 0) is given as 0.
        """
        named = {p.name: np.asarray(v) for p, v in zip(self.parameters, theta, strict=True)}
        values, *slopes = self._compiled.run({**columns, **named})
        rows = next(iter(columns.values())).size
        jacobian = np.empty((rows, len(slopes)))
        for k, slope in enumerate(slopes):
            jacobian[:, k] = slope
        jacobian[~np.isfinite(jacobian)] = 0.0
        return np.broadcast_to(values, (rows,)), jacobian

    def values_on_grid(self, columns: Mapping[str, Array], grid: Array) -> Array:
        """Return the values (points of the grid, n) for constants ``grid`` (points, parameters)."""
        named = {p.name: grid[:, k : k + 1] for k, p in enumerate(self.parameters)}
        rows = {name: column[None, :] for name, column in columns.items()}
        return np.asarray(self._compiled.run({**rows, **named})[0])

    def fix(self, index: int, value: Expr, theta: Array) -> "Form":
        """Put ``value`` in the place of one constant; the others start at ``theta``."""
        expr = self.expr.subs({self.parameters[index]: value})
        rest = tuple(p for k, p in enumerate(self.parameters) if k != index)
        return Form(expr, rest, np.delete(theta, index))
