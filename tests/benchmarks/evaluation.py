"""Evaluation, one thread, as ratios measured in one run: ``python tests/benchmarks/evaluation.py``.

Parts, by name: ``population`` (4096 trees on 256 points, against emltorch and the roofline of
libmvec), ``single`` (one eml on 64k points: the backends beside one another), ``points``
(10,000,000 points, or EMLIR_POINTS, against sympy's lambdify and numexpr) and ``compile`` (a
program of 10,000 nodes). A peer that is not installed is left out.
"""

import ctypes
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import emlir
from emlir.plugin_api import Expr, Program, manager
from emlir.testing.scale import random_dag

TREES, SAMPLES = 4096, 256
LARGE = int(os.environ.get("EMLIR_POINTS", "10000000"))
MIXED = (
    "exp(-x^2/7)*sin(3*x + 1/4) + 5/3*ln(x*x + 2) - 3/8*x*cos(x*(x + 2)) + x/(1 + exp(-2*x))"
    " - 7/9*exp(sin(x)/3)*(x - 1/5) + atan(x*x + 1)*tanh(x/2)*0.3 + (x*x*x - 2*x + 1)/(x*x + 3)"
    " + ln(3 + cos(5*x))/(2 + x*x) - 1/9*(x + 1)*(x - 2)*exp(-x*x/3)"
    " + 0.7*sin(x + ln(4 + x*x/2))*cos(2*x - 1/3) + tanh(0.1*x*x - 3)*(0.5*x + 2)"
    " - exp(-(x - 1)*(x - 1))/(5 + x*x) + 0.01*x*(x + 3)*exp(2 + cos(x))"
    " + sinh(x/5)*(0.2 + x)"
)
PURE = "exp(sin(ln(exp(cos(exp(sin(x))))))) + tanh(cos(sin(exp(tanh(x)))))"
ROOFLINE = """
#define ONE(name) __attribute__((simd("notinbranch"))) float name##f(float); \\
    __attribute__((simd("notinbranch"))) double name(double);
ONE(exp) ONE(log)
#define LOOP(name, real, f, g) \\
    void name(real *o, const real *a, const real *b, long n, long times) { \\
        for (; times; times--) { \\
            _Pragma("GCC ivdep") for (long k = 0; k < n; k++) o[k] = f(a[k]) - g(b[k]); \\
            __asm__ volatile("" ::: "memory"); \\
        } \\
    }
LOOP(float32, float, expf, logf)
LOOP(float64, double, exp, log)
"""
Tree = tuple[Any, Any]


def best(step: Callable[[], Any], repeats: int = 7) -> float:
    """Return the shortest CPU time of a step: other work on the machine only adds to it."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return min(times)


def there(name: str) -> bool:
    return find_spec(name) is not None


@lru_cache(maxsize=1)
def backends() -> list[str]:
    offered = manager()
    names = ("native", "numpy", "torch")
    return [n for n in names if n in offered.names("backends") and not _misses(n)]


def _misses(name: str) -> bool:
    return bool(manager().entry("backends", name).missing)


@lru_cache(maxsize=2)
def libmvec(dtype: str) -> Callable[[], None]:
    """Return a step of a million eml by libmvec on columns of a level-1 cache."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "roof.c"), Path(folder, "roof.so")
        source.write_text(ROOFLINE)
        flags = "-O3 -march=native -fno-math-errno -fno-trapping-math -shared -fPIC".split()
        command = ["gcc", *flags, "-o", str(library), str(source), "-lmvec", "-lm"]
        subprocess.run(command, check=True)
        loop = getattr(ctypes.CDLL(str(library)), dtype)
    loop.argtypes = (*[ctypes.c_void_p] * 3, ctypes.c_long, ctypes.c_long)
    first = np.random.default_rng(0).uniform(-2, 2, 1000).astype(dtype)
    arrays = np.empty_like(first), first, np.exp(first)
    return lambda: loop(*(array.ctypes.data for array in arrays), 1000, 1000)


def roofline(dtype: str) -> float:
    """Return the eml per second of libmvec, now: the machine may be slower at other times."""
    return 1e6 / best(libmvec(dtype), 25)


