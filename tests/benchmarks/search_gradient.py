"""How often gradients find a tree: python -m tests.benchmarks.search_gradient.

1. The paper's five targets (arXiv 2603.21852: one for each depth 2 to 6, on [1, 3] x [1, 3] where
   they are real), from its four kinds of random starts and from the true tree with noise on its
   logits, with the paper's own counts beside. Variables are at the leaves only, as there.
2. Random trees of exact depth over {1, x}, by the master formula (variables at every input).

A run counts if its snapped tree leaves less than 1e-20 of the variance on the training points, and
gives the target on every row when it is evaluated over the complex numbers without any clamp.

With --hybrid: laws of eml and products by the strategy hybrid_mul instead, 100 rows of [0.5, 2.5],
and the largest relative error of the printed formula at 1000 other rows of [0.5, 4].

Times are CPU seconds of one thread. --runs 448: as many as the paper; --steps paper: its steps.
"""

import argparse
import os
from dataclasses import dataclass
from itertools import cycle
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import emlir
from emlir_enumerate.eml import tree_values
from emlir_search.gradient.shape import Shape, tree_of
from emlir_search.gradient.starts import KINDS, Logits, perturbed, random_start
from emlir_search.gradient.train import TOOLKIT, Schedule, Training
from tests.benchmarks.search_eml import PAPER, X, family_tree, lifted

TREES = (
    "eml(1, eml(y, x))",
    "eml(eml(1, eml(y, x)), 1)",
    "eml(1, eml(eml(1, eml(x, y)), 1))",
    "eml(1, eml(eml(1, eml(1, eml(x, y))), 1))",
    "eml(1, eml(eml(eml(1, eml(eml(x, y), 1)), 1), 1))",
)
"""The paper's targets as trees whose variables are at the lowest level."""
PUBLISHED = {2: (32, 32), 3: (17, 64), 4: (15, 64), 5: (4, 448), 6: (0, 448)}
"""Successes and runs of the paper, all kinds of starts together."""
PUBLISHED_WARM = {5: (4, 4), 6: (4, 4)}
POINTS = 64
CHECK = 50
EXACT, ROOM = 1e-20, 1e-9
LAWS = (
    "x*y", "x^2", "x*y*z", "3*x*y + 2", "4*x^5*exp(x*y)", "exp(x) - ln(y)", "x*exp(x)", "x/y",
    "x + y", "x*ln(y)", "z*exp(-x*y)", "3*y*exp(-1.3*x)", "2.5*x*exp(-0.7*x)",
    "4*x*exp(-2.5*y) + 1", "3*y*z*exp(-1.3*x)", "5*exp(-x^2/2)", "2*exp(-(x - 1)^2)",
    "2*ln(3*x + 1)", "2*x - 3*y", "x^3 + x^2 + x", "sin(x)",
)  # fmt: skip
"""The last four are outside of the space, or far in it."""
STEPS = {"default": Schedule(), "paper": TOOLKIT}


@dataclass
class Outcome:
    """How some runs ended; ``at_start`` were right before the first step."""

    runs: int
    found: int = 0
    at_start: int = 0
    redrawn: int = 0
    best: float = np.inf

    def __str__(self):
        return f"{self.found:3d}/{self.runs:<3d} {self.found / self.runs:6.1%}"


@dataclass
class Target:
    """Data, of which some points train and all rows test."""

    columns: dict
    y: np.ndarray

    def is_given_by(self, tree):
        values = tree_values(tree, self.columns, plane=True).values
        room = ROOM * np.maximum(np.abs(self.y), np.std(self.y))
        return bool((np.abs(values - self.y) <= room).all())

    def training(self, shape, start, draw, schedule):
        rows = np.random.default_rng(0).permutation(self.y.size)[:POINTS]
        columns = np.stack(list(self.columns.values()))[:, rows]
        return Training(shape, columns, self.y[rows], start, draw, schedule)


def runs(target, shape, start, draw, schedule):
    """Train from a start; a tree that is found leaves the batch."""
    training = target.training(shape, start, draw, schedule)
    outcome = Outcome(len(start))
    _look(training, target, outcome)
    outcome.at_start = outcome.found
    while len(training) and not training.is_over:
        training.step()
        if training.step_count % CHECK == 0:
            _look(training, target, outcome)
    outcome.redrawn = training.redrawn
    return outcome


def _look(training, target, outcome):
    choices, losses = training.snapped()
    outcome.best = min(outcome.best, float(np.nanmin(losses, initial=np.inf)))
    is_found = losses < EXACT
    for row in np.flatnonzero(is_found):
        tree = tree_of(choices[row].tolist(), training.shape, tuple(target.columns))
        is_found[row] = target.is_given_by(tree)
    outcome.found += int(is_found.sum())
    training.keep(np.flatnonzero(~is_found))


def random_runs(target, shape, kinds, count, seed, schedule):
    """Train ``count`` trees from starts of these kinds in turn."""
    rng = np.random.default_rng(seed)
    order = cycle(kinds)
    draw = lambda: random_start(shape, next(order), rng)  # noqa: E731
    start = Logits.joined([draw() for _ in range(count)])
    return runs(target, shape, start, draw, schedule)


