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
    """Rows kept in memory and, with a path, written as they come."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path)
        self.rows: list[LogRow] = []
        if self.path is not None:
            self.path.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")

    def add(self, row: LogRow) -> None:
        """Append a row."""
        self.rows.append(row)
        if self.path is not None:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(cells(row))


def cells(row: LogRow) -> list[str]:
    """Return the cells of a row as text, floats in full."""
    values = (getattr(row, name) for name in COLUMNS)
    return ["" if one is None else repr(one) for one in values]


def column(rows: Iterable[LogRow], name: str) -> list[float]:
    """Return the values of a column that were measured."""
    values = (getattr(row, name) for row in rows)
    return [float(one) for one in values if one is not None]
