"""The training log: a CSV file with a row for each step, which ``plateau`` reads."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

COLUMNS: Mapping[str, str] = {
    "step": "the number of the step, from 0",
    "loss": "the loss of the step's batch before the update",
    "val_loss": "the loss of the validation batch",
    "res": "|F|/|z| at the end of the free phase, the largest of the batch",
    "cos": "cosine of the step's task gradient with the exact one at the same state",
    "skip_rate": "the part of the last 50 steps whose nudge the gate skipped",
    "lam": "the weight of the penalty",
    "lam_max": "its upper bound",
    "rho": "the largest |1 + epsilon mu| at a corrected fixed point",
    "re_mu": "the largest real part of mu there",
    "self_cos": "cosine of the gradients of the batch's two halves",
}
"""The columns in their order, and what they hold; a cell is empty where nothing was measured."""


@dataclass(frozen=True)
class LogRow:
    """One row; ``None`` is what was not measured at this step."""

    step: int
    loss: float | None = None
    val_loss: float | None = None
    res: float | None = None
    cos: float | None = None
    skip_rate: float | None = None
    lam: float | None = None
    lam_max: float | None = None
    rho: float | None = None
    re_mu: float | None = None
    self_cos: float | None = None


class CsvLog:
    """Rows kept in memory and, with a path, written as they come.

    A file that is there is replaced, except for its rows of the first ``steps`` steps: those a run
    that goes on keeps. They are not among ``rows``.
    """

    def __init__(self, path: str | Path | None = None, steps: int = 0) -> None:
        self.path = None if path is None else Path(path)
        self.rows: list[LogRow] = []
        if self.path is not None:
            kept = _first_rows(self.path, steps)
            text = "".join(f"{line}\n" for line in (",".join(COLUMNS), *kept))
            self.path.write_text(text, encoding="utf-8")

    def add(self, row: LogRow) -> None:
        """Append a row."""
        self.rows.append(row)
        if self.path is not None:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(cells(row))


def _first_rows(path: Path, steps: int) -> list[str]:
    """Return the lines of the steps before a number, from a log as this module writes it."""
    if not steps:
        return []
    header, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    if header != ",".join(COLUMNS):
        raise ValueError(f"{path} is not a log of this trainer: its first line is {header!r}")
    whole = (line for line in lines if line.count(",") == header.count(","))
    numbered = ((line.partition(",")[0], line) for line in whole)
    return [line for step, line in numbered if step.isdecimal() and int(step) < steps]


def cells(row: LogRow) -> list[str]:
    """Return the cells of a row as text, floats in full."""
    values = (getattr(row, name) for name in COLUMNS)
    return ["" if one is None else repr(one) for one in values]


def column(rows: Iterable[LogRow], name: str) -> list[float]:
    """Return the values of a column that were measured."""
    values = (getattr(row, name) for row in rows)
    return [float(one) for one in values if one is not None]
