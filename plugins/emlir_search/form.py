"""Form: a formula with free constants, ready to be run on data with its derivatives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emlir import Expr, Program
from emlir.plugin_api import Backend, Compiled, DataError, manager, symbol

Array = NDArray[np.float64]


RESERVED = "\0\1\2"
"""Names that begin so are those of free constants, of columns of reduced problems, of scales."""


def check_names(names: Iterable[str]) -> None:
    """Raise :class:`emlir.DataError` for a variable whose name this search needs for itself."""
    for name in names:
        if name.startswith(tuple(RESERVED)):
            raise DataError(f"the name {name!r} begins with a control character: rename it")


def parameter(index: int) -> Expr:
    """Return the symbol of a free constant; no column of data can have this name."""
    return symbol(f"\0{index}")


def is_parameter(node: Expr) -> bool:
    """Whether a node is a free constant."""
    return node.is_symbol and node.name.startswith("\0")


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
