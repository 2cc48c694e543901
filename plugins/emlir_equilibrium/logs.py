"""Training logs as columns of numbers, from files and tables that may be damaged."""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SHOWN = 5
DIVERGING = frozenset({"loss", "res"})
"""Columns that are measured at every step: what is not finite there is the run's own value."""
ROUNDING = 1e-9
RANGES = {
    "res": (0.0, math.inf),
    "cos": (-1.0, 1.0),
    "self_cos": (-1.0, 1.0),
    "skip_rate": (0.0, 1.0),
    "lam": (0.0, math.inf),
    "lam_max": (0.0, math.inf),
    "rho": (0.0, math.inf),
    "k": (0.0, math.inf),
}
"""Between what a value lies, up to rounding; a column with others is another quantity."""


@dataclass(frozen=True)
class Log:
    """Columns by name, all of the same length; ``None`` is what was not measured.

    ``problems`` are sentences about what could not be read.
    """

    columns: Mapping[str, tuple[float | None, ...]]
    problems: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """The number of rows."""
        return max((len(one) for one in self.columns.values()), default=0)

    def known(self, name: str, first: int = 0) -> list[tuple[int, float]]:
        """Return (row, value) where a column has a value, from a row on; infinities count."""
        column = self.columns.get(name, ())
        return [(k, one) for k, one in enumerate(column) if k >= first and one is not None]


def read_log(log: Any) -> Log:
    """Return the columns of a CSV file, of a table, or of rows.

    Takes a path; a mapping of columns; a table such as a pandas DataFrame; or rows: mappings or
    dataclasses. A cell that is no number, or one that the column cannot hold, counts as not
    measured and is reported. NaN and infinity count as not measured, except in the columns of
    ``DIVERGING``, where both mean a run that diverged. Raises ``OSError`` for a file that cannot be
    read, and ``TypeError`` for anything else.
    """
    if isinstance(log, str | Path):
        return _from_text(Path(log))
    if hasattr(log, "columns") and hasattr(log, "to_dict"):
        log = log.to_dict("list")
    if isinstance(log, Mapping):
        return _from_columns({str(name): list(_cells(column)) for name, column in log.items()})
    if isinstance(log, Iterable):
        return _from_rows([_as_mapping(row) for row in log])
    raise TypeError(f"a log is a path, columns or rows, not {type(log).__name__}")


def _cells(column: Any) -> Iterable[Any]:
    if isinstance(column, str) or not isinstance(column, Iterable):
        raise TypeError("a column of a log is a sequence of numbers")
    return column


def _as_mapping(row: Any) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    if hasattr(row, "__dataclass_fields__"):
        return {name: getattr(row, name) for name in row.__dataclass_fields__}
    raise TypeError(f"a row of a log is a mapping, not {type(row).__name__}")


def _from_text(path: Path) -> Log:
    text = path.read_text(encoding="utf-8-sig", errors="replace").replace("\0", "")
    try:
        rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        return Log({}, (f"the file is no CSV: {error}",))
    if not rows:
        return Log({}, ("the file is empty",))
    names = [cell.strip() for cell in rows[0]]
    wrong = [number for number, row in enumerate(rows[1:], 2) if len(row) != len(names)]
    columns: dict[str, list[Any]] = {name: [] for name in names if name}
    for row in rows[1:]:
        padded = [*row, *[""] * (len(names) - len(row))]
        for name, cell in zip(names, padded, strict=False):
            if name:
                columns[name].append(cell)
    problems = [f"{len(wrong)} rows have not {len(names)} cells"] if wrong else []
    if len(set(names)) < len(names):
        return Log({}, ("a column is named twice",))
    return _from_columns(columns, problems)


def _from_rows(rows: list[Mapping[str, Any]]) -> Log:
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return _from_columns({name: [row.get(name) for row in rows] for name in names})


def _from_columns(columns: Mapping[str, list[Any]], problems: Iterable[str] = ()) -> Log:
    found = list(problems)
    length = max((len(one) for one in columns.values()), default=0)
    table = {}
    for name, cells in columns.items():
        values = [_possible(name, _number(cell)) for cell in cells]
        bad = [cell for cell, one in zip(cells, values, strict=True) if isinstance(one, str)]
        if bad:
            shown = ", ".join(repr(str(cell)[:20]) for cell in bad[:MOST_SHOWN])
            found.append(f"{name} has {len(bad)} cells that are {_wanted(name)}: {shown}")
        kept = [_kept(name, one) for one in values]
        table[name] = (*kept, *[None] * (length - len(kept)))
    if not length:
        found.append("there are no rows")
    return Log(table, tuple(found))


def _number(cell: Any) -> float | str | None:
    """Return a number, ``None`` for an empty cell, and text for what is neither."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return "no number"


def _wanted(name: str) -> str:
    low, high = RANGES.get(name, (-math.inf, math.inf))
    return f"no numbers from {low:g} to {high:g}" if math.isfinite(low) else "no numbers"


def _possible(name: str, value: float | str | None) -> float | str | None:
    """Return text in place of a number that is not in the column's range."""
    low, high = RANGES.get(name, (-math.inf, math.inf))
    if not isinstance(value, float) or math.isnan(value):
        return value
    return value if low - ROUNDING <= value <= high + ROUNDING or math.isinf(value) else "no value"


def _kept(name: str, value: float | str | None) -> float | None:
    """Return a value that counts; NaN becomes an infinity where it does."""
    if value is None or isinstance(value, str):
        return None
    if math.isfinite(value):
        return value
    return math.inf if name in DIVERGING else None
