"""Time and memory of a million nodes, step by step: ``python tests/benchmarks/scale.py``."""

import pickle
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import emlir
from emlir.testing.scale import chain, random_dag

SIZE = 1_000_000


def timed(label: str, step: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{label:<28}{time.perf_counter() - start:8.2f} s   peak {peak:7.0f} MiB", flush=True)
    return result


def measure(name: str, expr: emlir.Expr, syntaxes: tuple[str, ...]) -> None:
    for syntax in syntaxes:
        text = timed(f"{name} print {syntax}", lambda s=syntax: emlir.emit(expr, s))
        back = timed(f"{name} parse {syntax}", lambda t=text, s=syntax: emlir.parse(t, s))
        assert back is expr
        del text, back
    timed(f"{name} digest", lambda: expr.digest)
    data = timed(f"{name} pickle", lambda: pickle.dumps(expr))
    assert timed(f"{name} unpickle", lambda: pickle.loads(data)) is expr
    program = timed(f"{name} to Program", lambda: emlir.Program.from_exprs((expr,)))
    assert timed(f"{name} from Program", program.to_exprs)[0] is expr


def main() -> None:
    if "dag" not in sys.argv[1:]:
        expr = timed("chain build", lambda: chain(SIZE))
        measure("chain", expr, ("rpn", "eml", "json"))
        x = np.linspace(0.1, 2, 20)
        value = timed("chain evaluate", lambda: emlir.evaluate(expr, {"x": x}))
        print("distance from the fixed point", np.abs(np.exp(x) - np.log(value) - value).max())
        timed("chain free", lambda: None)
        del expr
    if "chain" not in sys.argv[1:]:
        expr = timed("dag build", lambda: random_dag(SIZE, seed=0))
        measure("dag", expr, ("eml", "json"))
        try:
            emlir.emit(expr, "rpn")
        except emlir.TooLargeError as error:
            print("rpn refuses:", error)


if __name__ == "__main__":
    main()