def emltorch_trees(depth: int, seed: int) -> tuple[Any, list[Tree]]:
    """Return emltorch's batch and its trees: each input of a node is 1, x or its child."""
    import torch
    from emltorch import BatchedEMLTree

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    batch = BatchedEMLTree(TREES, depth, 1, torch.float32, "cpu", 60.0, "peaked")
    choice = [batch.leaf_logits.argmax(-1), *(w.argmax(-1) for w in batch.internal_logits)]
    return batch, [_tree([level[k].tolist() for level in choice]) for k in range(TREES)]


def _tree(levels: list[list[list[int]]]) -> Tree:
    below: list[Tree] = []
    for level in levels:
        nodes = []
        for place, (left, right) in enumerate(level):
            first, second = (below[2 * place], below[2 * place + 1]) if below else (None, None)
            nodes.append(tuple(_input(c, n) for c, n in ((left, first), (right, second))))
        below = nodes  # type: ignore[assignment]
    return below[0]


def _input(choice: int, child: Tree | None) -> Any:
    return ("1", "x", child)[choice]


def random_trees(depth: int, seed: int) -> list[Tree]:
    """Perfect trees over eight variables: whole trees are hardly shared, their leaves are."""
    source = random.Random(seed)

    def tree(height: int) -> Any:
        return (tree(height - 1), tree(height - 1)) if height else f"v{source.randrange(8)}"

    return [tree(depth) for _ in range(TREES)]


def expression(tree: Any) -> Expr:
    if isinstance(tree, str):
        return emlir.const(1) if tree == "1" else emlir.symbols(tree)
    return emlir.eml(*map(expression, tree))


def population() -> None:
    for depth in (3, 4, 5):
        if there("emltorch"):
            _against_emltorch(depth)
        for dtype in ("float32", "float64"):
            _against_the_roofline(depth, dtype)


