"""Claims about shape: monotone, convex, Lipschitz, written as claims about derivatives.

Each is a truth expression for :func:`emlir.prove`. On a box, which is convex, a continuous
function that has a derivative except at corners grows in a variable if that derivative is at
least 0; it is convex if all principal minors of its matrix of second derivatives are (Sylvester;
Horn and Johnson, Matrix Analysis, theorem 7.2.5); and by the mean value theorem it is Lipschitz
in the Euclidean norm with the constant that bounds the length of its gradient.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, number
from emlir.expr.traverse import postorder
from emlir.ops.piecewise import absolute, and_, eq, ge, gt, le, maximum
from emlir.text.syntax import parse

JUMPS = frozenset({"piecewise.floor", "piecewise.mod", "piecewise.where"})
CORNERS = frozenset({"piecewise.abs", "piecewise.min", "piecewise.max"})
MOST_VARIABLES = 4


def increasing(expr: Expr | str, name: str, strictly: bool = False) -> Expr:
    """Claim that ``expr`` grows (does not fall) in the symbol ``name``.

    Raises ``ValueError`` for an expression with jumps (floor, mod, where), whose derivative
    does not show how it changes.

    >>> import emlir
    >>> emlir.prove(emlir.increasing("x + sin(x)", "x"), {"x": (0, 6)}).verdict
    'proved'
    """
    return _monotone(_read(expr), name, 1, strictly)


def decreasing(expr: Expr | str, name: str, strictly: bool = False) -> Expr:
    """Claim that ``expr`` falls (does not grow) in the symbol ``name``; see :func:`increasing`."""
    return _monotone(_read(expr), name, -1, strictly)


def convex(expr: Expr | str, names: Iterable[str] | None = None) -> Expr:
    """Claim that ``expr`` is convex in ``names``, by default in all its symbols together.

    Raises ``ValueError`` for expressions with jumps or corners (abs, min, max), and for more
    than four symbols.

    >>> import emlir
    >>> emlir.prove(emlir.convex("x^2 + x*y + y^2"), "x in [-1, 1], y in [-1, 1]").verdict
    'proved'
    """
    return _curved(_read(expr), names, 1)


def concave(expr: Expr | str, names: Iterable[str] | None = None) -> Expr:
    """Claim that ``expr`` is concave; see :func:`convex`."""
    return _curved(_read(expr), names, -1)


def lipschitz(
    expr: Expr | str, constant: Expr | int | str, names: Iterable[str] | None = None
) -> Expr:
    """Claim that ``expr`` changes by at most ``constant`` times the Euclidean distance.

    ``names`` are the symbols that move, by default all. Raises ``ValueError`` for expressions
    with jumps.

    >>> import emlir
    >>> emlir.prove(emlir.lipschitz("sin(x)*cos(y)", 1), "x in [0, 1], y in [0, 1]").verdict
    'proved'
    """
    body = _read(expr)
    _refuse(body, JUMPS)
    bound = _read(constant) if isinstance(constant, str | Expr) else number(constant)
    slopes = [_slope(body, name) for name in _names(body, names)]
    if len(slopes) == 1:
        return _all([_defined(body), le(slopes[0], bound), ge(slopes[0], -bound)])
    squares = _sum(slope * slope for slope in slopes)
    return _all([_defined(body), ge(bound, number(0)), le(squares, bound * bound)])


def _monotone(body: Expr, name: str, sign: int, strictly: bool) -> Expr:
    _refuse(body, JUMPS)
    slope = _slope(body, name) if sign > 0 else -_slope(body, name)
    return and_(_defined(body), (gt if strictly else ge)(slope, number(0)))


def _slope(body: Expr, name: str) -> Expr:
    """Differentiate, with one of the two slopes at corners of abs, as min and max have."""
    made: dict[Expr, Expr] = {}
    for node in postorder((body,)):
        args = tuple(made[arg] for arg in node.args)
        if node.op is absolute:
            made[node] = maximum(args[0], -args[0])
        else:
            made[node] = rebuild(node, args)
    return made[body].diff(name)


def _curved(body: Expr, names: Iterable[str] | None, sign: int) -> Expr:
    _refuse(body, JUMPS | CORNERS)
    symbols = _names(body, names)
    if len(symbols) > MOST_VARIABLES:
        raise ValueError(f"convexity is claimed in at most {MOST_VARIABLES} symbols together")
    base = body if sign > 0 else -body
    rows = [[base.diff(a).diff(b) for b in symbols] for a in symbols]
    return _all([_defined(body), *(ge(minor, number(0)) for minor in _principal_minors(rows))])


def _principal_minors(rows: Sequence[Sequence[Expr]]) -> Iterator[Expr]:
    for size in range(1, len(rows) + 1):
        for places in combinations(range(len(rows)), size):
            yield _determinant([[rows[i][j] for j in places] for i in places])


def _determinant(rows: Sequence[Sequence[Expr]]) -> Expr:
    if len(rows) == 1:
        return rows[0][0]
    parts = []
    for k, first in enumerate(rows[0]):
        minor = _determinant([[*row[:k], *row[k + 1 :]] for row in rows[1:]])
        parts.append(first * minor if k % 2 == 0 else -(first * minor))
    return _sum(parts)


def _defined(body: Expr) -> Expr:
    """Equal to itself: true exactly where it is defined."""
    return eq(body, body)


def _sum(parts: Iterable[Expr]) -> Expr:
    total: Expr | None = None
    for part in parts:
        total = part if total is None else total + part
    return number(0) if total is None else total


def _all(claims: Sequence[Expr]) -> Expr:
    total = claims[0]
    for claim in claims[1:]:
        total = and_(total, claim)
    return total


def _read(expr: Expr | str) -> Expr:
    body = parse(expr) if isinstance(expr, str) else expr
    if body.sort != "number":
        raise TypeError(f"a shape is claimed of a number, not of {body}")
    return body


def _names(body: Expr, names: Iterable[str] | None) -> list[str]:
    found = list(body.symbols) if names is None else [names] if isinstance(names, str) else names
    return list(found)


def _refuse(body: Expr, names: frozenset[str]) -> None:
    for node in postorder((body,)):
        if node.op.qualified_name in names:
            raise ValueError(f"the derivative of {node.op.name} does not show how it changes")
