"""What runs come to: a line for the terminal, two tables for the documentation."""

from collections.abc import Sequence

from tests.benchmarks.feynman.recovery import RULES
from tests.benchmarks.feynman.table import equations
from tests.benchmarks.search_suite.store import Record
from tests.benchmarks.search_suite.tables import markdown

SETTINGS = ("noise", "units", "time_limit", "rows", "seed")
GOOD = 0.999
"""R² of a formula that fits well, as SRBench counts it."""


def summary(done: Sequence[Record]) -> str:
    """Return how many were recovered, by which rule, and how many fit well."""
    found = [record["rule"] for record in done if record["recovered"]]
    rules = ", ".join(f"{name} {found.count(name)}" for name in RULES)
    part = f"{len(found)} of {len(done)} ({100 * len(found) / max(1, len(done)):.0f} %; {rules})"
    return f"recovered {part}; R² > {GOOD}: {_good(done)}"


def section(records: Sequence[Record]) -> str:
    """Return the section of the documentation: each run as a line, each equation as a line."""
    runs: dict[tuple[object, ...], dict[str, Record]] = {}
    for record in records:
        run = runs.setdefault(tuple(record[name] for name in SETTINGS), {})
        run[record["equation"]] = record
    ordered = dict(sorted(runs.items(), key=lambda entry: tuple(map(float, entry[0]))))
    labels = [f"run {place}" for place in range(1, len(ordered) + 1)]
    totals = [
        (label, *_settings(key), *_totals(list(run.values())))
        for label, (key, run) in zip(labels, ordered.items(), strict=True)
    ]
    names = [entry.name for entry in equations()]
    verdicts = [
        (name, *(_verdict(run.get(name)) for run in ordered.values()))
        for name in names
        if any(name in run for run in ordered.values())
    ]
    header = ("", "noise", "units", "seconds", "rows", "seed", "recovered", *RULES)
    return "\n\n".join(
        (
            markdown((*header, f"R² > {GOOD}", "commit", "date"), totals),
            "Which rule decided, for each equation; a dash where it was not recovered:",
            markdown(("equation", *labels), verdicts),
        )
    )


def _settings(key: tuple[object, ...]) -> list[str]:
    noise, units, *rest = key
    return [f"{noise:g}", "yes" if units else "no", *(f"{value:g}" for value in rest)]


def _totals(done: list[Record]) -> list[str]:
    found = [record["rule"] for record in done if record["recovered"]]
    commits = ", ".join(sorted({record["commit"] for record in done}))
    recovered = f"{len(found)}/{len(done)}"
    counts = [str(found.count(name)) for name in RULES]
    return [recovered, *counts, str(_good(done)), commits, max(r["date"] for r in done)[:10]]


def _good(done: Sequence[Record]) -> int:
    return sum(record.get("r2_test", 0) > GOOD for record in done)


def _verdict(record: Record | None) -> str:
    if record is None:
        return ""
    return record["rule"] if record["recovered"] else "–"
