"""Populations on a GPU against its roofline: ``python tests/benchmarks/gpu.py``.

Prints eml evaluations a second of 4096 random EML trees on many points: the population machine
(values, and sums fused into the run), and the same work as a wavefront of torch calls. The
roofline is measured in the same run: CUDA's own exp and log in a straight kernel that reads and
decodes nothing. Without a GPU it says so.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import emlir
from emlir.plugin_api import Expr, Program
from emlir_torch.backend import CompiledProgram
from emlir_torch.plan import make_plan
from emlir_torch.population.encode import encode
from emlir_torch.population.launch import Population, is_there
from emlir_torch.wavefront import Wavefront

TREES = 4096
POINTS = (256, 4096, 65_536)
DEPTHS = (3, 4, 5)


def best(step: Callable[[], Any], repeats: int = 10) -> float:
    """Seconds of the fastest repetition, measured on the device."""
    step()
    torch.cuda.synchronize()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times)


def trees(depth: int) -> list[Expr]:
    rng = np.random.default_rng(depth)
    leaves = [emlir.const(1), *emlir.symbols("x y")]

    def tree(levels: int) -> Expr:
        if not levels:
            return leaves[rng.integers(3)]
        return emlir.eml(tree(levels - 1), tree(levels - 1))

    return [tree(depth) for _ in range(TREES)]


def measure(depth: int, points: int, dtype: str, limit: float) -> None:
    program = Program.from_exprs(trees(depth))
    code = encode(program, "real")
    assert code is not None
    kind = getattr(torch, dtype)
    columns = torch.empty((2, points), dtype=kind, device="cuda").uniform_(0.5, 2)
    target = columns[0].double()
    machine = Population(code, "real", kind, "cuda")
    rows = {"sums": lambda: machine.reduce(columns, target, "moments")}
    if TREES * points < 1 << 28:
        rows["values"] = lambda: machine.run(columns)

    def show(name: str, rate: float) -> None:
        what = f"depth {depth}, {points:6} points, {dtype}, {name:9}"
        share = f"{100 * rate / limit:5.1f} % of the roofline"
        print(f"{what}: {rate / 1e9:8.2f} G eml/s, {share}", flush=True)

    for name, step in rows.items():
        show(name, code.work * points / best(step))
    wave = wavefront(program, columns)
    if wave is not None:
        show("wavefront", code.work * points / best(wave))


def wavefront(program: Program, columns: torch.Tensor) -> Callable[[], Any] | None:
    """The same values by torch calls; ``None`` where they would not fit into the memory."""
    plan = make_plan(program, "real", smooth=False)
    if len(plan) * columns[0].numel() > 1 << 30:
        return None
    ready = Wavefront(plan, "cuda")
    leaves = plan.constant_tensors(columns.dtype, "cuda")
    by_name = dict(zip(program.symbols, columns, strict=True))
    leaves += [(row, by_name[name]) for row, name in plan.symbols]
    return lambda: ready(leaves, columns.shape[1], 1 << 26)


def check() -> None:
    """The machine and the backend on the device agree before anything is measured."""
    roots = trees(3)[:200]
    x, y = np.random.default_rng(0).uniform(0.5, 2, (2, 1000))
    program = Program.from_exprs(roots)
    found = CompiledProgram(make_plan(program, "real", smooth=False), "float64", "cuda")
    for root, values in zip(roots, found.run({"x": x, "y": y}), strict=True):
        expected = emlir.evaluate(root, {"x": x, "y": y})
        np.testing.assert_array_equal(np.isfinite(values), np.isfinite(expected))
        usual = np.isfinite(expected)
        np.testing.assert_allclose(values[usual], expected[usual], rtol=1e-9, atol=1e-9)
    print("agrees with numpy:", torch.cuda.get_device_name())


def main() -> int:
    if not torch.cuda.is_available():
        print("no GPU: nothing to measure")
        return 0
    if not is_there():
        print("no Triton: pip install triton")
        return 2
    check()
    from gpu_limit import eml_rate

    for dtype in ("float32", "float64"):
        limit = eml_rate(dtype)
        print(f"roofline: {limit / 1e9:.1f} G eml/s in {dtype}, CUDA's exp and log")
        for depth in DEPTHS:
            for points in POINTS:
                measure(depth, points, dtype, limit)
    return 0


if __name__ == "__main__":
    sys.exit(main())
