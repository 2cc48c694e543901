"""Estimates of K: how large an operator becomes when it is lowered to the default basis.

Each operator gets a linear form in the sizes of its arguments, from the shortest of its
lowerings (those of witnesses included) whatever their conditions are; so the estimate may
be too small where conditions forbid the shortest tree.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from emlir.expr.core import Expr, Operator, symbol
from emlir.expr.operator import DEFAULT_BASIS, Lowering
from emlir.expr.table import all_operators
from emlir.expr.traverse import postorder
from emlir.ops.basis import find_basis
from emlir.plugins import manager

ROUNDS = 12
"""How often the table of all operators is refined: lowerings refer to other operators."""

Form = tuple[float, ...]
"""Constant part, then the factor of each argument."""

UNKNOWN = 1_000.0
"""What an operator without a lowering is taken to cost."""


def lowered_size(op: Operator, sizes: Sequence[float], numbers: Sequence[Expr | None]) -> float:
    """Return the estimate for a node from those of its arguments; leaves count 1."""
    if op.family == "leaf":
        return 1.0
    literal = tuple(numbers) if op.name == "pow" and numbers[1] is not None else ()
    form = _literal_form(op, literal) if literal else _table().get(op, ())
    if not form or math.isinf(form[0]):
        return UNKNOWN + sum(sizes)
    return form[0] + sum(factor * size for factor, size in zip(form[1:], sizes, strict=True))


@lru_cache(maxsize=1)
def _table() -> dict[Operator, Form]:
    table: dict[Operator, Form] = {}
    operators = [op for op in all_operators() if op.gives == "number"]
    for _ in range(ROUNDS):
        before = dict(table)
        for op in operators:
            form = _best(op, _placeholders(op.arity), table)
            if form is not None:
                table[op] = form
        if table == before:
            break
    return table


@lru_cache(maxsize=1_000)
def _literal_form(op: Operator, numbers: tuple[Expr | None, ...]) -> Form:
    holes = _placeholders(op.arity)
    args = tuple(
        hole if value is None else value for hole, value in zip(holes, numbers, strict=True)
    )
    return _best(op, args, _table()) or ()


def _placeholders(arity: int) -> tuple[Expr, ...]:
    return tuple(symbol(f"argument {k}") for k in range(arity))


def _best(op: Operator, args: tuple[Expr, ...], table: dict[Operator, Form]) -> Form | None:
    if _is_kept(op):
        return _plain(op)
    forms = [_form(body, _placeholders(op.arity), table) for body in _bodies(op, args)]
    known = [form for form in forms if form is not None]
    return min(known, key=sum) if known else table.get(op)


def _is_kept(op: Operator) -> bool:
    """Whether lowering leaves the operator as it is."""
    return op in find_basis(DEFAULT_BASIS).operators


def _plain(op: Operator) -> Form:
    return (1.0,) * (op.arity + 1)


def _bodies(op: Operator, args: tuple[Expr, ...]) -> list[Expr]:
    lowerings = [*_witnesses(op), *op.lowerings]
    fitting = [way for way in lowerings if way.basis in (DEFAULT_BASIS, "any")]
    bodies = [way.build(*args) for way in fitting if not way.literal or _has_number(args)]
    if op.definition is not None:
        bodies.append(op.definition(*args))
    return cast(list[Expr], bodies)


def _has_number(args: tuple[Expr, ...]) -> bool:
    return any(arg.is_number for arg in args)


def _witnesses(op: Operator) -> tuple[Lowering, ...]:
    offered = manager()
    if op.name not in offered.names("witnesses"):
        return ()
    return tuple(offered.get("witnesses", op.name))


def _form(body: Expr, holes: tuple[Expr, ...], table: dict[Operator, Form]) -> Form | None:
    """Return the linear form of a template; ``None`` while an operator in it has none."""
    forms: dict[Expr, Form] = {}
    for node in postorder((body,)):
        if node in holes:
            forms[node] = (0.0, *(float(node is hole) for hole in holes))
        elif node.is_symbol or node.is_number:
            forms[node] = (1.0, *(0.0 for _ in holes))
        else:
            own = _plain(node.op) if _is_kept(node.op) else table.get(node.op)
            if own is None:
                return None
            forms[node] = _combine(own, [forms[arg] for arg in node.args], len(holes))
    return forms[body]


def _combine(own: Form, inner: list[Form], width: int) -> Form:
    total = [own[0]] + [0.0] * width
    for factor, form in zip(own[1:], inner, strict=True):
        total = [old + factor * part for old, part in zip(total, form, strict=True)]
    return tuple(total)
