"""The Feynman benchmark: ``make bench-feynman``, or ``python -m tests.benchmarks.feynman``.

emlir searches for each of the 100 equations of the Feynman Symbolic Regression Database, in a
process of its own with one thread. Results are kept with commit and date, and not run again:
an interrupted run goes on where it stopped.
"""

import argparse
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlir
from tests.benchmarks.feynman.recovery import judge
from tests.benchmarks.feynman.summary import section, summary
from tests.benchmarks.feynman.table import SUBSET, Equation, equations
from tests.benchmarks.search_suite.judge import r_squared
from tests.benchmarks.search_suite.process import Answer, Job, run
from tests.benchmarks.search_suite.store import FOLDER, Record, Store, write_section
from tests.benchmarks.search_suite.tables import show_r2

Array = NDArray[np.float64]

TEST = 1000
KEY = ("equation", "time_limit", "noise", "units", "rows", "seed")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.feynman", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each; 480 in a full run")
    parser.add_argument(
        "--noise", type=float, default=0.0, help="deviation over the root mean square of y"
    )
    parser.add_argument("--units", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--subset", action="store_true", help="a fixed quarter of the equations")
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--rows", type=int, default=10_000, help="of training data")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="searches at a time")
    parser.add_argument("--results", type=Path, default=FOLDER / "feynman.jsonl")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    return parser.parse_args()


def chosen(asked: argparse.Namespace) -> list[Equation]:
    """Return the equations that are asked for."""
    only = [name.strip() for name in asked.only.split(",") if name.strip()]
    wanted = only or (list(SUBSET) if asked.subset else [entry.name for entry in equations()])
    unknown = set(wanted) - {entry.name for entry in equations()}
    if unknown:
        raise SystemExit(f"no equation is called {', '.join(sorted(unknown))}")
    return [entry for entry in equations() if entry.name in wanted]


def sample(equation: Equation, n: int, seed: int) -> tuple[Array, Array]:
    """Draw points (n, variables) from the ranges, and the true values there."""
    source = np.random.default_rng([zlib.crc32(equation.name.encode()), seed])
    low, high = np.array(list(equation.ranges.values())).T
    x = source.uniform(low, high, (n, low.size))
    columns = dict(zip(equation.ranges, x.T, strict=True))
    return x, np.asarray(emlir.evaluate(equation.truth, columns))


def noisy(y: Array, level: float, seed: int) -> Array:
    """Add Gaussian noise of ``level`` times the root mean square of y, as SRBench does."""
    source = np.random.default_rng([seed, 1])
    return y + level * np.sqrt(np.mean(y**2)) * source.standard_normal(y.size) if level else y


def search(equation: Equation, asked: argparse.Namespace) -> Answer:
    """Run one search in a process of its own."""
    x, y = sample(equation, asked.rows, asked.seed)
    options: dict[str, Any] = {}
    if asked.units:
        options = {"units": dict(equation.units), "y_unit": equation.y_unit}
    points = {"test": sample(equation, TEST, asked.seed + 1)[0]}
    y = noisy(y, asked.noise, asked.seed)
    names = list(equation.ranges)
    return run(Job("emlir", x, y, names, points, asked.seconds, asked.seed, options))


def key_of(equation: Equation, asked: argparse.Namespace) -> Record:
    values = (equation.name, asked.seconds, asked.noise, asked.units, asked.rows, asked.seed)
    return dict(zip(KEY, values, strict=True))


def judged(equation: Equation, answer: Answer, asked: argparse.Namespace) -> Record:
    """Return the record of a run; the judge needs the main thread."""
    record = key_of(equation, asked) | dict(answer.facts)
    if "error" in answer.facts:
        return record | {"recovered": False, "rule": "failed"}
    verdict = judge(emlir.parse(answer.facts["formula"]), equation, asked.seed)
    truth = sample(equation, TEST, asked.seed + 1)[1]
    r2 = r_squared(answer.predictions["test"], truth)
    return record | {"recovered": verdict.recovered, "rule": verdict.rule, "r2_test": r2}


def records(asked: argparse.Namespace, store: Store) -> Iterator[Record]:
    """Yield what is known, then what is run now, as it is done."""
    todo = []
    for equation in chosen(asked):
        known = store.find(key_of(equation, asked))
        if known is None:
            todo.append(equation)
        else:
            yield known
    with ThreadPoolExecutor(asked.jobs) as pool:
        running: dict[Future[Answer], Equation] = {pool.submit(search, e, asked): e for e in todo}
        try:
            for done in as_completed(running):
                yield store.add(judged(running[done], done.result(), asked))
        except BaseException:  # an interrupt: what waits is not started
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def line(record: Record) -> str:
    """Return what the terminal shows of a run."""
    if "error" in record:
        return f"{record['equation']:<10} failed: {record['error']}"
    verdict = f"{'yes' if record['recovered'] else 'no'} ({record['rule']})"
    r2, seconds = show_r2(record["r2_test"]), record["cpu_seconds"]
    return (
        f"{record['equation']:<10} {verdict:<16} R² {r2:<15} {seconds:6.1f} s  {record['formula']}"
    )


def main() -> None:
    asked = arguments()
    store, done = Store(asked.results, KEY), []
    for record in records(asked, store):
        done.append(record)
        print(line(record), flush=True)
    print(summary(done))
    if asked.write:
        write_section("feynman", section(store.all()))


if __name__ == "__main__":
    main()
