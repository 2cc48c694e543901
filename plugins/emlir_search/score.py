"""Description length: how many nats it takes to write the formula, its constants and the data.

The data: the marginal likelihood of residuals of unknown size (Jeffreys' prior), with the
free constants integrated out around their best values (Laplace's approximation). A free
constant costs the more, the better the data know it; one that is a small rational can be
written shorter. Operators and leaves cost what naming them takes.
"""

from decimal import Decimal
from fractions import Fraction
from math import lgamma, log, pi

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import postorder
from emlir_search.form import is_parameter
from emlir_search.noise import Noise

Array = NDArray[np.float64]

PRIOR_WIDTH = 10.0
"""A constant is expected anywhere in a range of this many times its own size."""
OPERATOR_COST = {
    "add": 1.2, "sub": 1.2, "mul": 1.0, "div": 1.2, "neg": 0.7, "pow": 1.5,
    "exp": 1.8, "ln": 1.8, "sqrt": 2.5, "sin": 3.2, "cos": 3.2, "pi": 4.0, "e": 6.0,
}  # fmt: skip
OTHER_OPERATOR = 3.0
LEAF = 0.7
FUNCTIONS = ("pow", "exp", "ln", "sqrt", "sin", "cos")
CLOSED = 4.0
"""A function of constants only, sqrt(3) or exp(2): there are so many that some fit by chance."""
EXACT = 1.0
"""What it costs to claim that a constant is exactly a rational."""


def data_cost(residuals: Array, jacobian: Array, theta: Array, noise: Noise) -> float:
    """Return the cost of data and constants; infinite with more constants than data."""
    k = theta.size
    free = noise.rows - k
    if free < 1:
        return float("inf")
    total = float(residuals @ residuals) + noise.rows * noise.floor**2
    variance = total / free
    cost = 0.5 * free * log(pi * total) - lgamma(0.5 * free) + noise.units
    if k:
        # the natural size of a constant: its own, or what changes the formula by its whole
        norms = np.linalg.norm(jacobian, axis=0)
        effect = noise.signal / np.where(norms > 0, norms, 1.0)
        scaled = jacobian * np.maximum(np.abs(theta), effect)
        curvature = np.linalg.svd(scaled, compute_uv=False) ** 2
        cost += 0.5 * float(np.sum(np.log(2 * pi * variance + PRIOR_WIDTH**2 * curvature)))
    return float(cost)


def standard_errors(jacobian: Array, variance: float) -> Array:
    """Return the standard errors of the constants, from the curvature at the optimum."""
    norms = np.linalg.norm(jacobian, axis=0)
    safe = np.where(norms > 0, norms, 1.0)
    covariance = np.linalg.pinv((jacobian / safe).T @ (jacobian / safe), rcond=1e-13)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0) * variance) / safe
    return np.where(norms > 0, errors, 0.0)


def structure_cost(expr: Expr, variables: int) -> float:
    """Return the cost of the formula as a tree; free constants count as leaves only."""
    cost: dict[Expr, float] = {}
    closed: set[Expr] = set()
    for node in postorder((expr,)):
        if node.is_number:
            own = LEAF + EXACT + number_cost(node.number)
        elif is_parameter(node):
            own = LEAF
        elif node.is_symbol:
            own = LEAF + log(variables)
        else:
            own = OPERATOR_COST.get(node.op.name, OTHER_OPERATOR)
        if node.args and node.op.name in FUNCTIONS and all(arg in closed for arg in node.args):
            own += CLOSED
        if node.is_number or (not node.is_symbol and all(arg in closed for arg in node.args)):
            closed.add(node)
        cost[node] = own + sum(cost[arg] for arg in node.args)
    return cost[expr]


def number_cost(value: Fraction) -> float:
    """Return the cost of a rational, as a quotient or as a decimal, whichever is less."""
    quotient = 2.0 * log(1 + abs(value.numerator)) + 2.5 * log(value.denominator)
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(decimal) != value:
        return quotient
    _, digits, exponent = decimal.normalize().as_tuple()
    mantissa = int("".join(map(str, digits)))
    return min(quotient, 2.0 * log(1 + mantissa) + 0.8 * abs(int(exponent)))
