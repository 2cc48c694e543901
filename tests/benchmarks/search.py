"""The search benchmark: ``python -m tests.benchmarks.search`` (``--help`` lists the options).

emlir and its peers (emltorch, gplearn, Operon: ``pip install emlir[bench]``) search for known
formulas and for laws in measured data, each in a process of its own with one thread. A target
counts as found when the formula's NRMSE is below 1e-4 in the box of the training data and below
1e-3 out of it. What is done is kept, and not run again with the same time and seed.
"""

import argparse
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.search_suite.case import Case
from tests.benchmarks.search_suite.cases import cases
from tests.benchmarks.search_suite.methods import METHODS
from tests.benchmarks.search_suite.process import Job, run
from tests.benchmarks.search_suite.store import FOLDER, Record, Store, write_section
from tests.benchmarks.search_suite.tables import page, row, totals

KEY = ("group", "name", "method", "time_limit", "seed")
COLUMNS = ("target", "method", "exact", "R²", "R² outside", "size", "seconds")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--methods", default=",".join(METHODS), help="separated by commas")
    parser.add_argument("--only", default="", help="groups or names, separated by commas")
    parser.add_argument("--results", type=Path, default=FOLDER / "search.jsonl")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    return parser.parse_args()


def chosen(only: str, seed: int) -> list[Case]:
    """Return the cases whose group or name is asked for, or all."""
    wanted = {part.strip() for part in only.split(",") if part.strip()}
    found = [case for case in cases(seed) if not wanted or wanted & {case.group, case.name}]
    unknown = wanted - {name for case in found for name in (case.group, case.name)}
    if unknown:
        raise SystemExit(f"no group or target is called {', '.join(sorted(unknown))}")
    return found


def installed(methods: str) -> list[str]:
    """Return the methods that can run here; say which cannot."""
    names = methods.split(",")
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise SystemExit(f"no method is called {unknown[0]}; there is {', '.join(METHODS)}")
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; pip install emlir[bench]")
    return [name for name in names if name not in missing]


def measure(case: Case, method: str, seconds: float, seed: int) -> Record:
    """Run one search and judge it."""
    answer = run(Job(method, case.x, case.y, case.names, case.points, seconds, seed))
    record = {"group": case.group, "name": case.name, "method": method, "time_limit": seconds}
    record |= {"seed": seed, **answer.facts}
    if "error" not in answer.facts:
        judged = case.judge(answer.predictions)
        record |= {"exact": judged.exact, "r2_test": judged.r2_test}
        record |= {"r2_outside": judged.r2_outside}
    return record


def show_totals(console: Console, records: list[Record], methods: list[str]) -> None:
    table = Table("group", *methods, title="exact of all, median size, median seconds")
    for line in totals(records, methods):
        table.add_row(*line)
    console.print(table)


def main() -> None:
    asked = arguments()
    methods = installed(asked.methods)
    store, console, records = Store(asked.results, KEY), Console(), []
    console.print(" | ".join(COLUMNS))
    for case in chosen(asked.only, asked.seed):
        for method in methods:
            key = dict(
                zip(KEY, (case.group, case.name, method, asked.seconds, asked.seed), strict=True)
            )
            record = store.find(key) or store.add(measure(case, method, asked.seconds, asked.seed))
            records.append(record)
            console.print(" | ".join((case.name, method, *row(record))), highlight=False)
    show_totals(console, records, methods)
    if asked.write:
        write_section("search", page(records, methods))


if __name__ == "__main__":
    main()
