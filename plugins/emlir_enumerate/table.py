"""Table: rows of values with back-pointers, one row for each class of equal formulas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import symbol
from emlir_enumerate.basis import Basis

LEAF = -1


@dataclass(frozen=True, eq=False)
class Table:
    """The smallest formula of each class, in the order of size.

    ``values[r]`` are the values of row ``r`` at the probe points, ``size[r]`` its number of
    nodes. ``op[r]`` indexes the functions of the basis, ``left`` and ``right`` are rows
    (``right`` is -1 for a function of one argument); for a leaf ``op`` is -1 and ``left``
    indexes ``leaves``. ``complete`` says up to which size nothing was left out.
    """

    basis: Basis
    leaves: tuple[Expr, ...]
    values: NDArray[np.float64]
    size: NDArray[np.int32]
    op: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    complete: int

    def __len__(self) -> int:
        return len(self.size)

    def expression(self, row: int) -> Expr:
        """Rebuild the formula of a row; shared parts are one node."""
        done: dict[int, Expr] = {}
        stack = [int(row)]
        while stack:
            current = stack[-1]
            if self.op[current] == LEAF:
                done[current] = self.leaves[self.left[current]]
            pending = [arg for arg in self._args(current) if arg not in done]
            if current in done or not pending:
                stack.pop()
                if current not in done:
                    function = self.basis.functions[self.op[current]]
                    done[current] = function.build(*(done[a] for a in self._args(current)))
            else:
                stack.extend(pending)
        return done[int(row)]

    def _args(self, row: int) -> list[int]:
        if self.op[row] == LEAF:
            return []
        pair = [int(self.left[row]), int(self.right[row])]
        return pair[: self.basis.functions[self.op[row]].arity]


def leaf_expressions(basis: Basis, names: tuple[str, ...]) -> tuple[Expr, ...]:
    """Return the variables, then the numbers of the basis."""
    variables = tuple(symbol(name) for name in names)
    return (*variables, *(basis.leaf(value) for value in basis.numbers))
