"""Checks that every plugin of a kind must pass; each raises ``AssertionError`` with the case."""

from collections.abc import Mapping
from typing import Any

from numpy import ndindex

from emlir.evaluate import ball_backend, evaluate, prepare_columns
from emlir.expr.core import Expr, Operator
from emlir.semantics import Semantics
from emlir.text.syntax import emit, parse


def check_round_trip(expr: Expr, syntax: str) -> None:
    """Check that a notation reads back the very object that it wrote."""
    text = emit(expr, syntax)
    back = parse(text, syntax)
    assert back is expr, f"{syntax}: {text!r} reads back as {back!r}, not {expr!r}"


def check_agreement(
    expr: Expr,
    columns: Mapping[str, Any],
    *,
    semantics: Semantics = "real",
    backend: str = "numpy",
) -> int:
    """Check a float backend against balls, where section 3 of the design demands agreement.

    That is where every node reached is decided, with 4 ulp of rounding allowed in each
    operation, and is exactly 0, an infinity of the semantics, or in the normal range.
    Returns the number of points that were compared.
    """
    arrays, _ = prepare_columns(tuple(columns), columns, semantics)
    values = evaluate(expr, columns, backend=backend, semantics=semantics)
    agrees, required = ball_backend().compare(expr, arrays, values, semantics)
    for index in ndindex(agrees.shape):
        if agrees[index]:
            continue
        point = {name: array[index] for name, array in arrays.items()}
        raise AssertionError(
            f"{backend} gives {values[index]!r} for {expr} at {point} under {semantics}, "
            "which is outside the ball"
        )
    return int(required.sum())


def check_operator(operator: Operator, columns: Mapping[str, Any]) -> None:
    """Check that the parts of an operator record agree with each other on data.

    ``columns`` gives a column for each argument, in order. Compared are: kernel and
    enclosure (under every semantics), and kernel and definition (in ``real``).
    """
    names = list(columns)
    expr = operator(*names)
    for semantics in ("real", "extended", "complex"):
        check_agreement(expr, columns, semantics=semantics)
    if operator.definition is not None and operator.kernel is not None:
        body = operator.definition(*expr.args)
        arrays, _ = prepare_columns(tuple(columns), columns, "real")
        values = evaluate(expr, columns)
        agrees, _ = ball_backend().compare(body, arrays, values, "real")
        assert agrees.all(), f"{operator.name}: kernel and definition differ at {columns}"
