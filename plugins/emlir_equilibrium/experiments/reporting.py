"""What an experiment returns, and the runs that experiments share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

import torch

from emlir_equilibrium.block import BlockConfig, EPBlock
from emlir_equilibrium.pictures import Picture, bars
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Report
from emlir_equilibrium.trainer.config import BARE, TrainerConfig
from emlir_equilibrium.trainer.log import LogRow
from emlir_equilibrium.trainer.text import sonnets
from emlir_equilibrium.trainer.training import EPTrainer

Cell = str | float | int | None
CONTEXT = 8
BATCH = 8


@dataclass(frozen=True, kw_only=True)
class ExperimentReport(Report):
    """A table: the question that it answers, and rows by column name."""

    name: str
    question: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]

    def table(self) -> str:
        """Return the table as text."""
        lines = [self.columns] + [
            tuple(_shown(row.get(one)) for one in self.columns) for row in self.rows
        ]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in lines
        )

    def column(self, name: str) -> list[Cell]:
        """Return a column."""
        return [row.get(name) for row in self.rows]

    def picture(self) -> Picture:
        """A panel for each column of numbers, over the first column."""
        first, *rest = self.columns or ("",)
        names = tuple(_shown(one) for one in self.column(first))
        panels = []
        for name in rest:
            cells = self.column(name)
            if any(isinstance(one, float) for one in cells):
                heights = {f"{place}": _height(one) for place, one in enumerate(cells)}
                panels.append(replace(bars(heights, name), names=names, x_label=first))
        return Picture(self.question, tuple(panels))


def _height(cell: Cell) -> float | None:
    return None if cell is None or isinstance(cell, str) else float(cell)


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    return f"{cell:.5g}" if isinstance(cell, float) else str(cell)


def made(
    name: str,
    question: str,
    rows: list[dict[str, Cell]],
    method: str,
    notes: tuple[str, ...] = (),
    trained: EPTrainer | None = None,
) -> ExperimentReport:
    """Return the report of rows that all have the same columns.

    ``trained`` is whose training came before; where its fuse blew the rows show something else.
    """
    blown = None if trained is None else trained.fuse.blown
    if blown is not None:
        notes = (*notes, f"training stopped before its end: {blown}")
    return ExperimentReport(
        status="ok" if rows and blown is None else "inconclusive",
        method=method,
        name=name,
        question=question,
        columns=tuple(rows[0]) if rows else (),
        rows=tuple(rows),
        notes=(*notes, "one seed; small differences show nothing"),
    )


def trainer_of(
    config: TrainerConfig, seed: int = 0, *, context: int = CONTEXT, branch_scale: float = 0.5
) -> EPTrainer:
    """Return a trainer of a small block on the letters of the sonnets."""
    corpus = sonnets(letters_only=True)
    size = BlockConfig(
        len(corpus.vocabulary), context=context, epsilon=0.2, branch_scale=branch_scale
    )
    validation = corpus.validation_batch(32, context)
    return EPTrainer(EPBlock(size, seed), config, validation=validation)


def run(trainer: EPTrainer, steps: int, seed: int = 0) -> list[LogRow]:
    """Train on batches of the sonnets; the fuse may end it early."""
    context = trainer.block.config.context
    return trainer.train(sonnets(letters_only=True).batches(steps, BATCH, context, seed))


def held_out(trainer: EPTrainer, samples: int = 4) -> EquilibriumProblem:
    """The problem of a few sequences of the validation batch."""
    assert trainer.validation is not None
    indices, targets = trainer.validation
    return trainer.block.problem(indices[:samples], targets[:samples])


def held_out_parts(
    trainer: EPTrainer, count: int = 4, samples: int = 4
) -> list[EquilibriumProblem]:
    """The problems of other sequences of the validation batch, as many as it has."""
    assert trainer.validation is not None
    parts = zip(*(torch.split(whole, samples) for whole in trainer.validation), strict=True)
    return [trainer.block.problem(*part) for part in parts if len(part[0]) == samples][:count]


def outcome(trainer: EPTrainer, rows: list[LogRow]) -> dict[str, Cell]:
    """The columns that tell how a run ended: means over its last tenth, at least 5 steps."""
    last = rows[-max(len(rows) // 10, 5) :]
    return {
        "steps": len(rows),
        "train": fmean(one.loss or 0.0 for one in last) if last else None,
        "val": trainer.validation_loss(),
        "res": fmean(one.res or 0.0 for one in last) if last else None,
        "skip_rate": last[-1].skip_rate if last else None,
        "lam": last[-1].lam if last else None,
        "fuse": trainer.fuse.blown,
    }


def bare(**changes: object) -> TrainerConfig:
    """The task gradient alone, with the fuse and with some changes."""
    return replace(BARE, fuse=True, **changes)  # type: ignore[arg-type]