def _nodes(roots: list[Expr]) -> tuple[int, int]:
    """Return the eml nodes of all trees, and those that differ."""
    trees = sum((root.tree_size - 1) // 2 for root in roots)
    program = Program.from_exprs(roots)
    return trees, int(sum(op.arity > 0 for op, _ in program.rows()))


def _against_emltorch(depth: int) -> None:
    import torch

    batch, trees = emltorch_trees(depth, seed=depth)
    roots = [expression(tree) for tree in trees]
    x = np.random.default_rng(0).uniform(0.1, 2, SAMPLES).astype("float32")
    data = torch.from_numpy(x).expand(TREES, SAMPLES)
    with torch.no_grad():
        slow = best(lambda: batch(data), 5)
    nodes, rows = _nodes(roots)
    work = nodes * SAMPLES / 1e6
    print(f"depth {depth}, emltorch's trees, float32: {nodes:,} tree nodes, {rows:,} that differ")
    print(f"  emltorch: {work / slow:.1f} M tree nodes/s, ", end="")
    print(f"{TREES * (2**depth - 1) * SAMPLES / 1e6 / slow:.1f} with the nodes that it pads")
    for name in backends():
        ready = emlir.compile(roots, backend=name, dtype="float32")
        fast = best(partial(ready, {"x": x}))
        print(f"  {name}: {work / fast:.0f} M tree nodes/s, {slow / fast:.0f} x emltorch, ", end="")
        print(f"{rows * SAMPLES / 1e6 / fast:.0f} M rows/s (bar for native: 10 x)")


def _against_the_roofline(depth: int, dtype: str) -> None:
    roots = [expression(tree) for tree in random_trees(depth, seed=depth)]
    rng = np.random.default_rng(1)
    data = {f"v{k}": rng.uniform(0.1, 2, SAMPLES).astype(dtype) for k in range(8)}
    target = np.zeros(SAMPLES)
    _, rows = _nodes(roots)
    ready = emlir.compile(roots, backend="native", dtype=dtype)
    ran = manager().backend("native").compile(Program.from_exprs(roots), "real", dtype)
    steps = [partial(ran.run, data), partial(ready, data), partial(ready.moments, data, target)]
    roof = roofline(dtype)
    rates = [rows * SAMPLES / best(step, 15) for step in steps]
    roof = max(roof, roofline(dtype))
    shares = ", ".join(f"{100 * rate / roof:.0f} %" for rate in rates)
    print(f"depth {depth}, {rows:,} rows, {dtype}: native {rates[0] / 1e6:.0f} M rows/s,", end=" ")
    print(f"libmvec {roof / 1e6:.0f} M eml/s of 1000 numbers: {shares}")
    print("  (backend alone; with the hub; moments without outputs; bar: 40 %)", flush=True)


def single() -> None:
    x = np.random.default_rng(0).uniform(-2, 2, 1 << 16)
    data = {"x": x, "y": np.exp(x)}
    tree = emlir.parse("eml(x, y)")
    for dtype in ("float32", "float64"):
        some = {name: column.astype(dtype) for name, column in data.items()}
        ready = {name: emlir.compile(tree, backend=name, dtype=dtype) for name in backends()}
        program = Program.from_exprs([tree])
        bare = {n: manager().backend(n).compile(program, "real", dtype) for n in backends()}
        hub = {n: x.size / best(partial(ready[n], some), 40) for n in backends()}
        own = {n: x.size / best(partial(bare[n].run, some), 40) for n in backends()}
        for name in backends():
            print(f"one eml, 64k points, {dtype}, {name}: {own[name] / 1e6:.0f} M eml/s, ", end="")
            print(f"{own[name] / own['numpy']:.2f} x numpy; with the hub {hub[name] / 1e6:.0f} M")
    print("bar: torch / numpy at least 150 / 400 = 0.38")


def points() -> None:
    x = np.random.default_rng(0).uniform(-3, 3, LARGE)
    for name, text, bar in (("mixed", MIXED, 3), ("transcendental", PURE, 2)):
        expr = emlir.parse(text)
        transcendental, arithmetic = _kinds(expr)
        print(f"{name}: {transcendental} transcendental, {arithmetic} arithmetic, {LARGE:,} points")
        steps: dict[str, Callable[[], Any]] = {
            n: partial(emlir.compile(expr, backend=n), {"x": x}) for n in ("native", "numpy")
        }
        steps |= _peers(expr, x)
        values = {n: step()[:1000].copy() for n, step in steps.items()}
        for n, found in values.items():
            np.testing.assert_allclose(found, values["numpy"], rtol=1e-8, atol=1e-8, err_msg=n)
        times = {n: best(step, 3) for n, step in steps.items()}
        for n, seconds in times.items():
            print(f"  {n}: {seconds:.2f} s, {seconds / times['native']:.2f} x native")
        print(f"  bars: lambdify {bar} x, numexpr at least 1/1.3 = 0.77 x", flush=True)
        print(
            f"  peak memory of native: {_peak(steps['native']) / x.nbytes:.2f} x the input (bar: 3)"
        )


def _kinds(expr: Expr) -> tuple[int, int]:
    known = {"add", "sub", "mul", "div", "neg", "pow"}
    ops = [op for op, _ in Program.from_exprs([expr]).rows() if op.arity]
    arithmetic = sum(op.name in known for op in ops)
    return len(ops) - arithmetic, arithmetic


def _peers(expr: Expr, x: Any) -> dict[str, Callable[[], Any]]:
    import sympy

    text = emlir.emit(expr, "sympy")
    function = sympy.lambdify(sympy.Symbol("x"), sympy.sympify(text), "numpy")
    found: dict[str, Callable[[], Any]] = {"lambdify": lambda: function(x)}
    if there("numexpr"):
        import numexpr

        numexpr.set_num_threads(1)
        code = str(sympy.sympify(text).evalf(17)).replace("atan(", "arctan(")
        found["numexpr"] = lambda: numexpr.evaluate(code, {"x": x})
    return found


def _peak(step: Callable[[], Any]) -> int:
    """Return the peak of memory during a step, with what was there for the input, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    step()
    return _status("VmHWM") - before + LARGE * 8


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


def compile_time() -> None:
    expr = random_dag(10_000, seed=0)
    other = random_dag(10_000, seed=1)
    data = {name: np.ones(8) for name in expr.symbols}
    for name in backends():
        emlir.compile(other, backend=name)(data)
        first, again = (best(partial(_made_and_run, expr, name, data), 1) for _ in range(2))
        print(f"10,000 nodes, {name}: made and run {first:.3f} s, again {again:.4f} s (bar: 1 s)")


def _made_and_run(expr: Expr, name: str, data: dict[str, Any]) -> None:
    emlir.compile(expr, backend=name)(data)


PARTS = {
    "population": population,
    "single": single,
    "points": points,
    "compile": compile_time,
}


def main() -> None:
    warnings.simplefilter("ignore", RuntimeWarning)  # of the peers, outside of domains
    if there("torch"):
        import torch

        torch.set_num_threads(1)
    print("native:", manager().report(manager().entry("backends", "native")))
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
