"""Checks that every plugin of a kind must pass; each raises ``AssertionError`` with the case."""

import re
from collections.abc import Mapping
from typing import Any

from numpy import ndindex

from emlir.columns import check_dtype, prepare_columns
from emlir.errors import InexpressibleError
from emlir.evaluate import ball_backend, evaluate
from emlir.expr.core import Expr, Operator, symbol
from emlir.expr.table import all_operators
from emlir.semantics import Semantics
from emlir.text.syntax import emit, find_syntax, parse


def check_round_trip(expr: Expr, syntax: str) -> None:
    """Check that a notation reads back the very object that it wrote."""
    text = emit(expr, syntax)
    back = parse(text, syntax)
    assert back is expr, f"{syntax}: {text!r} reads back as {back!r}, not {expr!r}"


def check_operators(syntax: str) -> int:
    """Check every operator in a notation: read back as it was, or refused by name.

    Returns the number of operators that the notation has.
    """
    known = find_syntax(syntax).operators
    written = 0
    for operator in all_operators():
        if operator.family == "leaf":
            continue
        args = [symbol("x") if sort == "number" else symbol("x") < 1 for sort in operator.takes]
        expr = operator(*args)
        if known is None or operator.name in known:
            check_round_trip(expr, syntax)
            written += 1
        else:
            _check_refusal(expr, operator.name, syntax)
    return written


def _check_refusal(expr: Expr, name: str, syntax: str) -> None:
    refusal = _refusal(expr, syntax)
    assert refusal is not None, f"{syntax} does not list {name} but writes it"
    assert re.search(rf"\b{re.escape(name)}\b", refusal), f"{refusal!r} does not name {name}"


def _refusal(expr: Expr, syntax: str) -> str | None:
    try:
        emit(expr, syntax)
    except InexpressibleError as error:
        return str(error)
    return None


def check_agreement(
    expr: Expr,
    columns: Mapping[str, Any],
    *,
    semantics: Semantics = "real",
    backend: str = "numpy",
    dtype: Any = None,
) -> int:
    """Check a float backend against balls, where docs/semantics.md demands agreement.

    That is where every node reached is decided, with 4 ulp of rounding allowed in each
    operation, and is exactly 0, an infinity of the semantics, or in the normal range.
    Returns the number of points that were compared.
    """
    kind = check_dtype(dtype, semantics)
    arrays, _ = prepare_columns(tuple(columns), columns, semantics, kind)
    values = evaluate(expr, columns, backend=backend, semantics=semantics, dtype=kind)
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
