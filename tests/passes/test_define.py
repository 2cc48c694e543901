"""define: an operator and its definition are one function, at every corner, in every backend."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import emlir
from emlir.evaluate import ball_backend
from emlir.expr.table import all_operators
from emlir.passes.define import define
from emlir.semantics import SEMANTICS
from emlir.testing.rules_values import core_values, more_values

DEFINED = [op for op in all_operators() if op.definition is not None and op.gives == "number"]
BITS = 200


def corners(semantics, arity):
    """Values that floats can hold; for functions of two arguments not too many."""
    more = more_values(semantics) if arity == 1 else ()
    return [at for at in dict.fromkeys((*core_values(semantics), *more)) if is_double(at)]


def is_double(at):
    value = emlir.rewrite(at, "fold")
    return not value.is_number or Fraction(float(value.number)) == value.number


def disagreements(name, left, right, semantics):
    """The corners at which two functions of x, y are not the same, in balls or in NumPy."""
    value_at = ball_backend().at_points(semantics, BITS)
    names = left.symbols
    points = list(product(corners(semantics, len(names)), repeat=len(names)))
    columns = {
        symbol: np.array([emlir.evaluate(point[k], semantics=semantics)[()] for point in points])
        for k, symbol in enumerate(names)
    }
    floats = [emlir.evaluate(side, columns, semantics=semantics) for side in (left, right)]
    for k, point in enumerate(points):
        values = {symbol: value_at(at, {}) for symbol, at in zip(names, point, strict=True)}
        balls = [value_at(side, values) for side in (left, right)]
        if "undecided" not in (balls[0].state, balls[1].state):
            yield from _differ(f"{name} at {[str(at) for at in point]}", balls, floats, k)


def _differ(where, balls, floats, k):
    if balls[0].state != balls[1].state or (
        balls[0].state == "number" and balls[0].differs(balls[1])
    ):
        yield f"{where}: balls {balls[0]}, {balls[1]}"
    undefined = balls[0].state == "undefined"
    a, b = (complex(side[k]) for side in floats)
    if np.isnan(a) != undefined:
        yield f"{where}: {a} in NumPy, {balls[0]} by balls"
    if np.isinf(a) and balls[0].is_finite is False and complex(str(balls[0])) != a:
        yield f"{where}: {a} in NumPy, {balls[0]} by balls"
    if np.isfinite(a) and np.isfinite(b) and abs(a - b) > 1e-9 * (1 + abs(b)):
        yield f"{where}: {a}, {b} in NumPy"


@pytest.mark.parametrize("semantics", SEMANTICS)
@pytest.mark.parametrize("op", DEFINED, ids=lambda op: op.name)
def test_value_and_domain_at_corners(op, semantics):
    expr = op(*("x", "y", "z")[: op.arity])
    assert list(disagreements(op.name, expr, define(expr), semantics)) == []


def test_a_definition_that_differs_at_an_infinity_is_found():
    x, y = emlir.symbols("x y")
    wrong = emlir.parse("x*sqrt(1 + (y/x)^2)")
    found = list(disagreements("hypot", emlir.hypot(x, y), wrong, "extended"))
    assert any("inf" in line for line in found)


def test_a_sum_that_does_not_absorb_would_be_found():
    x, y = emlir.symbols("x y")
    only_real = emlir.parse("hypot(x, y) + 0*(x + y)")
    assert list(disagreements("hypot", emlir.hypot(x, y), only_real, "complex"))
