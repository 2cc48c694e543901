"""Letting the exact constants of a formula free again, to see what the data say about them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import Constant, postorder, write_number
from emlir_search.form import Form, parameter
from emlir_search.polish import Fitted, polish

Array = NDArray[np.float64]


def released(fitted: Fitted, columns: Mapping[str, Array]) -> tuple[Constant, ...]:
    """Return, for each exact constant, its value and standard error when it is fitted.

    A factor in front counts as the constant 1 if there is none. Nothing is returned where the
    data cannot tell the constants apart, as in a/(b + c*x).
    """
    if fitted.theta.size:
        return ()
    expr = fitted.form.expr
    numbers = [node for node in postorder((expr,)) if node.is_number]
    places: dict[str | Expr, Expr] = {node: parameter(k) for k, node in enumerate(numbers)}
    start = [float(node.number) for node in numbers]
    names = [write_number(node.number) for node in numbers]
    free = expr.subs(places)
    if not _has_scale(free):
        free = parameter(len(start)) * free
        start.append(1.0)
        names.append("1")
    if not start:
        return ()
    parameters = tuple(parameter(k) for k in range(len(start)))
    found = polish(Form(free, parameters, np.array(start)), columns, fitted.noise)
    if found is None or found.is_loose or not found.errors.all():
        return ()
    values = zip(found.theta, found.errors, names, strict=True)
    return tuple(Constant(float(value), float(error), exact) for value, error, exact in values)


def _has_scale(expr: Expr) -> bool:
    """Whether a constant already multiplies the whole formula, or it is a sum."""
    node = expr
    while node.op.name in ("mul", "div", "neg"):
        node = node.args[0]
    return node.op.name in ("add", "sub") or (node.is_symbol and node.name.startswith("\0"))
