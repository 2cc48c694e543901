"""What is recorded of the runs, and how a line of the log reads."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from emlir_schedules.compare.settings import Settings
from emlir_schedules.core import Schedule

FAR = 2.0
"""A run that ends with so many times its first validation loss has diverged."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the loss of its batch before the update, the validation loss after it."""

    step: int
    train_loss: float
    val_loss: float
    lr: float

    @property
    def is_finite(self) -> bool:
        """Whether both losses are."""
        return math.isfinite(self.train_loss) and math.isfinite(self.val_loss)


@dataclass(frozen=True, slots=True)
class Trace:
    """The rates of a run: of its first and last step, the highest, that after it, the mean."""

    lr_trace_start: float
    lr_trace_end: float
    peak: float
    final: float
    mean: float

    @classmethod
    def of(cls, schedule: Schedule, steps: int, base_rate: float) -> "Trace":
        """Return the trace of a schedule. ``ValueError`` if a rate of a step is undefined."""
        *rates, final = (base_rate * schedule.trace(steps + 1)).tolist()
        for step, rate in enumerate(rates):
            if not math.isfinite(rate):
                raise ValueError(f"the rate is {rate} at step {step}: {schedule.expression}")
        return cls(rates[0], rates[-1], max(rates), final, math.fsum(rates) / steps)


@dataclass(frozen=True, slots=True)
class Losses:
    """The first, the lowest and the last of the losses; NaN is never the lowest."""

    initial: float
    best: float
    final: float

    @classmethod
    def of(cls, losses: Sequence[float]) -> "Losses":
        """Return the record of losses in their order."""
        lowest = min((loss for loss in losses if not math.isnan(loss)), default=math.nan)
        return cls(losses[0], lowest, losses[-1])


@dataclass(frozen=True, slots=True)
class Run:
    """A training: its steps, its rates and its losses.

    The validation losses begin before the first update, the training losses with the first batch.
    """

    schedule: str
    seed: int
    trace: Trace
    steps: tuple[Step, ...]
    validation: Losses
    train: Losses

    @property
    def diverged(self) -> bool:
        """Whether a loss was not finite, or the last one is far above the first."""
        last = self.steps[-1]
        return not last.is_finite or last.val_loss > FAR * self.validation.initial

    def to_json(self) -> dict[str, Any]:
        """Return what was recorded, for JSON: what is not finite is ``None``."""
        found: dict[str, Any] = _plain({**asdict(self), "diverged": self.diverged})
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs of some schedules under the same seeds, and how they were made."""

    schedules: Mapping[str, Schedule]
    settings: Settings
    runs: tuple[Run, ...]
    stopped: Literal["done", "interrupted"] = "done"

    def of(self, name: str) -> list[Run]:
        """Return the runs of a schedule."""
        return [run for run in self.runs if run.schedule == name]

    def to_json(self) -> dict[str, Any]:
        """Return everything, for JSON."""
        return {
            "schedules": {name: str(one.expression) for name, one in self.schedules.items()},
            "settings": _plain(asdict(self.settings)),
            "runs": [run.to_json() for run in self.runs],
            "stopped": self.stopped,
        }


def _plain(value: Any) -> Any:
    """Lists for tuples, and ``None`` for what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
