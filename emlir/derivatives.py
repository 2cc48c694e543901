"""Derivatives of systems: gradients by reverse accumulation, Jacobians and Hessians as programs.

Reverse accumulation takes all partial derivatives in one sweep over the graph: the adjoint of
a node is the derivative of the result by it, summed over the users of the node from the
result down (Griewank and Walther, Evaluating Derivatives, 2008, section 3.2). ``Expr.diff`` is the
forward mode.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from emlir.expr.calculus import differentiate, plus, times
from emlir.expr.core import Expr, Operator, number, symbol
from emlir.expr.traverse import postorder
from emlir.passes.define import define
from emlir.program import Program

ZERO, ONE = number(0), number(1)
Gradient = dict[Expr, Expr]
Names = str | Expr | Iterable[str | Expr]
"""Symbols to differentiate with respect to: one, or several."""


def gradient(expr: Expr, symbols: Names | None = None) -> tuple[Expr, ...]:
    """Return the partial derivatives of ``expr`` by ``symbols``; by default by all, sorted.

    ``symbols`` is one name or symbol, or several. Shared subterms are shared. A derivative is
    meant where ``expr`` is differentiable; for ``where``, ``min`` and ``max`` only the branch
    that is chosen needs one.

    Raises ``TypeError`` for a truth, and for what is no symbol; ``ValueError`` for an
    operator with neither a derivative nor a definition.

    >>> import emlir
    >>> [str(part) for part in emlir.gradient(emlir.parse("x^2*y + exp(x)"))]
    ['exp(x) + 2*x*y', 'x^2']
    """
    wanted = _wanted((expr,), symbols)
    found = _gradient(expr, wanted)
    return tuple(found.get(name, ZERO) for name in wanted)


def jacobian(exprs: Iterable[Expr], symbols: Names | None = None) -> Program:
    """Return the partial derivatives of several expressions as one program.

    Its roots are the entries row by row, a row for each expression and a column for each
    symbol; shared subterms are shared rows. Raises as :func:`gradient` does.

    >>> import emlir
    >>> polar = [emlir.parse("r*cos(t)"), emlir.parse("r*sin(t)")]
    >>> [str(entry) for entry in emlir.jacobian(polar).to_exprs()]
    ['cos(t)', '-sin(t)*r', 'sin(t)', 'cos(t)*r']
    """
    if isinstance(exprs, Expr):
        raise TypeError("jacobian takes several expressions: write [expr] for one")
    rows = tuple(exprs)
    wanted = _wanted(rows, symbols)
    entries = []
    for expr in rows:
        found = _gradient(expr, wanted)
        entries += [found.get(name, ZERO) for name in wanted]
    return Program.from_exprs(entries)


def hessian(expr: Expr, symbols: Names | None = None) -> Program:
    """Return the second derivatives of ``expr`` as one program, row by row.

    It is symmetric: an entry below the diagonal is the very row of the one above. Raises as
    :func:`gradient` does.

    >>> import emlir
    >>> [str(entry) for entry in emlir.hessian(emlir.parse("x^2*y")).to_exprs()]
    ['2*y', '2*x', '2*x', '0']
    """
    wanted = _wanted((expr,), symbols)
    first = _gradient(expr, wanted)
    size = len(wanted)
    entries = [[ZERO] * size for _ in range(size)]
    for i, name in enumerate(wanted):
        second = _gradient(first.get(name, ZERO), wanted[i:])
        for j in range(i, size):
            entries[i][j] = entries[j][i] = second.get(wanted[j], ZERO)
    return Program.from_exprs(entry for row in entries for entry in row)


def _wanted(exprs: Sequence[Expr], symbols: Names | None) -> tuple[Expr, ...]:
    for expr in exprs:
        if not isinstance(expr, Expr):
            raise TypeError(f"an expression is wanted, not {type(expr).__name__}: see emlir.parse")
        if expr.sort != "number":
            raise TypeError("a truth expression has no derivative")
    names: Iterable[str | Expr]
    if symbols is None:
        names = sorted({name for expr in exprs for name in expr.symbols})
    else:
        names = (symbols,) if isinstance(symbols, str | Expr) else symbols
    found = tuple(symbol(name) if isinstance(name, str) else name for name in names)
    if not all(isinstance(name, Expr) and name.is_symbol for name in found):
        raise TypeError("differentiate with respect to symbols")
    if len(set(found)) < len(found):
        raise ValueError("a symbol is named twice")
    return found


def _gradient(expr: Expr, wanted: Sequence[Expr]) -> Gradient:
    return _Reverse(define(expr, keep=_has_derivative), tuple(wanted)).gradient()


def _has_derivative(op: Operator) -> bool:
    known = op.derivative is not None or op.differential is not None
    return known or op.definition is None or op.gives == "truth"


class _Reverse:
    """One sweep from a root down.

    An operator whose derivative depends on a choice is a border that adjoints do not pass:
    0 times the derivative of a branch that is not chosen may be undefined. From there down
    the forward mode is used, which chooses.
    """

    def __init__(self, root: Expr, wanted: tuple[Expr, ...]) -> None:
        self._order = list(postorder((root,)))
        self._place = {node: k for k, node in enumerate(self._order)}
        self._wanted = wanted
        self._forward: dict[Expr, Gradient] = {name: {} for name in wanted}
        self._active: set[Expr] = set()
        for node in self._order:
            number = node.op.gives == "number"
            if node in wanted or (number and not self._active.isdisjoint(node.args)):
                self._active.add(node)

    def gradient(self) -> Gradient:
        """Return the derivatives that are not simply 0."""
        found: Gradient = {}
        root = self._order[-1]
        if root not in self._active:
            return found
        adjoints = {root: ONE}
        waiting = [-self._place[root]]
        while waiting:  # users before their arguments
            node = self._order[-heappop(waiting)]
            adjoint = adjoints.pop(node)
            if node in self._wanted:
                _add(found, node, adjoint)
            elif node.op.differential is not None:
                for name, slope in self._slopes(node):
                    _add(found, name, times(slope, adjoint, ONE))
            else:
                for arg, term in self._terms(node, adjoint):
                    if arg not in adjoints:
                        heappush(waiting, -self._place[arg])
                    _add(adjoints, arg, term)
        return found

    def _slopes(self, border: Expr) -> Iterable[tuple[Expr, Expr]]:
        """Yield the derivatives of a border that are not simply 0."""
        for name, known in self._forward.items():
            slope = differentiate(border, name, ZERO, ONE, known)
            if slope is not ZERO:
                yield name, slope

    def _terms(self, node: Expr, adjoint: Expr) -> Iterable[tuple[Expr, Expr]]:
        """Yield what a node adds to the adjoints of its arguments."""
        if node.op.derivative is None:
            raise ValueError(f"the operator {node.op.name} has no derivative")
        for arg, partial in zip(node.args, node.op.derivative(*node.args), strict=True):
            if arg in self._active and partial is not ZERO:
                yield arg, times(partial, adjoint, ONE)


def _add(sums: Gradient, key: Expr, term: Expr) -> None:
    known = sums.get(key)
    sums[key] = term if known is None else plus(known, term)
