"""What is known about expressions under assumptions: defined, real, finite, and of which sign.

Everything is a safe statement for all values of the symbols that the assumptions allow.
``real``, ``finite`` and ``sign`` are meant wherever the expression is defined; False and
"any sign" say only that nothing is known. The rules are those of the operator records.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emlir.assumptions import Assumptions, Interval
from emlir.evaluate import ball_backend
from emlir.expr.core import Expr, build, number
from emlir.expr.signs import ANY, NEGATIVE, NOT_NEGATIVE, POSITIVE, ZERO
from emlir.expr.traverse import postorder
from emlir.semantics import Semantics

LARGEST_CONDITION = 400
"""Conditions of more nodes are not given to the balls: each may cost as much as the whole."""
BALL_WORK = 100_000
"""Nodes of conditions that the balls look at in all; then only signs and stated facts decide."""

_WANTED = {
    "gt": POSITIVE,
    "ge": NOT_NEGATIVE,
    "lt": NEGATIVE,
    "le": NEGATIVE | ZERO,
    "eq": ZERO,
    "ne": NEGATIVE | POSITIVE,
}
"""The signs of a - b at which a relation holds."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about the value of one expression, wherever it has one."""

    real: bool = False
    finite: bool = False
    sign: int = ANY


class Facts:
    """Answers about expressions under one semantics and one set of assumptions.

    With ``reals`` every symbol is a finite real number, as in ``lower``; else a symbol is any
    value of the semantics unless the assumptions bound it.
    """

    def __init__(self, semantics: Semantics, assumptions: Assumptions, reals: bool = False) -> None:
        self.semantics = semantics
        self.assumptions = assumptions
        self.reals = reals or semantics == "real"
        self._stated = frozenset(assumptions.known_facts())
        self._signs = _stated_signs(self._stated)
        self._ordered = _ordered_terms(self._stated)
        self._known: dict[Expr, Known] = {}
        self._defined: dict[Expr, bool] = {}
        self._inside: dict[Expr, bool] = {}
        self._decider: Callable[[Expr], bool | None] | None = None
        self._ball_work = BALL_WORK

    def of(self, expr: Expr) -> Known:
        """Return what is known about the value of ``expr``."""
        known = self._known
        if expr not in known:
            for node in postorder((expr,), known):
                known[node] = self._refined(node, self._node(node))
        return known[expr]

    def defined(self, expr: Expr) -> bool:
        """Whether ``expr`` is shown to have a value wherever its symbols have one."""
        defined = self._defined
        if expr not in defined:
            for node in postorder((expr,), defined):
                defined[node] = self._has_value(node)
        return defined[expr]

    def holds(self, condition: Expr) -> bool:
        """Whether a truth is shown to hold wherever its symbols and their terms are defined."""
        name = condition.op.name
        if name == "true" or condition in self._stated:
            return True
        if name in ("and", "or"):
            parts = (self.holds(part) for part in condition.args)
            if all(parts) if name == "and" else any(parts):
                return True
        elif name in _WANTED and self._by_sign(condition):
            return True
        return self._by_balls(condition)

    def _refined(self, node: Expr, known: Known) -> Known:
        sign = known.sign & self._signs.get(node, ANY)
        return Known(known.real or node in self._ordered, known.finite, sign)

    def _node(self, node: Expr) -> Known:
        if node.is_symbol:
            return self._symbol(node)
        if node.is_number:
            return Known(True, True, _sign_of(node))
        if node.op.name == "inf":
            return Known(True, False, POSITIVE)
        if node.op.name == "i":
            return Known(False, True)
        return self._application(node, [self._known[arg] for arg in node.args])

    def _symbol(self, node: Expr) -> Known:
        interval = self.assumptions.boxes.get(node.name)
        bounded = interval is not None and interval.is_bounded
        real = self.reals or self.semantics == "extended" or interval is not None
        sign = ANY if interval is None else _interval_sign(interval)
        return Known(real, self.reals or bounded, sign)

    def _application(self, node: Expr, args: list[Known]) -> Known:
        op, sign = node.op, ANY
        real = self.semantics != "complex" or self._is_inside(node)
        finite = all(arg.finite for arg in args)
        if op.signs is not None and finite and real:
            sign = op.signs(node.args, tuple([arg.sign for arg in args]))
        if finite and op.poles and self.semantics != "real":
            finite = self._is_inside(node)
        return Known(real, finite, sign)

    def _is_inside(self, node: Expr) -> bool:
        """Whether the arguments are real and in the operator's real domain."""
        inside = self._inside.get(node)
        if inside is None:
            inside = all(self.of(arg).real for arg in node.args)
            domain = node.op.domain
            inside = inside and (domain is None or self.holds(domain(*node.args)))
            self._inside[node] = inside
        return inside

    def _has_value(self, node: Expr) -> bool:
        """Whether it is defined, once that is known of its arguments."""
        if not node.args:
            constant = node.op.name
            if constant == "inf":
                return self.semantics != "real"
            return constant != "i" or self.semantics == "complex"
        if not all(self._defined[arg] and self.of(arg).finite for arg in node.args):
            return False
        return (node.op.entire and self.semantics == "complex") or self._is_inside(node)

    def _by_sign(self, condition: Expr) -> bool:
        left, right = condition.args
        if right is not _NOUGHT and left is _NOUGHT:
            left, right = right, left
            wanted = _WANTED[_MIRRORED[condition.op.name]]
        else:
            wanted = _WANTED[condition.op.name]
        known = self.of(left if right is _NOUGHT else build("sub", left, right))
        return known.real and not known.sign & ~wanted

    def _by_balls(self, condition: Expr) -> bool:
        if not self._is_small_and_real(condition):
            return False
        if self._decider is None:
            self._decider = ball_backend().decider(self.assumptions.boxes)
        return self._decider(condition) is True

    def _is_small_and_real(self, condition: Expr) -> bool:
        """Balls decide under ``real``, which is right if every symbol is a finite real."""
        seen = {condition}
        stack = [condition]
        while stack and len(seen) <= min(LARGEST_CONDITION, self._ball_work):
            node = stack.pop()
            if node.is_symbol and not (self.of(node).real and self.of(node).finite):
                return False
            fresh = [arg for arg in node.args if arg not in seen]
            seen.update(fresh)
            stack.extend(fresh)
        self._ball_work -= len(seen)
        return not stack


