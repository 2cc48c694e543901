"""Results as lines of JSON, in a folder that git ignores: what is there is not run again."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.workers import ROOT

FOLDER = ROOT / "tests" / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"

Record = dict[str, Any]


class Store:
    """A file of records; ``key`` names the fields that tell one run from another."""

    def __init__(self, path: Path, key: Sequence[str]) -> None:
        self._path, self._key = path, tuple(key)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._records = {self._of(record): record for record in map(json.loads, lines)}

    def find(self, wanted: Mapping[str, Any]) -> Record | None:
        """Return the record of a run, if it was done."""
        return self._records.get(self._of(wanted))

    def all(self) -> list[Record]:
        """Return every record, each run once."""
        return list(self._records.values())

    def add(self, record: Record) -> Record:
        """Write a record at once, with the commit and the time."""
        record = record | {"commit": commit(), "date": datetime.now(UTC).isoformat("T", "seconds")}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        self._records[self._of(record)] = record
        return record

    def _of(self, record: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(record[name] for name in self._key)


def commit() -> str:
    """Return the commit of the checkout, with a plus where files differ from it."""
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between ``<!-- name -->`` and ``<!-- end of name -->`` in a page."""
    first, last = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(first)
    _, found, after = rest.partition(last)
    if not found:
        raise ValueError(f"{page} has no section {name!r}: it needs {first.strip()} and {last}")
    page.write_text(f"{before}{first}\n{text.strip()}\n\n{last}{after}", encoding="utf-8")
