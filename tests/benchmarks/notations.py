"""How fast notations are read: ``python tests/benchmarks/notations.py``.

Each time stands beside that of a floor measured in the same run: what Python's own parser
of the same text, or cutting it into words, takes.
"""

import ast
import json
import random
import time
from collections.abc import Callable
from typing import Any

import emlir
from emlir.testing.scale import random_dag

MILLION = 1_000_000


def timed(step: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = step()
    return time.perf_counter() - start, result


def report(label: str, seconds: float, floor: float, name: str, bar: float) -> None:
    ratio = f"{seconds / floor:6.1f} x {name}"
    print(f"{label:<34}{seconds:7.2f} s  (bar {bar:g} s)  {ratio}", flush=True)


def random_rpn(symbols: int) -> str:
    """Return a formula of about so many words: 1, x, y and E."""
    source = random.Random(0)
    words: list[str] = []
    height = 0
    while len(words) < symbols or height != 1:
        if height > 1 and (len(words) >= symbols or source.random() < 0.5):
            words.append("E")
            height -= 1
        else:
            words.append(source.choice("1xy"))
            height += 1
    return " ".join(words)


def random_infix(nodes: int) -> emlir.Expr:
    source = random.Random(1)
    x, y = emlir.symbols("x y")
    expr = x
    while expr.tree_size < nodes:
        expr = source.choice([expr + y, emlir.sin(expr), expr * x, x / expr, expr**2, expr - 3])
    return expr


def main() -> None:
    emlir.parse("x")  # the grammar is built once
    text = random_rpn(MILLION)
    seconds, _ = timed(lambda: emlir.parse(text, "rpn"))
    report("rpn, 1,000,000 symbols", seconds, timed(text.split)[0], "str.split", 4)
    expr = random_dag(MILLION, seed=0)
    for syntax in ("json", "eml"):
        text = emlir.emit(expr, syntax)
        seconds, back = timed(lambda t=text, s=syntax: emlir.parse(t, s))
        assert back is expr
        floor = json.loads if syntax == "json" else str.split
        floor_seconds = timed(lambda t=text, f=floor: f(t))[0]
        report(f"{syntax}, 1,000,000 nodes", seconds, floor_seconds, floor.__qualname__, 15)
    del expr, back, text
    formula = random_infix(10_000)
    text = emlir.emit(formula)
    seconds, (back, _) = timed(lambda: emlir.parse(text, spans=True))
    assert back is formula
    shallow = " + ".join(["sin(x)*y**2"] * 2_000)
    floor_seconds = timed(lambda: ast.parse(shallow))[0]
    report("infix, 10,000 nodes with spans", seconds, floor_seconds, "ast.parse of as many", 1.5)


if __name__ == "__main__":
    main()
