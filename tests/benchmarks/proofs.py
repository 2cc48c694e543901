"""The proof benchmark: ``python -m tests.benchmarks.proofs`` (``--help`` lists the options).

emlir and its peers (z3 and cvc5 on the negated claim; the two emitters of emltorch, which
``pip install emlir[bench]`` brings) decide a hundred claims whose truth is known, each in a
process of its own with one thread and a limit of time. What is done is kept, and not run again
with the same limit.
"""

import argparse
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.claim_suite.case import ClaimCase
from tests.benchmarks.claim_suite.suite import claims
from tests.benchmarks.proof_suite.measure import measure
from tests.benchmarks.proof_suite.methods import METHODS
from tests.benchmarks.proof_suite.tables import BARS, TOTALS, bars, families, line, page, totals
from tests.benchmarks.search_suite.store import FOLDER, Record, Store, write_section

KEY = ("name", "method", "time_limit")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.proofs", description=__doc__)
    parser.add_argument("--methods", default=",".join(METHODS), help="separated by commas")
    parser.add_argument("--time-limit", type=float, default=10.0, help="seconds for each claim")
    parser.add_argument("--only", default="", help="families or names, separated by commas")
    parser.add_argument("--results", type=Path, default=FOLDER / "proofs.jsonl")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    return parser.parse_args()


def chosen(only: str) -> list[ClaimCase]:
    """Return the claims whose family or name is asked for, or all."""
    wanted = {part.strip() for part in only.split(",") if part.strip()}
    found = [case for case in claims() if not wanted or wanted & {case.family, case.name}]
    unknown = wanted - {name for case in found for name in (case.family, case.name)}
    if unknown:
        raise SystemExit(f"no family or claim is called {', '.join(sorted(unknown))}")
    return found


def installed(methods: str) -> list[str]:
    """Return the methods that can run here; say which cannot."""
    names = methods.split(",")
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise SystemExit(f"no method is called {unknown[0]}; there is {', '.join(METHODS)}")
    missing = [name for name in names if not all(map(find_spec, METHODS[name].modules))]
    if missing:
        print(f"not installed: {', '.join(missing)}; pip install emlir[bench]")
    return [name for name in names if name not in missing]


def show(
    console: Console, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    table = Table(*header, title=title)
    for row in rows:
        table.add_row(*row)
    if table.rows:
        console.print(table)


def main() -> None:
    asked = arguments()
    methods = installed(asked.methods)
    store, console, records = Store(asked.results, KEY), Console(), list[Record]()
    for case in chosen(asked.only):
        for method in methods:
            key = dict(zip(KEY, (case.name, method, asked.time_limit), strict=True))
            record = store.find(key)
            if record is None:
                facts = measure(case, method, asked.time_limit)
                record = store.add(key | {"family": case.family} | facts)
            records.append(record)
            console.print(line(record), highlight=False, markup=False, soft_wrap=True)
    show(console, "claims decided", TOTALS, totals(records, methods))
    show(console, "decided right, by family", ("family", *methods), families(records, methods))
    show(console, "emlir against the bars", BARS, bars(records))
    if asked.write:
        write_section("proofs", page(records, methods))


if __name__ == "__main__":
    main()
