"""Where an expression is defined, as a truth expression that is itself defined everywhere."""

from collections.abc import Iterable
from typing import cast

from emlir import ne, true
from emlir.plugin_api import Expr, define, postorder

TRUE = true()


def defined(expr: Expr) -> Expr:
    """Return the condition under which ``expr`` has a value in the semantics ``real``.

    It follows the operators' domains, and the logic: ``where`` needs the chosen branch
    only, ``and`` and ``or`` only the side that decides. Read it with total operators.
    """
    root = define(expr, keep=lambda op: op.definition is None or op.domain is not None)
    conditions: dict[Expr, Expr] = {}
    for node in postorder((root,)):
        conditions[node] = _condition(node, [conditions[arg] for arg in node.args])
    return conditions[root]


def _condition(node: Expr, args: list[Expr]) -> Expr:
    kind = node.op.qualified_name
    if kind == "piecewise.where":
        return _all([args[0], _chosen(node.args[0], args[1], args[2])])
    if kind in ("piecewise.and", "piecewise.or"):
        return _decided(node, args)
    return _all([*args, _domain(node)])


def _all(conditions: Iterable[Expr]) -> Expr:
    kept = [c for c in dict.fromkeys(conditions) if c is not TRUE]
    if not kept:
        return TRUE
    result = kept[0]
    for condition in kept[1:]:
        result = result & condition
    return result


def _chosen(choice: Expr, yes: Expr, no: Expr) -> Expr:
    if yes is no:
        return yes
    return _all([choice, yes]) | _all([~choice, no])


def _decided(node: Expr, args: list[Expr]) -> Expr:
    """Both sides are defined, or one is and settles the matter alone."""
    both = _all(args)
    if both is TRUE:
        return both
    settles = node.op.qualified_name == "piecewise.or"
    left, right = (
        _all([condition, side if settles else ~side])
        for condition, side in zip(args, node.args, strict=True)
    )
    return both | left | right


def _domain(node: Expr) -> Expr:
    if node.op.domain is None:
        return TRUE
    if node.op.qualified_name == "arithmetic.pow" and node.args[1].is_number:
        return _power_domain(node.args[0], node.args[1])
    condition = cast(Expr, node.op.domain(*node.args))
    return TRUE if _is_settled(condition) else condition


def _is_settled(condition: Expr) -> bool:
    """Whether this says that two different numbers differ."""
    left, *right = condition.args
    differ = condition.op.qualified_name == "piecewise.ne" and left is not right[0]
    return differ and left.is_number and right[0].is_number


def _power_domain(base: Expr, exponent: Expr) -> Expr:
    if exponent.number.denominator == 1:
        return TRUE if exponent.number >= 0 else ne(base, 0)
    return base >= 0 if exponent.number > 0 else base > 0