_NOUGHT = number(0)
_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"}


def _sign_of(node: Expr) -> int:
    return ZERO if node.number == 0 else POSITIVE if node.number > 0 else NEGATIVE


def _interval_sign(interval: Interval) -> int:
    sign = ANY
    lo, hi = interval.lo, interval.hi
    if lo is not None and lo >= 0:
        sign &= POSITIVE if lo > 0 or interval.lo_open else NOT_NEGATIVE
    if hi is not None and hi <= 0:
        sign &= NEGATIVE if hi < 0 or interval.hi_open else NEGATIVE | ZERO
    return sign


def _stated_signs(facts: frozenset[Expr]) -> Mapping[Expr, int]:
    """The signs that facts such as x*y > 0 state."""
    signs: dict[Expr, int] = {}
    for fact in facts:
        name = fact.op.name
        if name not in _WANTED:
            continue
        left, right = fact.args
        if left is _NOUGHT:
            left, right, name = right, left, _MIRRORED[name]
        if right is _NOUGHT:
            signs[left] = signs.get(left, ANY) & _WANTED[name]
    return signs


def _ordered_terms(facts: frozenset[Expr]) -> frozenset[Expr]:
    """Terms that an order fact compares directly: they are real."""
    orders = (fact for fact in facts if fact.op.name in ("lt", "le", "gt", "ge"))
    return frozenset(side for fact in orders for side in fact.args)