def paper_target(text):
    axis = np.arange(1.0, 3.01, 0.1)
    x, y = (part.ravel() for part in np.meshgrid(axis, axis))
    values = emlir.evaluate(emlir.parse(text), {"x": x, "y": y})
    real = np.isfinite(values)
    return Target({"x": x[real], "y": y[real]}, values[real])


def paper_table(depths, count, seed, schedule):
    print("the paper's targets, random starts" + " " * 12 + "  ".join(f"{k:>9}" for k in KINDS))
    for depth in depths:
        started = process_time()
        target, shape = paper_target(PAPER[depth - 2]), Shape(depth, 2, bottom=True)
        parts = [
            random_runs(target, shape, [kind], count // len(KINDS), [seed, depth, k], schedule)
            for k, kind in enumerate(KINDS)
        ]
        whole = Outcome(sum(p.runs for p in parts), sum(p.found for p in parts))
        found, tried = PUBLISHED[depth]
        print(
            f"  depth {depth}  {whole}   paper {found:2d}/{tried:<3d} {found / tried:6.1%}   "
            + "  ".join(f"{p.found:4d}/{p.runs:<4d}" for p in parts)
            + f"  drawn again {sum(p.redrawn for p in parts)}"
            + f"  best {min(p.best for p in parts):.1e}  {process_time() - started:.1f} s",
            flush=True,
        )


def warm_table(depths, noises, count, seed, schedule):
    print("the paper's targets, from the true tree with noise on its logits (1: +32, 0: -32)")
    for depth in depths:
        target, shape = paper_target(PAPER[depth - 2]), Shape(depth, 2, bottom=True)
        tree = emlir.parse(TREES[depth - 2])
        for noise in noises:
            started = process_time()
            starts = [
                perturbed(tree, noise, (seed, depth, k), shape, ("x", "y")) for k in range(count)
            ]
            done = runs(target, shape, Logits.joined(starts), None, schedule)
            paper = PUBLISHED_WARM.get(depth) if noise == 12 else None
            print(
                f"  depth {depth}  noise {noise:4.0f}  {done}  right at the start {done.at_start}"
                + (f"   paper {paper[0]}/{paper[1]}" if paper else "")
                + f"  {process_time() - started:.1f} s",
                flush=True,
            )


def random_targets(depth, count, seed):
    """Random trees of that depth that are not constant."""
    rng = np.random.default_rng([seed, 100 + depth])
    while count:
        y = lifted(family_tree(rng, depth))
        if y is not None and np.ptp(y) > 1e-6 * np.abs(y).max():
            yield Target({"x": X}, y)
            count -= 1


def random_table(depths, targets, count, seed, schedule):
    print(f"random trees over {{1, x}} of exact depth, {count} starts each, the master formula")
    for depth in depths:
        started = process_time()
        shape = Shape(depth, 1)
        done = [
            random_runs(target, shape, KINDS, count, [seed, depth, k], schedule)
            for k, target in enumerate(random_targets(depth, targets, seed))
        ]
        whole = Outcome(sum(one.runs for one in done), sum(one.found for one in done))
        print(
            f"  depth {depth}  targets {sum(one.found > 0 for one in done):2d}/{targets:<3d}"
            f" runs {whole}  {process_time() - started:.1f} s",
            flush=True,
        )


def hybrid_table(limit, seed):
    print(f"laws of eml and products, at most {limit:g} s each")
    for text in LAWS:
        law = emlir.parse(text)
        rng = np.random.default_rng(seed)
        data, fresh = (
            {name: rng.uniform(0.5, high, rows) for name in law.symbols}
            for high, rows in ((2.5, 100), (4.0, 1000))
        )
        started = process_time()
        columns = np.stack(list(data.values()), axis=1)
        y = emlir.evaluate(law, data)
        result = emlir.fit(columns, y, "hybrid_mul", time_limit=limit, seed=seed, names=tuple(data))
        seconds = process_time() - started
        found, wanted = (emlir.evaluate(e, fresh) for e in (result.expression, law))
        error = float(np.max(np.abs(found - wanted) / np.maximum(np.abs(wanted), 1e-3)))
        print(f"  {text:20s} {error:8.1e}  {seconds:5.2f} s  {result.expression}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--depths", type=int, nargs="+", default=list(range(2, 7)))
    parser.add_argument("--runs", type=int, default=64, help="random starts for a target")
    parser.add_argument("--warm", type=int, default=8, help="noisy starts of each kind")
    parser.add_argument("--noises", type=float, nargs="+", default=[12.0, 24.0, 36.0])
    parser.add_argument("--targets", type=int, default=6, help="random trees of each depth")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", choices=STEPS, default="default")
    parser.add_argument("--hybrid", action="store_true", help="the strategy hybrid_mul instead")
    parser.add_argument("--limit", type=float, default=15.0, help="seconds for each of its laws")
    options = parser.parse_args()
    if options.hybrid:
        hybrid_table(options.limit, options.seed)
        return
    schedule = STEPS[options.steps]
    paper_table(options.depths, options.runs, options.seed, schedule)
    warm_table(options.depths, options.noises, options.warm, options.seed, schedule)
    random_table(options.depths, options.targets, 16, options.seed, schedule)


if __name__ == "__main__":
    main()
