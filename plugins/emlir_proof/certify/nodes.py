"""The claim of a certificate, as nodes and a box."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

from emlir.plugin_api import Claim, Expr, Interval, find_operator, number, postorder, symbol

MOST_NODES = 5_000
MOST_BITS = 12_000
"""Binary digits of a number; Python writes no more than 4,300 decimal ones."""


def nodes_of(expr: Expr) -> list[list[Any]]:
    """List the nodes of an expression, arguments first."""
    places: dict[Expr, int] = {}
    nodes: list[list[Any]] = []
    for node in postorder((expr,)):
        places[node] = len(nodes)
        if node.is_symbol:
            nodes.append(["var", node.name])
        elif node.is_number:
            nodes.append(["number", str(Fraction(node.number))])
        else:
            name = f"{node.op.qualified_name}@{node.op.version}"
            nodes.append([name, *(places[arg] for arg in node.args)])
    return nodes


def is_writable(claim: Claim) -> bool:
    """Whether a claim is small enough for a certificate: its nodes, and the digits of numbers."""
    nodes = list(islice(postorder((claim.expr,)), MOST_NODES + 1))
    numbers = [node.number for node in nodes if node.is_number]
    numbers += [end for side in claim.box.values() for end in (side.lo, side.hi) if end is not None]
    bits = [n.bit_length() for value in numbers for n in (value.numerator, value.denominator)]
    return len(nodes) <= MOST_NODES and max(bits, default=0) <= MOST_BITS


def box_of(claim: Claim) -> dict[str, list[Any]]:
    """Write the box: name: [lower end, open, upper end, open]; null is an infinite end."""
    return {name: _side(side) for name, side in sorted(claim.box.items())}


def _side(side: Interval) -> list[Any]:
    lo = None if side.lo is None else str(side.lo)
    hi = None if side.hi is None else str(side.hi)
    return [lo, side.lo_open, hi, side.hi_open]


def claim_of(written: Mapping[str, Any]) -> Claim:
    """Read a claim back from its nodes and its box."""
    made: list[Expr] = []
    for name, *rest in written["nodes"]:
        if name == "var":
            made.append(symbol(rest[0]))
        elif name == "number":
            made.append(number(Fraction(rest[0])))
        else:
            operator = find_operator(name.split(".")[-1].split("@")[0])
            made.append(operator(*(made[k] for k in rest)))
    return Claim(made[-1], {name: _interval(*side) for name, side in written["box"].items()})


def _interval(lo: str | None, lo_open: bool, hi: str | None, hi_open: bool) -> Interval:
    ends = [None if end is None else Fraction(end) for end in (lo, hi)]
    return Interval(ends[0], ends[1], lo_open, hi_open)
