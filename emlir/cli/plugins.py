"""``emlir plugins``: everything that is installed, from where, and what is missing."""

from typing import Any

import click

from emlir.cli.common import json_option, show
from emlir.plugins import Entry, Manager, manager


@click.command("plugins", help="List what the installed plugins offer and what is missing.")
@json_option
def plugins_command(as_json: bool) -> None:
    """List all declarations and all problems."""
    offered = manager()
    data = {"offered": _rows(offered), "broken": _broken(offered)}
    show(data, _lines(data), as_json)


def _rows(offered: Manager) -> list[dict[str, Any]]:
    return [
        _row(offered, kind, entry)
        for kind, names in offered.entries.items()
        for name in sorted(names)
        for entry in names[name]
    ]


def _row(offered: Manager, kind: str, entry: Entry) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": entry.declaration.name,
        "summary": entry.declaration.summary,
        "plugin": entry.plugin,
        "distribution": entry.distribution,
        "missing": list(entry.missing),
        "install": entry.declaration.extra if entry.missing else "",
        "report": offered.report(entry),
    }


def _broken(offered: Manager) -> list[dict[str, str]]:
    return [
        {"plugin": b.plugin, "distribution": b.distribution, "reason": b.reason}
        for b in offered.broken
    ]


def _lines(data: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    kind = ""
    for row in data["offered"]:
        if row["kind"] != kind:
            kind = row["kind"]
            lines.append(kind)
        note = f"  [needs {', '.join(row['missing'])}: pip install '{row['install']}']"
        source = f"({row['plugin']}, {row['distribution']})"
        report = f": {row['report']}" if row["report"] else ""
        lines.append(
            f"  {row['name']:<12} {row['summary']} {source}{report}{note if row['missing'] else ''}"
        )
    for problem in data["broken"]:
        lines.append(
            f"broken: {problem['plugin']} ({problem['distribution']}): {problem['reason']}"
        )
    return lines
