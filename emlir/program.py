"""Program: the columnar form of expressions, for machines.

``Expr -> Program -> Expr`` is the identity. Search populations, backends, serialisation
and other compilers use it; pickling an expression goes through it.
"""

import copyreg
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from emlir.expr.core import NUMBER, SYMBOL, Expr, Operator, number, symbol
from emlir.expr.table import find_operator
from emlir.expr.traverse import postorder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Program:
    """Columnar SSA: node ``k`` is row ``k``; its arguments are rows before it.

    ``op`` indexes ``operators``; the arguments of row ``k`` are
    ``args[offsets[k]:offsets[k + 1]]``. A leaf has one argument, its index in ``symbols``
    or ``constants``. All columns are int32; ``roots`` are the rows that are results.
    """

    operators: tuple[Operator, ...]
    op: "Column"
    args: "Column"
    offsets: "Column"
    constants: tuple[Fraction, ...]
    symbols: tuple[str, ...]
    roots: "Column"

    def __len__(self) -> int:
        return len(self.op)

    @classmethod
    def from_exprs(cls, roots: Iterable[Expr]) -> "Program":
        """Write expressions as one program; shared nodes are shared rows."""
        return _Writer().write(tuple(roots))

    def to_exprs(self) -> tuple[Expr, ...]:
        """Read the roots back: the very same objects that were written."""
        nodes: list[Expr] = []
        for op, args in self.rows():
            if op is SYMBOL:
                nodes.append(symbol(self.symbols[args[0]]))
            elif op is NUMBER:
                nodes.append(number(self.constants[args[0]]))
            else:
                nodes.append(op(*(nodes[arg] for arg in args)))
        return tuple(nodes[root] for root in self.roots.tolist())

    def rows(self) -> "Iterable[tuple[Operator, Sequence[int]]]":
        """Yield operator and arguments of each row."""
        args, offsets = self.args.tolist(), self.offsets.tolist()
        for row, code in enumerate(self.op.tolist()):
            yield self.operators[code], args[offsets[row] : offsets[row + 1]]

    @cached_property
    def last_use(self) -> "Column":
        """For each row the last row that reads it; the program's length for roots."""
        import numpy as np

        last = np.arange(len(self.op), dtype=np.int32)
        for row, (op, args) in enumerate(self.rows()):
            if op.arity:
                last[args] = row
        last[self.roots] = len(self.op)
        return last

    def __reduce__(self) -> tuple[Callable[..., "Program"], tuple[Any, ...]]:
        names = tuple(op.name for op in self.operators)
        columns = tuple(c.tobytes() for c in (self.op, self.args, self.offsets, self.roots))
        return _restore, (names, self.constants, self.symbols, columns)


class _Writer:
    def __init__(self) -> None:
        self.operators: dict[Operator, int] = {}
        self.constants: dict[Fraction, int] = {}
        self.symbols: dict[str, int] = {}

    def write(self, roots: tuple[Expr, ...]) -> Program:
        rows: dict[Expr, int] = {}
        op: list[int] = []
        args: list[int] = []
        offsets = [0]
        for node in postorder(roots):
            rows[node] = len(op)
            op.append(self.operators.setdefault(node.op, len(self.operators)))
            if node.value is None:
                args.extend([rows[arg] for arg in node.args])
            else:
                args.append(self._leaf(node.value))
            offsets.append(len(args))
        columns = op, args, offsets, [rows[root] for root in roots]
        return self._pack(*columns)

    def _leaf(self, value: Fraction | str) -> int:
        if isinstance(value, str):
            return self.symbols.setdefault(value, len(self.symbols))
        return self.constants.setdefault(value, len(self.constants))

    def _pack(
        self, op: list[int], args: list[int], offsets: list[int], roots: list[int]
    ) -> Program:
        import numpy as np

        return Program(
            operators=tuple(self.operators),
            op=np.asarray(op, dtype=np.int32),
            args=np.asarray(args, dtype=np.int32),
            offsets=np.asarray(offsets, dtype=np.int32),
            constants=tuple(self.constants),
            symbols=tuple(self.symbols),
            roots=np.asarray(roots, dtype=np.int32),
        )


def _restore(
    names: tuple[str, ...],
    constants: tuple[Fraction, ...],
    symbols: tuple[str, ...],
    columns: tuple[bytes, ...],
) -> Program:
    import numpy as np

    op, args, offsets, roots = (np.frombuffer(column, dtype=np.int32) for column in columns)
    operators = tuple(find_operator(name) for name in names)
    return Program(operators, op, args, offsets, constants, symbols, roots)


def _first_expr(program: Program) -> Expr:
    return program.to_exprs()[0]


def _reduce(expr: Expr) -> tuple[Callable[[Program], Expr], tuple[Program]]:
    return _first_expr, (Program.from_exprs((expr,)),)


copyreg.pickle(Expr, _reduce)
