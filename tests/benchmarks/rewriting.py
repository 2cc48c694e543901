"""Rewriting and lowering: ``python tests/benchmarks/rewriting.py [PART]...``.

Parts: ``simplify`` (a million nodes, or EMLIR_NODES; beside the time of building the graph),
``suite`` (total K of the paper's 29 cases), ``stabilise`` (correct bits on the corpus before
and after) and ``minimal`` (searches for the shortest trees, without a cache).
"""

import operator
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import emlir
from emlir.testing import CASES, correct_bits
from emlir.testing.scale import random_dag
from emlir_minimal import minimal

SIZE = int(os.environ.get("EMLIR_NODES", "1000000"))
CORPUS = Path(__file__).parents[1] / "corpus" / "stabilise"
SHORT = ("0", "e", "exp(x)", "ln(x)", "2", "-1", "x - y", "x*y", "x + y")
MOST_K = 2346
"""The bar for the sum over the 29 cases; the paper's own compiler needs 9,114."""


def timed(step: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = step()
    return time.perf_counter() - start, result


def mixed_dag(size: int, seed: int) -> emlir.Expr:
    """Return a graph like :func:`random_dag` of many operators, with much to simplify."""
    source = random.Random(seed)
    unary = (emlir.exp, emlir.ln, emlir.sin, emlir.sqrt, operator.neg)
    binary = (operator.add, operator.sub, operator.mul, operator.truediv)
    nodes = [*emlir.symbols("x y z"), emlir.const(1), emlir.const(2)]
    for _ in range(size):
        last = nodes[-1]
        if source.random() < 0.3:
            nodes.append(source.choice(unary)(last))
        else:
            pair = [last, nodes[source.randrange(len(nodes))]]
            source.shuffle(pair)
            nodes.append(source.choice(binary)(*pair))
    return nodes[-1]


def simplify() -> None:
    for make in (random_dag, mixed_dag):
        floor, expr = timed(lambda f=make: f(SIZE, seed=0))
        seconds, _ = timed(lambda e=expr: emlir.rewrite(e, "simplify"))
        print(f"simplify, {make.__name__}, {expr.dag_size:,} nodes: {seconds:.1f} s", end=", ")
        print(f"{seconds / floor:.1f} x building it (bar for a million: 30 s)", flush=True)


def suite() -> None:
    warnings.simplefilter("ignore", UserWarning)  # x^y: no tree is right at (0, 0)
    seconds, trees = timed(lambda: [emlir.lower(c.expr, constants="expand") for c in CASES])
    total = sum(tree.tree_size for tree in trees)
    print(f"suite: total K {total:,} of {len(trees)} (bar {MOST_K:,})", end=", ")
    print(f"{seconds:.1f} s", flush=True)


def corpus() -> Iterator[tuple[str, str]]:
    for file in sorted(CORPUS.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                formula, box, _ = line.split("|")
                yield formula.strip(), box.strip()


def bits(formula: str, box: str) -> tuple[float, float]:
    """Return the mean correct bits before and after, at points that the pass did not see."""
    old = emlir.parse(formula)
    new = emlir.rewrite(old, "stabilise", assume=box)
    before = correct_bits(old, box, seed=77)
    after = correct_bits(new, box, truth=old, seed=77)
    return float(np.nanmean(before)), float(np.nanmean(after))


def stabilise() -> None:
    seconds, rows = timed(lambda: np.array([bits(*case) for case in corpus()]))
    before, after = rows.mean(axis=0)
    lost = max(0.0, float((rows[:, 0] - rows[:, 1]).max()))
    print(f"stabilise, {len(rows)} expressions: {before:.1f} to {after:.1f} correct bits", end=", ")
    print(f"most lost {lost:.2f}, {seconds:.0f} s", flush=True)


def shortest() -> None:
    for formula in SHORT:
        seconds, found = timed(lambda f=formula: minimal(f))
        claim = "proven shortest" if found.proven else "not proven"
        print(
            f"minimal {formula:<8} K {found.k:>3}, {claim}, {seconds:6.2f} s (bar 60 s)", flush=True
        )


PARTS = {"simplify": simplify, "suite": suite, "stabilise": stabilise, "minimal": shortest}


def main() -> None:
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
