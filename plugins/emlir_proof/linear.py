"""Cancelling equal terms of sums: x + exp(x) - (1 + x) becomes exp(x) - 1."""

from fractions import Fraction

from emlir.plugin_api import Expr, number, postorder


def collect(expr: Expr) -> Expr:
    """Return ``expr`` as a sum of distinct terms with rational factors.

    It has the value of ``expr`` wherever that is defined, and may be defined on more.
    """
    order = list(postorder((expr,)))
    weights: dict[Expr, Fraction] = {expr: Fraction(1)}
    constant = Fraction(0)
    terms: list[tuple[Expr, Fraction]] = []
    for node in reversed(order):  # users before their arguments
        weight = weights.pop(node, Fraction(0))
        if not weight:
            continue
        if node.is_number:
            constant += weight * node.number
        elif _is_one(node):
            constant += weight
        elif not _distribute(node, weight, weights):
            terms.append((node, weight))
    return _sum(terms[::-1], constant)


def _is_one(node: Expr) -> bool:
    """Whether this is x/x, which is 1 wherever it is defined."""
    return node.op.qualified_name == "arithmetic.div" and node.args[0] is node.args[1]


def _distribute(node: Expr, weight: Fraction, weights: dict[Expr, Fraction]) -> bool:
    """Hand a weight on to the arguments if the node is linear in them."""
    name = node.op.qualified_name
    parts: list[tuple[Expr, Fraction]] = []
    if name in ("arithmetic.add", "arithmetic.sub"):
        sign = 1 if name == "arithmetic.add" else -1
        parts = [(node.args[0], weight), (node.args[1], sign * weight)]
    elif name == "arithmetic.neg":
        parts = [(node.args[0], -weight)]
    elif name == "arithmetic.mul":
        left, right = node.args
        if left.is_number:
            parts = [(right, weight * left.number)]
        elif right.is_number:
            parts = [(left, weight * right.number)]
    elif name == "arithmetic.div" and node.args[1].is_number and node.args[1].number:
        parts = [(node.args[0], weight / node.args[1].number)]
    for arg, share in parts:
        weights[arg] = weights.get(arg, Fraction(0)) + share
    return bool(parts)


def _sum(terms: list[tuple[Expr, Fraction]], constant: Fraction) -> Expr:
    total: Expr | None = None
    for term, weight in terms:
        size = term if abs(weight) == 1 else number(abs(weight)) * term
        if total is None:
            total = -size if weight < 0 else size
        else:
            total = total - size if weight < 0 else total + size
    if total is None:
        return number(constant)
    return total if not constant else total + number(constant)
