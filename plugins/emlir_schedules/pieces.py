"""A schedule cut at the steps where its formula changes: between them it is smooth.

Choices, minima, maxima, absolute values, floors and remainders whose conditions are linear in
the step change at rational steps. Between two of these the schedule is one expression
without them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from emlir import Expr, false, true
from emlir.plugin_api import number, postorder, rebuild, symbol
from emlir_schedules.core import STEP
from emlir_schedules.tidy import COMPARED, fill

MOST = 2_000
"""Pieces that a schedule may have."""

_CHOSEN = frozenset({"where", "min", "max", "abs", "floor", "mod", *COMPARED})


@dataclass(frozen=True)
class Piece:
    """Between steps ``lo`` and ``hi``, exclusive, the schedule is ``expression``."""

    lo: Fraction
    hi: Fraction
    expression: Expr


class TooManyPiecesError(ValueError):
    """The formula changes at more steps than are looked at."""


def pieces(expression: Expr, lo: Fraction, hi: Fraction) -> list[Piece]:
    """Cut ``expression`` between two steps.

    What changes at places that are not found (where an argument is not linear) stays in the
    pieces. Raises :class:`TooManyPiecesError` beyond :data:`MOST` pieces.
    """
    done: list[Piece] = []
    waiting = [(lo, hi, expression)]
    while waiting:
        left, right, body = waiting.pop()
        ends = [left, *_cuts(body, left, right), right]
        if len(ends) + len(waiting) + len(done) > MOST:
            raise TooManyPiecesError(f"the formula changes at more than {MOST:,} steps")
        for a, b in reversed(list(pairwise(ends))):
            inner = fill(_chosen(body, (a + b) / 2), {})
            if inner is body:
                done.append(Piece(a, b, inner))
            else:
                waiting.append((a, b, inner))
    return sorted(done, key=lambda piece: piece.lo)


def _cuts(body: Expr, lo: Fraction, hi: Fraction) -> list[Fraction]:
    """Return where conditions that are linear in the step change inside an interval."""
    found: set[Fraction] = set()
    for node in postorder((body,)):
        if node.op.name in _CHOSEN:
            found.update(cut for cut in _changes(node, lo, hi) if lo < cut < hi)
    return sorted(found)


def _changes(node: Expr, lo: Fraction, hi: Fraction) -> Iterable[Fraction]:
    lines = [linear(arg) for arg in node.args if arg.sort == "number"]
    if node.op.name == "where" or None in lines:
        return []
    known = [line for line in lines if line is not None]
    if node.op.name == "floor":
        return _crossings(known[0], Fraction(1), lo, hi)
    if node.op.name == "mod":
        slope, period = known[1]
        return _crossings(known[0], period, lo, hi) if not slope and period else []
    if node.op.name == "abs":
        return _zero(known[0])
    return _zero((known[0][0] - known[1][0], known[0][1] - known[1][1]))


def _zero(line: tuple[Fraction, Fraction]) -> list[Fraction]:
    slope, constant = line
    return [-constant / slope] if slope else []


def _crossings(
    line: tuple[Fraction, Fraction], period: Fraction, lo: Fraction, hi: Fraction
) -> list[Fraction]:
    """Return where a line is a whole multiple of ``period``."""
    slope, constant = line
    if not slope:
        return []
    ends = sorted((slope * place + constant) / period for place in (lo, hi))
    first, last = ceil(ends[0]), floor(ends[1])
    if last - first > MOST:
        raise TooManyPiecesError(f"the formula changes at more than {MOST:,} steps")
    return [(k * period - constant) / slope for k in range(first, last + 1)]


def _chosen(body: Expr, at: Fraction) -> Expr:
    """Return ``body`` as it is around a place where no condition changes."""
    made: dict[Expr, Expr] = {}
    for node in postorder((body,)):
        args = tuple(made[arg] for arg in node.args)
        found = _around(node, args, at) if node.op.name in _CHOSEN else None
        made[node] = rebuild(node, args) if found is None else found
    return made[body]


def _around(node: Expr, args: tuple[Expr, ...], at: Fraction) -> Expr | None:
    """Return a node by the new arguments, if the old ones say which way it goes."""
    name = node.op.name
    if name == "where":
        return {"true": args[1], "false": args[2]}.get(args[0].op.name)
    lines = [linear(arg) for arg in node.args]
    if None in lines:
        return None
    values = [line[0] * at + line[1] for line in lines if line is not None]
    if name == "floor":
        return number(floor(values[0]))
    if name == "mod":
        slope, period = lines[1] or (0, 0)
        if slope or not period:
            return None
        return args[0] - args[1] * number(floor(values[0] / period))
    if name == "abs":
        return args[0] if values[0] >= 0 else -args[0]
    if name in ("min", "max"):
        return args[0] if (values[0] <= values[1]) == (name == "min") else args[1]
    return true() if COMPARED[name](*values) else false()


def linear(expr: Expr) -> tuple[Fraction, Fraction] | None:
    """Return slope and constant of an expression that is visibly linear in the step."""
    lines: dict[Expr, tuple[Fraction, Fraction] | None] = {}
    for node in postorder((expr,)):
        args = [lines[arg] for arg in node.args]
        lines[node] = _line(node, [line for line in args if line is not None])
        if None in args:
            lines[node] = None
    return lines[expr]


def _line(node: Expr, args: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction] | None:
    if node.is_number:
        return Fraction(0), node.number
    if node is symbol(STEP):
        return Fraction(1), Fraction(0)
    name = node.op.name
    if len(args) == 1 and name == "neg":
        return -args[0][0], -args[0][1]
    if len(args) != 2 or name not in ("add", "sub", "mul", "div"):
        return None
    (a, b), (c, d) = args
    if name in ("add", "sub"):
        sign = 1 if name == "add" else -1
        return a + sign * c, b + sign * d
    if name == "div":
        return (a / d, b / d) if not c and d else None
    if a and c:
        return None
    return a * d + c * b, b * d
