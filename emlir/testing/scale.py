"""Large expressions, for tests and benchmarks of size."""

import random

from emlir.expr.core import Expr, build, number, symbol


def chain(length: int) -> Expr:
    """Return c after ``length`` steps of c <- eml(x, c), from c = 1."""
    x = symbol("x")
    c = number(1)
    for _ in range(length):
        c = build("eml", x, c)
    return c


def random_dag(size: int, seed: int) -> Expr:
    """Return a graph of at least ``size`` distinct eml nodes, all reachable from the root.

    Each node takes the node before it and a random earlier one, in random order.
    """
    source = random.Random(seed)
    nodes = [number(1), symbol("x"), symbol("y")]
    known = set(nodes)
    while len(nodes) < size + 3:
        pair = [nodes[-1], nodes[source.randrange(len(nodes))]]
        source.shuffle(pair)
        node = build("eml", *pair)
        if node not in known:
            known.add(node)
            nodes.append(node)
    return nodes[-1]
