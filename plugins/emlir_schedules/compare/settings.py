"""What all runs of a comparison share."""

import math
from dataclasses import dataclass, field

from emlir_schedules.calibrate import WHAT
from emlir_schedules.compare.task import Task

BASE_RATE = 5e-3
"""With it all five schedules learn the task in 128 steps, and 32 end in the midst of it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how fast training is, from which seeds, on which labels.

    ``label_noise`` is the part of the training labels that is flipped. ``match`` names the
    figure in which all schedules are made equal. ``ValueError`` for what is out of range.
    """

    steps: int = 32
    base_rate: float = BASE_RATE
    seeds: tuple[int, ...] = (0, 1, 2)
    label_noise: float = 0.0
    match: str | None = None
    task: Task = field(default_factory=Task)

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"training has at least one step, not {self.steps}")
        if not (self.base_rate > 0 and math.isfinite(self.base_rate)):
            raise ValueError(f"a base rate is above 0, not {self.base_rate}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise ValueError(f"seeds are different numbers from 0 on, at least one: {self.seeds}")
        if not 0 <= self.label_noise <= 1:
            raise ValueError(f"label noise is a part from 0 to 1, not {self.label_noise}")
        if self.match not in (None, *WHAT):
            raise ValueError(f"match is one of {', '.join(WHAT)}, not {self.match!r}")
