"""Measured data from CSV files: read strictly, so that nothing is lost or guessed silently."""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from emlir.errors import DataError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record and the line of the file on which it ends."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Measurements:
    """A table split for a fit: variables and target as numbers, the rest named.

    ``labels`` names the rows by the first column of text, ``lines`` are their lines in the
    file; ``text_columns`` were not used. ``weights`` say how much each row counts.
    """

    target: str
    y: list[float]
    variables: dict[str, list[float]]
    labels: list[str]
    lines: list[int]
    text_columns: tuple[str, ...]
    weights: list[float] | None = None


def read_csv(
    path: str | Path, target: str, drop: Sequence[str] = (), weights: str | None = None
) -> Measurements:
    """Read a CSV file with a header (UTF-8, commas) for a fit of the column ``target``.

    Columns that hold only text name the rows; all others must hold a finite number in every
    row. Columns in ``drop`` are not looked at; ``weights`` names the column that says how much
    each row counts. Raises :class:`emlir.DataError` with line and column for anything else.
    """
    header, rows = _read_rows(Path(path))
    named = [target, *drop, *([] if weights is None else [weights])]
    for name in named:
        _check_column(path, name, header, named)
    kept = {k: name for k, name in enumerate(header) if name not in drop}
    texts = [k for k in kept if _is_text(rows, k)]
    for what, column in (("target", target), ("weights", weights)):
        if column is not None and header.index(column) in texts:
            raise DataError(f"{path}: the {what} column {column!r} holds text, not numbers")
    numbers = {
        name: [_number(path, row, k, name) for row in rows]
        for k, name in kept.items()
        if k not in texts
    }
    y = numbers.pop(target)
    counts = None if weights is None else numbers.pop(weights)
    if not numbers:
        raise DataError(f"{path}: there is no column of numbers beside the target {target!r}")
    labels = [row.cells[texts[0]].strip() for row in rows] if texts else []
    lines, unused = [row.line for row in rows], tuple(header[k] for k in texts)
    return Measurements(target, y, numbers, labels, lines, unused, counts)


def _check_column(path: str | Path, name: str, header: Sequence[str], named: Sequence[str]) -> None:
    if name not in header:
        near = get_close_matches(name, header, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise DataError(f"{path}: no column {name!r}; there is {', '.join(header)}{hint}")
    if named.count(name) > 1:
        raise DataError(f"{path}: the column {name!r} is named twice")


def _read_rows(path: Path) -> tuple[list[str], list[Row]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(f"{path}, line {line}: not UTF-8 text: save the file as UTF-8") from error
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        records = [Row(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: not CSV: {error}") from error
    if not records:
        raise DataError(f"{path}: the file is empty; it needs a header and rows of numbers")
    header = _header(path, records[0])
    if len(records) == 1:
        raise DataError(f"{path}: there are no rows below the header")
    for row in records[1:]:
        if len(row.cells) != len(header):
            raise DataError(
                f"{path}, line {row.line}: {len(row.cells)} cells, but the header has {len(header)}"
            )
    return header, records[1:]


def _header(path: Path, row: Row) -> list[str]:
    names = [cell.strip() for cell in row.cells]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise DataError(f"{path}, line {row.line}: one column only: cells are separated by commas")
    for place, name in enumerate(names, start=1):
        if not name:
            raise DataError(f"{path}, line {row.line}: column {place} has no name")
        if _NUMBER.match(name):
            raise DataError(
                f"{path}, line {row.line}: the number {name} stands where a column name "
                "is needed: add a header"
            )
        if names.index(name) != place - 1:
            raise DataError(f"{path}, line {row.line}: two columns are called {name!r}")
    return names


def _is_text(rows: Sequence[Row], column: int) -> bool:
    """Whether no cell of a column is a number, or was meant as one."""
    cells = [row.cells[column].strip() for row in rows]
    return all(cells) and not any(_is_numeric(cell) for cell in cells)


def _is_numeric(cell: str) -> bool:
    plain = cell.replace("\N{MINUS SIGN}", "-")
    return bool(_NUMBER.match(plain) or _NOT_FINITE.match(plain))


def _number(path: str | Path, row: Row, column: int, name: str) -> float:
    cell = row.cells[column].strip()
    place = f"{path}, line {row.line}, column {name!r}"
    if not cell:
        raise DataError(f"{place}: the cell is empty: fill it in or remove the row")
    plain = cell.replace("\N{MINUS SIGN}", "-")
    if _NOT_FINITE.match(plain):
        raise DataError(f"{place}: {cell} is not a finite number: remove the row")
    if not _NUMBER.match(plain):
        raise DataError(f"{place}: {cell!r} is not a number")
    value = float(plain)
    if math.isinf(value):
        raise DataError(f"{place}: {cell} is too large for a float")
    return value
