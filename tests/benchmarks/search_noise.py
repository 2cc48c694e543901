"""Structures under noise: ``python -m tests.benchmarks.search_noise`` (``--help`` for options).

Laws y = a + b*f(x, z) with f a random small formula of the class table, 256 rows, and Gaussian
noise relative to the standard deviation of y. The structure is recovered if the formula found,
with its numbers fitted to the law without noise, is the law, and is not twice as large.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

import emlir
from emlir.plugin_api import postorder
from emlir_enumerate import ELEMENTARY, build_table

Array = NDArray[np.float64]

ROWS, SIZES = 256, (3, 6)
RANGE = (0.3, 3.0)
SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Law:
    """A law and its data without noise."""

    text: str
    columns: dict[str, Array]
    y: Array


def laws(count: int, seed: int) -> list[Law]:
    """Draw laws whose formulas are neither constant nor almost one."""
    rng = np.random.default_rng(seed)
    columns = {name: rng.uniform(*RANGE, ROWS) for name in ("x", "z")}
    table = build_table(columns, ELEMENTARY, max_size=SIZES[1], max_rows=100_000)
    spread = np.std(table.values, axis=1) / np.maximum(np.max(np.abs(table.values), axis=1), 1e-300)
    rows = np.flatnonzero((table.size >= SIZES[0]) & (spread > 0.05))
    # as many of each size: the largest are by far the most
    sizes = rng.integers(SIZES[0], SIZES[1] + 1, count)
    found = []
    for size in sizes:
        row = int(rng.choice(rows[table.size[rows] == size]))
        a, b = rng.uniform(-2, 2), rng.choice([-1, 1]) * rng.uniform(0.5, 3)
        found.append(Law(str(table.expression(row)), columns, a + b * table.values[row]))
    return found


def is_recovered(law: Law, found: emlir.Expr) -> bool:
    """Whether the law is the formula, with its numbers fitted, a scale and an offset."""
    numbers = [node for node in postorder((found,)) if node.is_number and node.number != 2]
    start = np.array([float(node.number) for node in numbers])

    def rest(factors: Array) -> Array:
        places = {
            node: emlir.const(float(value))
            for node, value in zip(numbers, start * factors, strict=True)
        }
        values = np.broadcast_to(emlir.evaluate(found.subs(places), law.columns), ROWS)
        matrix = np.stack([np.ones(ROWS), values / np.max(np.abs(values))], axis=1)
        if not np.isfinite(matrix).all():
            return np.full(ROWS, 1e3)
        return (law.y - matrix @ np.linalg.lstsq(matrix, law.y)[0]) / np.std(law.y)

    left = rest(np.ones(start.size))
    if start.size and np.std(left) > SAME:
        left = least_squares(rest, np.ones(start.size), xtol=1e-15, ftol=1e-15, gtol=1e-15).fun
    size = emlir.parse(law.text).tree_size + 4
    return bool(np.std(left) < SAME) and found.tree_size <= 2 * size


def main() -> None:
    parser = argparse.ArgumentParser(prog="search_noise", description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--noise", type=float, action="append", help="may be given several times")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each law")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    for level in asked.noise or [0.0, 0.01, 0.1]:
        recovered = 0
        for k, law in enumerate(laws(asked.count, asked.seed)):
            rng = np.random.default_rng([asked.seed, k])
            y = law.y + level * np.std(law.y) * rng.normal(size=ROWS)
            x = np.stack(list(law.columns.values()), axis=1)
            found = emlir.fit(x, y, names=list(law.columns), time_limit=asked.seconds)
            good = is_recovered(law, found.expression)
            recovered += good
            print(f"{level:g} {'yes' if good else 'no ':3} {law.text} -> {found.expression}")
        print(f"noise {level:g}: {recovered} of {asked.count}")


if __name__ == "__main__":
    main()
