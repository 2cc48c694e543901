"""The results as tables: totals of each method, emlir's certificates against the bars, claims."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from tests.benchmarks.claim_suite.case import FAMILIES
from tests.benchmarks.proof_suite.certified import CHECKERS
from tests.benchmarks.search_suite.tables import markdown

Record = dict[str, Any]
Row = tuple[str, ...]

TOTALS = ("method", "right", "wrong", "unknown", "true", "false", "median s", "total s")
"""``true`` and ``false`` are how many claims of either kind were decided right."""
KINDS = ("proved", "enclosed", "refuted", "unknown")
BARS = ("what", "found", "bar", "met")


def line(record: Record) -> str:
    """Return what a terminal shows of a claim."""
    checks = " ".join(
        f"{check['checker']} {'yes' if check['accepted'] else 'NO'} {check['seconds']:.2f} s"
        for check in record["checks"]
    )
    size = f"{record['bytes']} bytes" if "bytes" in record else ""
    parts = (record["name"], record["method"], record["judged"], record["answer"])
    more = (f"{record['seconds']:.2f} s", record["detail"], size, checks)
    return " | ".join(part for part in (*parts, *more) if part)


def totals(records: Sequence[Record], methods: Iterable[str]) -> list[Row]:
    """Return a row for each method."""
    return [_total(method, [r for r in records if r["method"] == method]) for method in methods]


def _total(method: str, mine: Sequence[Record]) -> Row:
    right = [record for record in mine if record["judged"] == "right"]
    seconds = [record["seconds"] for record in mine]
    return (
        method,
        *(str(sum(r["judged"] == word for r in mine)) for word in ("right", "wrong", "unknown")),
        f"{sum(r['holds'] for r in right)}/{sum(r['holds'] for r in mine)}",
        f"{sum(not r['holds'] for r in right)}/{sum(not r['holds'] for r in mine)}",
        f"{median(seconds):.2f}" if seconds else "",
        f"{sum(seconds):.0f}",
    )


def families(records: Sequence[Record], methods: Sequence[str]) -> list[Row]:
    """Return, for each family, how many claims each method decided right, and of how many."""
    rows = []
    for family in FAMILIES:
        mine = [record for record in records if record["family"] == family]
        if mine:
            rows.append((family, *(_share(mine, method) for method in methods)))
    return rows


def _share(records: Sequence[Record], method: str) -> str:
    mine = [record for record in records if record["method"] == method]
    wrong = sum(record["judged"] == "wrong" for record in mine)
    right = sum(record["judged"] == "right" for record in mine)
    return f"{right}/{len(mine)}" + (f", {wrong} wrong" if wrong else "")


def bars(records: Sequence[Record]) -> list[Row]:
    """Return emlir's figures beside the bars that were set before they were measured."""
    mine = [record for record in records if record["method"] == "emlir"]
    if not mine:
        return []
    right = sum(record["judged"] == "right" for record in mine)
    wrong = sum(record["judged"] == "wrong" for record in mine)
    kinds = ", ".join(f"{sum(r['answer'] == kind for r in mine)} {kind}" for kind in KINDS)
    share = f"{right} of {len(mine)}"
    return [
        ("answers", kinds, "", ""),
        ("decided right in time", share, "95 %", _met(100 * right >= 95 * len(mine))),
        ("wrong", str(wrong), "0", _met(wrong == 0)),
        *_certificate_bars([record for record in mine if record["answer"] == "proved"]),
    ]


def _certificate_bars(proved: Sequence[Record]) -> list[Row]:
    if not proved:
        return []
    sizes = [record["bytes"] for record in proved]
    whole = [record["bytes_with_knots"] for record in proved]
    rows = [
        _bar("bytes without knots, median", median(sizes), 20_000, "{:.0f}"),
        ("bytes without knots, largest", str(max(sizes)), "", ""),
        ("bytes with knots, median", f"{median(whole):.0f}", "", ""),
        ("bytes with knots, largest", str(max(whole)), "", ""),
    ]
    for checker in CHECKERS:
        rows += _checker_bars(checker, proved)
    return rows


def _checker_bars(checker: str, proved: Sequence[Record]) -> list[Row]:
    checks = [c for record in proved for c in record["checks"] if c["checker"] == checker]
    accepted = sum(check["accepted"] for check in checks)
    every = f"{accepted} of {len(proved)}"
    rows: list[Row] = [(f"accepted by {checker}", every, "all", _met(accepted == len(proved)))]
    if checks:
        seconds = [check["seconds"] for check in checks]
        rows.append(_bar(f"seconds of {checker}, median", median(seconds), 1, "{:.2f}"))
        rows.append(_bar(f"seconds of {checker}, largest", max(seconds), 10, "{:.2f}"))
    return rows


def _bar(what: str, found: float, limit: float, shown: str) -> Row:
    return what, shown.format(found), f"< {limit:g}", _met(found < limit)


def _met(yes: bool) -> str:
    return "yes" if yes else "no"


def page(records: Sequence[Record], methods: Sequence[str]) -> str:
    """Return the section of the documentation."""
    names = list(dict.fromkeys(record["name"] for record in records))
    by_claim = {(record["name"], record["method"]): record for record in records}
    claims = [
        (name, *(_cell(by_claim.get((name, method))) for method in methods)) for name in names
    ]
    dates = sorted(record["date"][:10] for record in records)
    commits = ", ".join(sorted({record["commit"] for record in records}))
    limits = ", ".join(sorted({f"{record['time_limit']:g}" for record in records}))
    parts = [
        f"Run from {dates[0]} to {dates[-1]} at commit {commits}, {limits} seconds for each claim.",
        markdown(TOTALS, totals(records, methods)),
        "Decided right, by family:",
        markdown(("family", *methods), families(records, methods)),
    ]
    if bars(records):
        parts += ["emlir against the bars:", markdown(BARS, bars(records))]
    parts += ["Each claim: the answer and its seconds:", markdown(("claim", *methods), claims)]
    return "\n\n".join(parts)


def _cell(record: Record | None) -> str:
    if record is None:
        return ""
    if record["judged"] == "wrong":
        return f"**wrong: {record['answer']}**, {record['seconds']:.1f}"
    return "–" if record["answer"] == "unknown" else f"{record['answer']}, {record['seconds']:.1f}"
