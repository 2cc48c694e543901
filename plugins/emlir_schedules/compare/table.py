"""The table: for each schedule the mean over the seeds, and how far the seeds are apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from emlir_schedules.compare.records import Comparison, Run

HEAD = ("schedule", "mean lr", "final val loss", "best val loss", "final train loss", "diverged")


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean, and the standard deviation of a sample; ``None`` where there are too few runs."""

    mean: float | None
    deviation: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """Return the figure of some values."""
        return cls(
            fmean(values) if values else None,
            stdev(values) if len(values) > 1 else None,
        )

    def __str__(self) -> str:
        if self.mean is None:
            return "-"
        spread = "" if self.deviation is None else f" ± {self.deviation:#.3g}"
        return f"{self.mean:#.3g}{spread}"


@dataclass(frozen=True, slots=True)
class Row:
    """What the runs of a schedule show. The losses are of those that did not diverge."""

    schedule: str
    runs: int
    diverged: int
    mean_lr: float
    final: Figure
    best: Figure
    train: Figure

    @classmethod
    def of(cls, name: str, runs: Sequence[Run]) -> "Row":
        """Return the row of a schedule with at least one run."""
        good = [run for run in runs if not run.diverged]
        return cls(
            name,
            len(runs),
            len(runs) - len(good),
            runs[0].trace.mean,
            Figure.of([run.validation.final for run in good]),
            Figure.of([run.validation.best for run in good]),
            Figure.of([run.train.final for run in good]),
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        figures = (str(self.final), str(self.best), str(self.train))
        return (self.schedule, f"{self.mean_lr:.3g}", *figures, f"{self.diverged} of {self.runs}")


def rows(comparison: Comparison) -> list[Row]:
    """Return the rows of all schedules that have runs."""
    found = ((name, comparison.of(name)) for name in comparison.schedules)
    return [Row.of(name, runs) for name, runs in found if runs]


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the table as text, and what it rests on."""
    table = [HEAD, *(row.cells for row in rows(comparison))]
    widths = [max(len(row[k]) for row in table) for k in range(len(HEAD))]
    for name, *cells in table:
        parts = [name.ljust(widths[0])]
        parts += [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        yield "  ".join(parts)
    yield remark(comparison)


def remark(comparison: Comparison) -> str:
    """Return what the figures rest on, and no more."""
    settings = comparison.settings
    facts = [
        _count(len({run.seed for run in comparison.runs}), "seed"),
        _count(settings.steps, "step"),
        "one synthetic task",
    ]
    if settings.label_noise:
        facts.append(f"{settings.label_noise:.0%} of the training labels flipped")
    if settings.match:
        facts.append(f"{settings.match} of the rates made equal")
    if comparison.stopped == "interrupted":
        facts.append("interrupted")
    is_known = any(row.final.deviation is not None for row in rows(comparison))
    limit = "below the deviation show nothing" if is_known else "of single runs show nothing"
    return f"{', '.join(facts)}; differences {limit}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
