"""The results as tables, for a terminal and for the documentation."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

Record = dict[str, Any]

MEASURED = "measured"
"""The group of cases without a known formula."""
BAR = ("eml", "arrhenius", "activations", "nguyen", "feynman")
"""The groups that the bar of 90 % is about: 38 targets."""


def row(record: Record) -> tuple[str, str, str, str, str]:
    """Return what a table shows of a run: exact, R² in and out of the box, size, seconds."""
    if "error" in record:
        return "failed", "", "", "", record["error"]
    outside = record["r2_outside"]
    return (
        "yes" if record["exact"] else "no",
        show_r2(record["r2_test"]),
        "" if outside is None else show_r2(outside),
        str(record["size"]),
        f"{record['seconds']:.1f}",
    )


def show_r2(value: float) -> str:
    """Show R² with as many nines as it has, up to twelve digits; below -99 as such.

    >>> show_r2(0.99998), show_r2(-1e9), show_r2(0.5), show_r2(1 - 1e-15)
    ('0.99998', '< -99', '0.5', '1')
    """
    if not value >= -99:
        return "< -99"
    missing = 1 - value
    digits = 3 if missing > 1e-3 else min(12, int(f"{missing:e}"[-2:] if missing > 0 else 12))
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def totals(records: Iterable[Record], methods: Sequence[str]) -> list[tuple[str, ...]]:
    """Return, for each group and for the bar, a cell for each method."""
    done = list(records)
    groups = list(dict.fromkeys(record["group"] for record in done))
    lines = [(group, *(_total(done, (group,), method) for method in methods)) for group in groups]
    if set(BAR) & set(groups):
        lines.append(("all of the bar", *(_total(done, BAR, method) for method in methods)))
    return lines


def _total(records: list[Record], groups: Sequence[str], method: str) -> str:
    """Return exact of run, median size and median seconds."""
    mine = [r for r in records if r["method"] == method and r["group"] in groups]
    if not mine:
        return ""
    exact = sum(bool(record.get("exact")) for record in mine)
    ran = [record for record in mine if "error" not in record]
    if not ran:
        return f"{exact}/{len(mine)}"
    size, seconds = median(r["size"] for r in ran), median(r["seconds"] for r in ran)
    return f"{exact}/{len(mine)}, {size:g}, {seconds:.1f}"


def markdown(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table for the documentation."""
    cells = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(map(_escaped, line)) + " |" for line in cells)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


def page(records: Sequence[Record], methods: Sequence[str]) -> str:
    """Return the section of the documentation: totals, and what each method did on each target."""
    names = list(dict.fromkeys((record["group"], record["name"]) for record in records))
    by_case = {(r["group"], r["name"], r["method"]): r for r in records}
    lines = [
        (group, name, *(_cell(by_case.get((group, name, method))) for method in methods))
        for group, name in names
    ]
    seconds = sorted({record["time_limit"] for record in records})
    commits = sorted({record["commit"] for record in records})
    dates = sorted(record["date"][:10] for record in records)
    return "\n\n".join(
        (
            f"Run from {dates[0]} to {dates[-1]} at commit {', '.join(commits)}, "
            f"{', '.join(f'{s:g}' for s in seconds)} seconds for each target.",
            "Exact of all, median size, median seconds:",
            markdown(("group", *methods), totals(records, methods)),
            "Each target: size and seconds where exact, otherwise R² in and out of the box:",
            markdown(("group", "target", *methods), lines),
        )
    )


def _cell(record: Record | None) -> str:
    if record is None:
        return ""
    exact, inside, outside, size, seconds = row(record)
    if exact == "failed":
        return "failed"
    if exact == "yes":
        return f"**{size}**, {seconds}"
    return f"{inside}; {outside}" if outside else inside
