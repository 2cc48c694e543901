"""The cost model ``error``: how inaccurate a formula is in float64.

As a static estimate each operator adds the units in the last place that it may lose; sums and
differences, where cancellation strikes, weigh most. A choice among few is made by measuring.
"""

from collections.abc import Sequence

from emlir.plugin_api import Context, Expr, LocalCost, Operator
from emlir_egraph.samples import Samples

CANCELS = ("add", "sub")
WEIGHTS = {"add": 3.0, "sub": 5.0, "pow": 3.0, "exp": 2.0, "ln": 2.0, "eml": 9.0, "neg": 0.0}
"""In ulps; other operators count 1. eml is an exponential, a logarithm and a difference."""

MOST = 24
"""Candidates that are measured."""


def _error(op: Operator, costs: Sequence[float], numbers: Sequence[Expr | None]) -> float:
    own = WEIGHTS.get(op.name, 1.0) if op.arity else 0.01
    return own + sum(costs)


ERROR = LocalCost(_error)


def most_accurate(terms: Sequence[Expr], original: Expr, context: Context) -> Expr:
    """Return the term with the fewest wrong bits at sample points; the first among equals.

    The first ``MOST`` by the static estimate are measured.
    """
    samples = Samples.of(original, context)
    likely = sorted(dict.fromkeys(terms), key=lambda term: (term is not original, ERROR(term)))
    scored = [(samples.wrong_bits(term), ERROR(term), k) for k, term in enumerate(likely[:MOST])]
    return likely[min(scored)[2]]
