"""From a proposal to a form: the natural way to write a sum seen through a transform."""

import operator
from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir_search.form import Form, parameter
from emlir_search.match import Proposal, View, coefficients
from emlir_search.terms import INNER, Terms
from emlir_search.tidy import tidy
from emlir_search.transforms import main_sign

Array = NDArray[np.float64]


@np.errstate(all="ignore")
def assemble(proposal: Proposal, terms: Terms, view: View) -> Form | None:
    """Write a proposal as a form that starts at the best linear constants."""
    chosen = [terms.term(k) for k in proposal.members]
    linear = coefficients(terms.values[list(proposal.members)], view, proposal.offset)
    if linear is None:
        return None
    start = list(linear)
    bodies = []
    for expr, inner in chosen:
        places: dict[str | Expr, Expr] = {
            INNER[k]: parameter(len(start) + k) for k in range(len(inner))
        }
        bodies.append(expr.subs(places))
        start.extend(inner)
    if view.transform.log:
        sign = main_sign(view.noise.y)
        if proposal.offset:
            # the offset of ln y is the scale of y, with its sign
            start[len(bodies)] = sign * float(np.exp(start[len(bodies)]))
        elif sign < 0:
            return None
        expr = _product(bodies, proposal.offset)
    else:
        expr = view.transform.outer(_sum(bodies, proposal.offset))
    return Form(tidy(expr), tuple(parameter(k) for k in range(len(start))), np.array(start))


def _sum(bodies: Sequence[Expr], offset: bool) -> Expr:
    total: Expr | None = None
    for k, body in enumerate(bodies):
        term = parameter(k) * body
        total = term if total is None else total + term
    assert total is not None
    return total + parameter(len(bodies)) if offset else total


def _product(bodies: Sequence[Expr], offset: bool) -> Expr:
    """exp(offset + sum of c f): a scale, powers of what f is the logarithm of, and an exp."""
    factors = [parameter(len(bodies))] if offset else []
    rest: Expr | None = None
    for k, body in enumerate(bodies):
        if body.op.name == "ln":
            factors.append(body.args[0] ** parameter(k))
        else:
            term = parameter(k) * body
            rest = term if rest is None else rest + term
    if rest is not None:
        factors.append(emlir.exp(rest))
    return reduce(operator.mul, factors)
