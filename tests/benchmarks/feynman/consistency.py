"""Whether a formula makes sense in units: like is added to like, and exp takes a number."""

from collections.abc import Mapping

import emlir
from emlir.fitting.dimensions import Dimension, combined, read_unit
from emlir.plugin_api import postorder

KEEPS = ("neg", "abs", "min", "max", "hypot")
"""Operators whose arguments are alike, and the value like them; besides + and -."""


class UnitError(ValueError):
    """A formula that adds or applies what its units do not allow."""


def dimension(truth: emlir.Expr, units: Mapping[str, str]) -> Dimension:
    """Return the dimension of a formula.

    Raises :class:`UnitError` with the part that is not consistent.
    """
    done: dict[emlir.Expr, Dimension] = {}
    for node in postorder((truth,)):
        if node.is_symbol:
            done[node] = read_unit(units[node.name])
        else:
            done[node] = _of_operator(node, done)
    return done[truth]


def check(truth: emlir.Expr, units: Mapping[str, str], y_unit: str) -> None:
    """Raise :class:`UnitError` unless the formula has the unit ``y_unit``."""
    found = dimension(truth, units)
    if found != read_unit(y_unit):
        raise UnitError(f"{truth} has the dimension {_show(found)}, not {y_unit}")


def _of_operator(node: emlir.Expr, done: dict[emlir.Expr, Dimension]) -> Dimension:
    if not node.args:
        return {}
    parts = [done[argument] for argument in node.args]
    name = node.op.name
    if name in ("mul", "div"):
        return combined(parts[0], parts[1], 1 if name == "mul" else -1)
    if name == "sqrt":
        return {unit: power / 2 for unit, power in parts[0].items()}
    if name == "pow" and node.args[1].is_number:
        return combined({}, parts[0], node.args[1].number)
    if name in ("add", "sub", *KEEPS):
        if any(part != parts[0] for part in parts):
            raise UnitError(f"{node} adds {' and '.join(map(_show, parts))}")
        return parts[0]
    if any(parts):
        raise UnitError(f"{name} of {_show(next(filter(None, parts)))} in {node}")
    return {}


def _show(found: Dimension) -> str:
    return "*".join(f"{unit}^{power}" for unit, power in found.items()) or "1"
